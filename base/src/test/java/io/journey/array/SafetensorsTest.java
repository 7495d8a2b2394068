package io.journey.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  @TempDir Path folder;

  private Path write(String header, byte... data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).put(data);
    return Files.write(folder.resolve("x.safetensors"), bytes.array());
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPipeIsRefusedAtOnce() throws Exception {
    Path pipe = folder.resolve("x.safetensors");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> Safetensors.open(pipe))
        .isInstanceOf(JourneyException.class)
        .hasMessage(pipe + " is a pipe, socket or device, expected a file.");
  }

  @Test
  void theBytesAreHeaderLengthHeaderAndNumbersWithoutGaps() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Safetensors.Writer().add("a", new float[] {1}, 1).add("b", new long[] {2}).writeTo(out);
    String header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[4,12]}}";
    int padded = (header.length() + 7) / 8 * 8;
    ByteBuffer expected = ByteBuffer.allocate(8 + padded + 12).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(padded).put(header.getBytes(StandardCharsets.UTF_8));
    while (expected.position() < 8 + padded) {
      expected.put((byte) ' ');
    }
    expected.putFloat(1).putLong(2);
    assertThat(out.toByteArray()).isEqualTo(expected.array());
  }

  @Test
  void tensorsNamesAndMetadataComeBack() {
    Path file = folder.resolve("x.safetensors");
    AtomicFile.write(
        file,
        new Safetensors.Writer()
                .metadata("ключ", "значение \"\n")
                .add("down.0/ü", new float[] {1, 2, 3, 4, 5, 6}, 2, 3)
                .add("empty", new float[0], 0, 4)
                .add("steps", new long[] {Long.MIN_VALUE, 9}, 2)
            ::writeTo);
    Safetensors read = Safetensors.open(file);
    assertThat(read.names()).containsExactly("down.0/ü", "empty", "steps");
    assertThat(read.metadata()).containsEntry("ключ", "значение \"\n");
    assertThat(read.entry("down.0/ü").shape()).containsExactly(2L, 3L);
    assertThat(read.floats("down.0/ü")).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(read.part("down.0/ü", 4, 2)).containsExactly(5, 6);
    assertThat(read.floats("empty")).isEmpty();
    assertThat(read.longs("steps")).containsExactly(Long.MIN_VALUE, 9);
  }

  @Test
  void everyFloatTypeIsReadAsFloat() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    data.putShort((short) 0xC000).putShort((short) 0xBFC0).putDouble(0.1);
    Path file =
        write(
            "{\"h\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[2,4]},"
                + "\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[4,12]}}  ",
            data.array());
    Safetensors read = Safetensors.open(file);
    assertThat(read.floats("h")).containsExactly(-2f);
    assertThat(read.floats("b")).containsExactly(-1.5f);
    assertThat(read.floats("d")).containsExactly(0.1f);
    assertThat(read.doubles("d")).containsExactly(0.1);
    assertThatThrownBy(() -> read.longs("d")).hasMessageContaining("is F64, expected I64");
  }

  @Test
  void askingForWhatIsNotThereNamesWhatIs() throws IOException {
    Path file =
        write("{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", new byte[4]);
    Safetensors read = Safetensors.open(file);
    assertThatThrownBy(() -> read.floats("v"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("no tensor \"v\", only [w]");
    for (long from : new long[] {1, Long.MAX_VALUE, Long.MAX_VALUE / 4}) {
      assertThatThrownBy(() -> read.part("w", from, 1))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("has 1 numbers in w, expected");
    }
    assertThatThrownBy(() -> read.part("w", -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** The numbers are written twice, once to be counted in. */
  @Test
  void aSealedFileIsCheckedToTheLastBit() throws IOException {
    Path file = folder.resolve("sealed.safetensors");
    Safetensors.Writer writer =
        new Safetensors.Writer()
            .metadata("kind", "x")
            .add("a", new float[] {1, 2}, 2)
            .add("b", out -> out.write(new byte[8]), 2)
            .add("c", new long[] {3}, 1);
    AtomicFile.write(file, writer::writeSealedTo);
    Safetensors.open(file).requireUnchanged("make it again");
    byte[] whole = Files.readAllBytes(file);
    int readable = 0;
    for (int bit = 0; bit < 8 * whole.length; bit += 3) {
      byte[] changed = whole.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, changed);
      try {
        Safetensors opened = Safetensors.open(file);
        readable++;
        assertThatThrownBy(() -> opened.requireUnchanged("make it again"))
            .as("bit " + bit)
            .isInstanceOf(JourneyException.class)
            .hasMessageContaining("make it again");
      } catch (JourneyException e) {
        // The header shows it already.
      }
    }
    assertThat(readable).isGreaterThan(8 * 32 / 3);
  }

  @Test
  void theWriterRefusesShapesAndNamesThatDoNotFit() {
    Safetensors.Writer writer = new Safetensors.Writer().add("a", new float[2], 2);
    assertThatThrownBy(() -> writer.add("b", new float[2], 3)).hasMessageContaining("b has 2");
    assertThatThrownBy(() -> writer.add("a", new float[2], 2)).hasMessageContaining("already");
  }
}
