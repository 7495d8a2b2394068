package io.journey.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A header is a claim of whoever made the file: none is believed, none may cost much memory. */
class SafetensorsLiesTest {
  /** Far below what any of these headers claims. */
  private static final long ENOUGH_BYTES = 16L << 20;

  private static final String GOOD = "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}";

  @TempDir Path folder;

  private Path write(long headerBytes, byte[] header, int dataBytes) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(headerBytes).put(header);
    return Files.write(folder.resolve("x.safetensors"), bytes.array());
  }

  private Path write(String header) throws IOException {
    byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return write(text.length, text, 8);
  }

  private static void isRefusedCheaply(Path file) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("x.safetensors");
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ENOUGH_BYTES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[2] | [3]",
        "[2] | [-2]",
        "[2] | [2.0]",
        "[2] | ['2']",
        "[2] | 2",
        "[2] | [4611686018427387904, 8]",
        "[2] | [18446744073709551618]",
        "'shape':[2], | ~~",
        "F32 | F33",
        "'F32' | 4",
        "[0,8] | [8,0]",
        "[0,8] | [0,9]",
        "[0,8] | [1,9]",
        "[0,8] | [-8,0]",
        "[0,8] | ['0','8']",
        "[0,8] | [0.0,8.0]",
        "[0,8] | [0,8,8]",
        "[0,8] | [0,18446744073709551624]",
        "[0,8] | [9223372036854775800,9223372036854775808]",
        "{'dtype' | 7,'b':{'dtype'",
        "}} | }}x",
        "}} | }}{}",
        "}} | }",
        "}} | },'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
        "}} | },'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
        "}} | },'__metadata__':{'n':1}}",
        "}} | },'__metadata__':'text'}",
        "{'a' | ['a'",
      })
  void aHeaderThatContradictsItselfOrTheFileIsRefused(String good, String lie) throws IOException {
    assertThat(Safetensors.open(write(GOOD)).names()).containsExactly("a");
    String header = GOOD.replace(good, lie == null ? "" : lie);
    assertThat(header).isNotEqualTo(GOOD);
    isRefusedCheaply(write(header));
  }

  @Test
  void aGapAndBytesBehindTheEndAreRefused() throws IOException {
    isRefusedCheaply(write(GOOD.replace("[2]", "[1]").replace("[0,8]", "[4,8]")));
    isRefusedCheaply(write(GOOD.replace("[2]", "[1]").replace("[0,8]", "[0,4]")));
    isRefusedCheaply(write("{}"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 9, 1000, 99_999_999, 1L << 31, 1L << 32, Long.MAX_VALUE, -1})
  void aHeaderLongerThanTheFileIsRefused(long claimed) throws IOException {
    isRefusedCheaply(write(claimed, "{}".getBytes(StandardCharsets.UTF_8), 0));
  }

  /** Files that are as long as their headers claim, made of holes that take no disk. */
  @ParameterizedTest
  @ValueSource(longs = {25_000_001, 100_000_001, 3_000_000_000L})
  void aHeaderLongerThanAnyoneWritesIsRefused(long claimed) throws IOException {
    Path file = write(claimed, new byte[0], 0);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(claimed + 100);
    }
    isRefusedCheaply(file);
  }

  @Test
  void tensorsThatOverlapInPartAreRefused() throws IOException {
    String two =
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
            + "'b':{'dtype':'F16','shape':[3],'data_offsets':[2,8]}}";
    assertThatThrownBy(() -> Safetensors.open(write(two))).hasMessageContaining("overlap");
    String inside = two.replace("[1]", "[2]").replace("[0,4]", "[0,8]").replace("[3]", "[1]");
    assertThatThrownBy(() -> Safetensors.open(write(inside.replace("[2,8]", "[2,4]"))))
        .hasMessageContaining("overlap");
  }

  @Test
  void whatAFileSaysIsQuotedShortlyAndOnOneLine() throws IOException {
    String name = "\\u001b[31m\\n" + "x".repeat(10_000);
    assertThatThrownBy(
            () -> Safetensors.open(write(GOOD.replace("a'", name + "'").replace("F32", "F33"))))
        .satisfies(
            e ->
                assertThat(e.getMessage())
                    .doesNotContain("\n", "\u001b")
                    .hasSizeLessThan(500)
                    .contains("F33"));
  }

  @Test
  void aHeaderNestedTooDeepIsRefused() throws IOException {
    isRefusedCheaply(write("{'a':" + "[".repeat(100_000)));
  }

  @Test
  void aHeaderThatIsNotUtf8IsRefused() throws IOException {
    byte[] text = GOOD.replace('\'', '"').getBytes(StandardCharsets.ISO_8859_1);
    text[2] = (byte) 0xE4;
    isRefusedCheaply(write(text.length, text, 8));
  }

  @Test
  void aFileCutShortIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(write(GOOD));
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      isRefusedCheaply(Files.write(folder.resolve("x.safetensors"), part));
    }
  }
}
