package io.journey.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
  private static final String GOOD = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";

  @TempDir Path folder;

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("x.npy"), bytes);
  }

  private static byte[] npy(String header, int numberBytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(header.length() & 255);
    out.write(header.length() >>> 8);
    out.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(new byte[numberBytes]);
    return out.toByteArray();
  }

  /** The bytes that numpy.save writes for this array. */
  @Test
  void theBytesAreThoseOfNumpy() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, new float[] {1, -2, 0.5f}, 3, 1);
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 1), }";
    String padding = " ".repeat(128 - 10 - header.length() - 1) + "\n";
    assertThat(HexFormat.of().formatHex(out.toByteArray()))
        .isEqualTo(
            "934e554d505901007600"
                + HexFormat.of().formatHex((header + padding).getBytes(StandardCharsets.US_ASCII))
                + "0000803f"
                + "000000c0"
                + "0000003f");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "0", "2,3", "7,0,2", "1,1,1,1,1,1,1,1", "1000000007"})
  void numbersBeginAtAMultipleOf64WhateverTheShape(String dims) throws IOException {
    long[] shape =
        dims.isEmpty()
            ? new long[0]
            : Arrays.stream(dims.split(",")).mapToLong(Long::parseLong).toArray();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.writeHeader(out, DType.F16, shape);
    assertThat(out.size() % 64).isZero();
    assertThat(out.toByteArray()[out.size() - 1]).isEqualTo((byte) '\n');
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "F32", "F64"})
  void numbersComeBackFromAnyPlaceInAnyAmount(DType dtype) {
    int n = 40_000; // more than two blocks of the writer
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = i % 2048 - 1024; // exact in float16
    }
    Path file = folder.resolve("x.npy");
    AtomicFile.write(
        file,
        out -> {
          Npy.writeHeader(out, dtype, 200, 200);
          Npy.writeNumbers(out, dtype, values);
        });
    Npy array = Npy.map(file);
    assertThat(array.dtype()).isEqualTo(dtype);
    assertThat(array.shape()).containsExactly(200, 200);
    float[] out = new float[n + 2];
    array.read(0, out, 1, n);
    for (int i = 0; i < n; i++) {
      assertThat(out[i + 1]).as("number %d", i).isEqualTo(values[i]);
    }
    float[] some = new float[3];
    array.read(n - 3, some, 0, 3);
    assertThat(some).containsExactly(values[n - 3], values[n - 2], values[n - 1]);
  }

  @Test
  void readingBeyondTheEndIsAnError() {
    Path file = folder.resolve("x.npy");
    AtomicFile.write(file, out -> Npy.write(out, new float[4], 4));
    Npy array = Npy.map(file);
    float[] out = new float[8];
    assertThatThrownBy(() -> array.read(1, out, 0, 4))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("x.npy has 4 numbers, expected 5 at least");
    assertThatThrownBy(() -> array.read(0, new double[4], 4))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("x.npy holds numbers of type F32, expected float64");
    assertThatThrownBy(() -> array.read(-1, out, 0, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> array.read(Long.MAX_VALUE, out, 0, 2))
        .isInstanceOf(JourneyException.class);
  }

  @Test
  void aSingleNumberAndAnEmptyArrayAreArrays() throws IOException {
    String scalar = GOOD.replace("(2,)", "()");
    assertThat(Npy.map(write(npy(scalar, 4))).shape()).isEmpty();
    String empty = GOOD.replace("(2,)", "(3, 0)");
    assertThat(Npy.map(write(npy(empty, 0))).shape()).containsExactly(3, 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "<f4 | >f4 | holds numbers of type >f4",
        "<f4 | <c8 | holds numbers of type <c8",
        "False | True | Fortran order",
        "(2,) | (-2,) | cannot read",
        "(2,) | (2.0,) | cannot read",
        "(2,) | (1 2,) | no list of numbers",
        "(2,) | (3,) | 8 bytes of numbers, its header says 12",
        "(2,) | (1,) | 8 bytes of numbers, its header says 4",
        "(2,) | (4611686018427387904, 4) | too large",
        "(2,) | (99999999999999999999,) | no list of numbers",
        "'descr' | 'type' | cannot read",
      })
  void aHeaderThatLiesIsRefusedWithTheFilesName(String good, String bad, String reason)
      throws IOException {
    assertThat(Npy.map(write(npy(GOOD, 8))).shape()).containsExactly(2);
    Path file = write(npy(GOOD.replace(good, bad), 8));
    assertThatThrownBy(() -> Npy.map(file))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("x.npy")
        .hasMessageContaining(reason);
  }

  @Test
  void aFileCutShortOrOfAnotherKindIsRefused() throws IOException {
    byte[] good = npy(GOOD, 8);
    for (int length = 0; length < good.length; length++) {
      Path file = write(Arrays.copyOf(good, length));
      assertThatThrownBy(() -> Npy.map(file))
          .as("cut to %d bytes", length)
          .isInstanceOf(JourneyException.class);
    }
    good[6] = 3;
    Path newer = write(good);
    assertThatThrownBy(() -> Npy.map(newer)).hasMessageContaining("version 1.0");
    assertThatThrownBy(() -> Npy.map(folder.resolve("none.npy")))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("there is no such file");
  }

  /** A view of the file itself: the numbers asked for, nothing beyond them. */
  @Test
  void bytesAreTheNumbersAsTheyLieInTheFile() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, new float[] {1, -2, 0.5f, 4}, 2, 2);
    Npy npy = Npy.map(write(out.toByteArray()));
    ByteBuffer bytes = npy.bytes(1, 2);
    assertThat(bytes.remaining()).isEqualTo(2 * Float.BYTES);
    assertThat(bytes.getFloat(0)).isEqualTo(-2);
    assertThat(bytes.getFloat(Float.BYTES)).isEqualTo(0.5f);
    assertThat(bytes.isReadOnly()).isTrue();
    assertThat(bytes.isDirect()).isTrue();
    assertThatThrownBy(() -> npy.bytes(3, 2)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
