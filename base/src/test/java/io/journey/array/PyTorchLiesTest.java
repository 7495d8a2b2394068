package io.journey.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles and zips made by hand: what they claim is not believed and costs little memory. */
class PyTorchLiesTest {
  /** Far below what any of these files claims. */
  private static final long ENOUGH_BYTES = 512L << 20;

  @TempDir Path folder;

  /** A pickle, instruction by instruction. */
  private static final class Pickle {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Pickle() {
      op(0x80, 2);
    }

    Pickle op(int... codes) {
      for (int code : codes) {
        bytes.write(code);
      }
      return this;
    }

    Pickle ascii(String text) {
      bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    }

    Pickle global(String module, String name) {
      return ascii("c" + module + "\n" + name + "\n");
    }

    Pickle text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      op('X').int32(utf8.length);
      bytes.writeBytes(utf8);
      return this;
    }

    Pickle int32(int value) {
      bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
      return this;
    }

    Pickle number(long value) {
      op(0x8a, 8);
      bytes.writeBytes(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
      return this;
    }

    Pickle tuple(long... values) {
      op('(');
      for (long value : values) {
        number(value);
      }
      return op('t');
    }

    /** {@code {"w": tensor}} of a storage "0" of four floats. */
    Pickle tensor(String type, long numel, long offset, long[] shape, long[] strides) {
      op('}').text("w").global("torch._utils", "_rebuild_tensor_v2").op('(', '(');
      text("storage").global("torch", type).text("0").text("cpu").number(numel).op('t', 'Q');
      number(offset).tuple(shape).tuple(strides);
      return op(0x89, 'N', 't', 'R', 's', '.');
    }

    byte[] end() {
      return op('.').bytes.toByteArray();
    }
  }

  private Path write(byte[] pickle) throws IOException {
    return write(pickle, false);
  }

