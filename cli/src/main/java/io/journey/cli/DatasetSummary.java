package io.journey.cli;

import io.journey.dataset.Dataset;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** What a data set holds: size, shape, classes, the range of some pixels. */
final class DatasetSummary {
  /** Pixels of at most so many images are looked at. */
  private static final int LOOKED_AT = 256;

  private static final int CLASSES_SHOWN = 20;

  private DatasetSummary() {}

  static void print(Dataset images, PrintWriter out) {
    Lines.print(out, "data set", images.spec());
    Lines.print(out, "images", images.size() + " of " + images.shape());
    if (images.size() > 0) {
      Lines.print(out, "ids", images.id(0) + " ... " + images.id(images.size() - 1));
      printPixels(images, out);
    }
    Lines.print(out, "fingerprint", images.fingerprint());
    printClasses(images, out);
  }

  private static void printPixels(Dataset images, PrintWriter out) {
    int n = Math.min(LOOKED_AT, images.size());
    float[] pixels = new float[images.shape().numel()];
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      images.read((int) ((long) i * images.size() / n), pixels, 0);
      for (float p : pixels) {
        sum += p;
        squares += (double) p * p;
      }
    }
    double count = (double) n * pixels.length;
    double mean = sum / count;
    double deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
    Lines.print(
        out,
        "pixels",
        String.format(
            Locale.ROOT,
            "mean %.3f, standard deviation %.3f on the scale -1 to 1 (%d images looked at)",
            mean,
            deviation,
            n));
  }

  private static void printClasses(Dataset images, PrintWriter out) {
    List<String> names = images.classNames();
    if (names.isEmpty()) {
      return;
    }
    int[] counts = new int[names.size()];
    for (int i = 0; i < images.size(); i++) {
      if (images.label(i) >= 0) {
        counts[images.label(i)]++;
      }
    }
    Lines.print(out, "classes", names.size());
    for (int c = 0; c < Math.min(CLASSES_SHOWN, counts.length); c++) {
      out.printf(Locale.ROOT, "  %-24s %d%n", names.get(c), counts[c]);
    }
    if (counts.length > CLASSES_SHOWN) {
      out.println("  and " + (counts.length - CLASSES_SHOWN) + " more");
    }
  }
}
