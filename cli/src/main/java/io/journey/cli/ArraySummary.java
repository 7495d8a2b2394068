package io.journey.cli;

import io.journey.array.DType;
import io.journey.array.NamedTensors;
import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.run.Counted;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** The content of array files: types, shapes, ranges. */
final class ArraySummary {
  private static final int BLOCK = 1 << 16;
  private static final int MAX_WIDTH = 100;

  private ArraySummary() {}

  static void printNpy(Path file, PrintWriter out) {
    Npy array = Npy.map(file);
    long size = Arrays.stream(array.shape()).reduce(1, (a, b) -> a * b);
    Lines.print(out, "file", file);
    Lines.print(out, "type", array.dtype());
    Lines.print(out, "shape", Arrays.toString(array.shape()) + ", " + Counted.of(size, "numbers"));
    if (array.dtype() != DType.I64 && size > 0) {
      printRange(array, size, out);
    }
  }

  private static void printRange(Npy array, long size, PrintWriter out) {
    float[] block = new float[BLOCK];
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    long finite = 0;
    for (long from = 0; from < size; from += BLOCK) {
      int count = (int) Math.min(BLOCK, size - from);
      array.read(from, block, 0, count);
      for (int i = 0; i < count; i++) {
        if (Float.isFinite(block[i])) {
          min = Math.min(min, block[i]);
          max = Math.max(max, block[i]);
          sum += block[i];
          finite++;
        }
      }
    }
    if (finite > 0) {
      Lines.print(
          out,
          "range",
          String.format(Locale.ROOT, "%.6g to %.6g, mean %.6g", min, max, sum / finite));
    }
    if (finite < size) {
      Lines.print(out, "not finite", Counted.of(size - finite, "numbers"));
    }
  }

  static void printTensors(NamedTensors tensors, PrintWriter out) {
    if (tensors instanceof Safetensors file) {
      file.metadata().forEach((key, value) -> Lines.print(out, key, value));
    }
    long numbers = 0;
    long bytes = 0;
    int width = 0;
    for (String name : tensors.names()) {
      long numel = tensors.shape(name).stream().reduce(1L, (a, b) -> a * b);
      numbers += numel;
      bytes += numel * tensors.dtype(name).bytes();
      width = Math.max(width, name.length());
    }
    Lines.print(
        out,
        "tensors",
        tensors.names().size() + ", " + Counted.of(numbers, "numbers") + ", " + Lines.bytes(bytes));
    String line = "  %-" + Math.max(1, Math.min(width, MAX_WIDTH)) + "s  %-4s %s%n";
    for (String name : tensors.names()) {
      String shown = name.replaceAll("\\p{Cntrl}", "?");
      out.printf(Locale.ROOT, line, shown, tensors.dtype(name), tensors.shape(name));
    }
  }
}