  private Path write(byte[] pickle, boolean compressed) throws IOException {
    Path file = folder.resolve("x.pt");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : new String[] {"x/data.pkl", "x/data/0"}) {
        byte[] bytes = name.endsWith("pkl") ? pickle : new byte[16];
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(compressed ? ZipEntry.DEFLATED : ZipEntry.STORED);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
      }
    }
    return file;
  }

  private static void isRefused(Path file, String... said) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> PyTorchFile.open(file))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("x.pt")
        .hasMessageContainingAll(said)
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(1000));
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ENOUGH_BYTES);
  }

  @Test
  void aTensorInsideItsStorageIsRead() throws IOException {
    byte[] good = new Pickle().tensor("FloatStorage", 4, 1, longs(3), longs(1)).end();
    assertThat(PyTorchFile.open(write(good)).floats("w")).isEqualTo(new float[3]);
  }

  private static long[] longs(long... values) {
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "FloatStorage, 4, 2, 3, 1",
    "FloatStorage, 4, 0, 5, 1",
    "FloatStorage, 4, 0, 4, 2",
    "FloatStorage, 4, 0, 2, -1",
    "FloatStorage, 4, -1, 2, 1",
    "FloatStorage, 4, 0, -2, 1",
    "FloatStorage, 4, 0, 9223372036854775807, 1",
    "FloatStorage, 4, 0, 9223372036854775807, 9223372036854775807",
    "FloatStorage, 4, 9223372036854775807, 1, 1",
    "FloatStorage, 5, 0, 5, 1",
    "FloatStorage, 9223372036854775807, 0, 4, 1",
    "FloatStorage, -4, 0, 4, 1",
    "DoubleStorage, 4, 0, 4, 1",
    "HalfStorage, 4, 0, 4, 1",
    "UntypedStorage, 16, 0, 4, 1",
    "QInt8Storage, 16, 0, 4, 1",
  })
  void aTensorThatDoesNotFitItsStorageIsRefused(
      String type, long numel, long offset, long size, long stride) throws IOException {
    isRefused(
        write(new Pickle().tensor(type, numel, offset, longs(size), longs(stride)).end()), "x.pt");
  }

  @Test
  void aViewOfOneNumberIsNoReasonToMakeBillions() throws IOException {
    long[] shape = longs(1 << 20, 1 << 20);
    Path file = write(new Pickle().tensor("FloatStorage", 4, 0, shape, longs(0, 0)).end());
    NamedTensors tensors = PyTorchFile.open(file);
    assertThatThrownBy(() -> tensors.floats("w"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("more than Journey can hold");
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "builtins, exec",
    "torch, load",
    "torch.hub, load",
    "numpy.core.multiarray, _reconstruct",
    "torch._utils, _rebuild_sparse_tensor",
    "collections, OrderedDict.fromkeys",
  })
  void aNameThatIsNotOnTheListIsRefusedByName(String module, String name) throws IOException {
    String both = module + "." + name;
    byte[] called = new Pickle().global(module, name).text("touch x").op(0x85, 'R').end();
    isRefused(write(called), "names " + both, "state_dict()");
    byte[] stacked = new Pickle().op(0x80, 4).text(module).text(name).op(0x93).end();
    isRefused(write(stacked), "names " + both);
  }

  /**
   * INST, OBJ, NEWOBJ, NEWOBJ_EX, EXT1, PERSID, REDUCE of a class that is data, BUILD of nothing.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "(ios\nsystem\n.",
        "(o.",
        ")\u0081.",
        ")}\u0092.",
        "\u0082\u0001.",
        "P0\n.",
        "I1\n.",
        "2.",
        "ctorch\nfloat32\n)R.",
        "]NR.",
        "b.",
        "R.",
        "\u0085.",
        "q\u0000.",
        "h\u0005.",
        "(",
        "t.",
        "}]]s.",
        "K",
        "X\u0010\u0000\u0000\u0000abc.",
        "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff.",
        "\u0080\u0009.",
        "X\u0001\u0000\u0000\u0000\u00ff.",
        "",
        "}K\u0001Ns"
      })
  void aPickleOfOtherInstructionsOrCutShortIsRefused(String instructions) throws IOException {
    isRefused(write(new Pickle().ascii(instructions).bytes.toByteArray()), "x.pt");
  }

  @Test
  void nestingCostsNothing() throws IOException {
    Pickle deep = new Pickle();
    for (int i = 0; i < 300_000; i++) {
      deep.op(']');
    }
    for (int i = 0; i < 299_999; i++) {
      deep.op('a');
    }
    assertThat(PyTorchFile.open(write(deep.end())).names()).isEmpty();
  }

  @Test
  void dictionariesOfTheSameDictionaryAreNotFollowedForEver() throws IOException {
    Pickle laughs = new Pickle().op('}', 'q', 0);
    for (int level = 1; level < 8; level++) {
      laughs.op('}', '(');
      for (int i = 0; i < 26; i++) {
        laughs.text("key" + i).op('h', level - 1);
      }
      laughs.op('u', 'q', level);
    }
    isRefused(write(laughs.end()), "more names than a model has weights");
    Pickle self = new Pickle().op('}', 'q', 0).text("me").op('h', 0, 's');
    assertThat(PyTorchFile.open(write(self.end())).names()).isEmpty();
  }

  @Test
  void tuplesOfTheSameTupleMayBeKeys() throws IOException {
    Pickle laughs = new Pickle().op('}', ')', 'q', 0, '0');
    for (int level = 1; level < 100; level++) {
      laughs.op('h', level - 1, 'h', level - 1, 0x86, 'q', level, '0');
    }
    assertThat(PyTorchFile.open(write(laughs.op('h', 99, 'N', 's').end())).names()).isEmpty();
  }

  /** {@code {"x": b"abc", "y": b""}} as Python writes it in protocol 2. */
  @Test
  void byteStringsOfProtocolTwoAreNoReasonToRefuse() throws IOException {
    Pickle bytes = new Pickle().op('}').text("x").global("_codecs", "encode").op('(');
    bytes.text("abc").text("latin1").op('t', 'R', 's');
    bytes.text("y").global("__builtin__", "bytes").op(')', 'R', 's');
    assertThat(PyTorchFile.open(write(bytes.end())).names()).isEmpty();
  }

  @Test
  void callsWithTheSameLongListDoNotCopyIt() throws IOException {
    Pickle copies = new Pickle().op('(');
    for (int i = 0; i < 100_000; i++) {
      copies.op('K', 1);
    }
    copies.op('t', 'q', 0).global("torch", "Size").op('q', 1);
    for (int i = 0; i < 100_000; i++) {
      copies.op('h', 1, 'h', 0, 0x85, 'R');
    }
    assertThat(PyTorchFile.open(write(copies.end())).names()).isEmpty();
  }

  /**
   * Two megabytes that describe 3·10^11 places: each is a step of work, so they are counted; those
   * that may hold tensors have names, which are counted too.
   */
  @ParameterizedTest
  @CsvSource({"N, share more parts", "], more names than a model has weights"})
  @Timeout(30)
  void listsOfTheSameLongListAreNotFollowedForEver(char fill, String said) throws IOException {
    Pickle shared = new Pickle().op(']', 'q', 0, '(');
    for (int i = 0; i < 600_000; i++) {
      shared.op(fill);
    }
    shared.op('e').op(']', '(');
    for (int i = 0; i < 600_000; i++) {
      shared.op('h', 0);
    }
    isRefused(write(shared.op('e').end()), said);
  }

  /**
   * Texts and numbers with one hash, and tensors with one hash: a table of them must stay quick.
   */
  @Test
  @Timeout(30)
  void keysWithTheSameHashCostNoMoreThanOthers() throws IOException {
    int hash = "Aa".repeat(16).hashCode();
    Pickle keys = new Pickle().op('}', '(');
    for (int i = 0; i < 1 << 16; i++) {
      StringBuilder key = new StringBuilder();
      for (int bit = 0; bit < 16; bit++) {
        key.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      keys.text(key.toString()).op('N');
      keys.number((long) i << 32 | Integer.toUnsignedLong(i ^ hash)).op('N');
    }
    keys.op('u').op('}', '(');
    keys.global("torch._utils", "_rebuild_tensor_v2").op('q', 9, '0');
    keys.op('(').text("storage").global("torch", "FloatStorage").text("0").text("cpu");
    keys.number(4).op('t', 'Q', 'q', 8, '0');
    keys.tuple(1).op('q', 7, '0');
    for (int i = 0; i < 100_000; i++) {
      keys.op('h', 9, '(', 'h', 8, 'K', 0, 'h', 7, 'h', 7, 't', 'R', 'N');
    }
    assertThat(PyTorchFile.open(write(keys.op('u').end())).names()).isEmpty();
  }

  @Test
  void moreInstructionsThanAnyStateDictIsRefused() throws IOException {
    byte[] many = new byte[3_000_000];
    Arrays.fill(many, (byte) '}');
    isRefused(write(many), "pickle instructions");
  }

  @Test
  void aPickleTooLargeForMemoryIsRefusedUnread() throws IOException {
    isRefused(write(new byte[(64 << 20) + 1]), "bytes, more than names and shapes need");
  }

  @Test
  void compressedEntriesAreRefused() throws IOException {
    isRefused(write(new Pickle().op('}').end(), true), "compressed", "torch.save");
  }

  @Test
  void aZipCutShortIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(write(new Pickle().op('}').end()));
    for (int length = 0; length < whole.length; length++) {
      Path part = Files.write(folder.resolve("x.pt"), Arrays.copyOf(whole, length));
      isRefused(part, "x.pt");
    }
  }

  /** Any single byte of the zip's own records may be wrong; the answer is right or a refusal. */
  @Test
  void aZipThatLiesIsReadRightOrRefused() throws IOException {
    byte[] whole =
        Files.readAllBytes(
            write(new Pickle().tensor("FloatStorage", 4, 1, longs(3), longs(1)).end()));
    for (int at = 0; at < whole.length; at++) {
      for (int value : new int[] {0, 1, 0x7F, 0xFF}) {
        byte[] changed = whole.clone();
        changed[at] = (byte) value;
        Path file = Files.write(folder.resolve("x.pt"), changed);
        try {
          NamedTensors tensors = PyTorchFile.open(file);
          for (String name : tensors.names()) {
            if (tensors.dtype(name).isFloat() && tensors.dtype(name).bytes() == 4) {
              assertThat(tensors.floats(name).length).isLessThanOrEqualTo(4);
            }
          }
        } catch (JourneyException e) {
          assertThat(e).hasMessageContaining("x.pt");
        }
      }
    }
  }

  /** Real pickles with wrong bytes: read, or refused in one short sentence, never anything else. */
  @ParameterizedTest
  @ValueSource(strings = {"tensors/ordered.pt", "tensors/protocol5.pt", "training/last.ckpt"})
  void aRealPickleWithWrongBytesIsReadOrRefused(String name) throws IOException {
    Path golden = Path.of("src/test/resources/golden/checkpoints").resolve(name);
    byte[] whole = Files.readAllBytes(golden);
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    int begin = text.indexOf("data.pkl");
    int end = text.indexOf(".format_version", begin);
    RandomStream random = Seed.of(1).child(name).stream();
    Path file = folder.resolve("x.pt");
    int refused = 0;
    for (int n = 0; n < 3000; n++) {
      byte[] changed = whole.clone();
      for (int k = 0; k <= n % 3; k++) {
        changed[begin + random.nextInt(end - begin)] = (byte) random.nextInt(256);
      }
      Files.write(file, changed);
      try {
        PyTorchFile.open(file);
      } catch (JourneyException e) {
        refused++;
        assertThat(e.getMessage()).contains("x.pt").hasSizeLessThan(1000).hasLineCount(1);
      }
    }
    assertThat(refused).isPositive();
  }
}
