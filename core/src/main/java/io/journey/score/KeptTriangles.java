package io.journey.score;

import io.journey.features.FeatureStore;
import io.journey.run.AtomicFile;
import io.journey.run.Checksums;
import io.journey.run.Confined;
import io.journey.run.JourneyException;
import io.journey.tensor.DType;
import io.journey.tensor.Npy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;

/**
 * Upper triangles of symmetric matrices, kept in files beside the features so that they are
 * computed once: row by row, float64, with a note of their SHA-256 and of what they were made of.
 * One that is missing, damaged or made of something else is simply not there; a folder that cannot
 * be written keeps nothing.
 */
public final class KeptTriangles {
  /** Keeps nothing. */
  public static final KeptTriangles NONE = new KeptTriangles(null, "", "");

  /** The folder among the features. */
  public static final String FOLDER = "solver";

  private final Path directory;
  private final String folder;
  private final String madeOf;

  /**
   * @param directory null to keep nothing
   * @param folder inside it, ending in a slash
   */
  KeptTriangles(Path directory, String folder, String madeOf) {
    this.directory = directory;
    this.folder = folder;
    this.madeOf = madeOf;
  }

  /** Those of the features of one checkpoint. */
  public static KeptTriangles of(FeatureStore features, String member) {
    Path directory = features.manifest().directory();
    if (!Files.isWritable(directory)) {
      return NONE;
    }
    return new KeptTriangles(directory, FOLDER + "/" + member + "/", features.fingerprint());
  }

  /**
   * Reads a triangle.
   *
   * @param made what it is besides the features' own, such as a damping
   * @param into [n, n], whose upper triangle is written
   * @return false: it is not there, and {@code into} is undefined
   */
  boolean load(String name, String made, DoublePointer into, int n) {
    if (directory == null) {
      return false;
    }
    try {
      if (!Files.isRegularFile(file(name)) || !Files.isRegularFile(noteFile(name))) {
        return false;
      }
      String expected = note(Checksums.of(file(name)), made, n);
      if (!expected.equals(Files.readString(noteFile(name)))) {
        return false;
      }
      Npy triangle = Npy.map(file(name));
      long[] shape = {count(n)};
      if (triangle.dtype() != DType.F64 || !Arrays.equals(triangle.shape(), shape)) {
        return false;
      }
      double[] row = new double[n];
      long from = 0;
      for (int i = 0; i < n; i++) {
        triangle.read(from, row, n - i);
        Gram.at(into, (long) i * n + i).put(row, 0, n - i);
        from += n - i;
      }
      return true;
    } catch (IOException | JourneyException e) {
      return false;
    }
  }

  /** Keeps a triangle in the place of an earlier one. */
  void save(String name, String made, DoublePointer matrix, int n) {
    if (directory == null) {
      return;
    }
    try {
      String sha256 = AtomicFile.write(file(name), out -> write(out, matrix, n));
      AtomicFile.write(noteFile(name), note(sha256, made, n).getBytes(StandardCharsets.UTF_8));
    } catch (JourneyException e) {
      // A full disk, or another run that writes the same: the work is done all the same.
    }
  }

  private static void write(java.io.OutputStream out, DoublePointer matrix, int n)
      throws IOException {
    Npy.writeHeader(out, DType.F64, count(n));
    for (int i = 0; i < n; i++) {
      double[] row = new double[n - i];
      Gram.at(matrix, (long) i * n + i).get(row);
      Npy.writeNumbers(out, row);
    }
  }

  private static long count(int n) {
    return (long) n * (n + 1) / 2;
  }

  private String note(String sha256, String made, int n) {
    return sha256 + " features " + madeOf + " side " + n + " " + made + "\n";
  }

  private Path file(String name) {
    return Confined.path(directory, folder + name + ".npy");
  }

  private Path noteFile(String name) {
    return Confined.path(directory, folder + name + ".note");
  }
}
