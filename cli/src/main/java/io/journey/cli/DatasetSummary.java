package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.dataset.DatasetNotes;
import io.journey.dataset.DuplicateImages;
import io.journey.dataset.ImageShape;
import io.journey.results.consent.TrainingConsent;
import io.journey.run.Counted;
import io.journey.run.Printable;
import io.journey.run.Progress;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The content of a data set: size, shape, classes, the range of some pixels. */
final class DatasetSummary {
  /** Pixels of at most so many images are looked at. */
  private static final int LOOKED_AT = 256;

  private static final int CLASSES_SHOWN = 20;

  private static final int SIZES_SHOWN = 10;

  private static final int SKIPPED_SHOWN = 50;

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
    CaptionSummary.print(images, out);
  }

  /** The same with files left out, and what takes a look at every image: sizes, and duplicates. */
  static void printAll(Dataset images, PrintWriter out, Progress progress) {
    print(images, out);
    printSizes(images, out);
    List<String> steps = images.transformations().steps();
    Lines.print(out, "transformed", steps.isEmpty() ? "not at all" : String.join(", ", steps));
    printNotes(images.notes(), out);
    printConsents(images, out);
    int threads = Runtime.getRuntime().availableProcessors();
    DuplicateImages duplicates = DuplicateImages.of(images, threads, progress);
    Lines.print(
        out,
        "duplicates",
        duplicates.count() == 0
            ? "none, no two images are equal in every pixel"
            : String.format(
                Locale.ROOT,
                "%d equal an earlier image in every pixel, the first %s and %s",
                duplicates.count(),
                images.id(duplicates.original()),
                images.id(duplicates.copy())));
  }

  /** Tells what was left out. */
  private static void printNotes(DatasetNotes notes, PrintWriter out) {
    if (!notes.passedOver().isEmpty()) {
      Lines.print(out, "passed over", DatasetNotes.counted(notes.passedOver()) + ": no images");
    }
    if (notes.links() > 0) {
      Lines.print(
          out,
          "links",
          Counted.of(notes.links(), "images")
              + " "
              + Counted.are(notes.links())
              + " read through links");
    }
    if (notes.repeated() > 0) {
      Lines.print(
          out,
          "repeated",
          Counted.of(notes.repeated(), "images")
              + " "
              + Counted.are(notes.repeated())
              + " the same file as another");
    }
    if (!notes.skipped().isEmpty()) {
      Lines.print(
          out, "skipped", Counted.of(notes.skipped().size(), "images") + " that cannot be read");
      notes.skipped().values().stream()
          .limit(SKIPPED_SHOWN)
          .forEach(why -> out.println("  " + Printable.of(why)));
      if (notes.skipped().size() > SKIPPED_SHOWN) {
        out.println("  and " + (notes.skipped().size() - SKIPPED_SHOWN) + " more");
      }
    }
  }

  /** Tells which images say that models may not be trained on them, or on conditions. */
  private static void printConsents(Dataset images, PrintWriter out) {
    List<String> flagged = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      TrainingConsent consent = TrainingConsent.of(images, i);
      if (consent.isFlagged()) {
        flagged.add(Printable.of(images.id(i) + ": " + consent.sentence()));
      }
    }
    if (!flagged.isEmpty()) {
      Lines.print(out, "consent", Counted.of(flagged.size(), "images") + " with words on training");
      flagged.stream().limit(SKIPPED_SHOWN).forEach(line -> out.println("  " + line));
      if (flagged.size() > SKIPPED_SHOWN) {
        out.println("  and " + (flagged.size() - SKIPPED_SHOWN) + " more");
      }
    }
  }

  private static void printSizes(Dataset images, PrintWriter out) {
    Map<ImageShape, Integer> counts = new HashMap<>();
    for (int i = 0; i < images.size(); i++) {
      counts.merge(images.originalShape(i), 1, Integer::sum);
    }
    Lines.print(
        out,
        "stored as",
        counts.size() == 1 ? "1 size" : counts.size() + " sizes (channels × height × width)");
    counts.entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<ImageShape, Integer> e) -> -e.getValue())
                .thenComparing(e -> e.getKey().toString()))
        .limit(SIZES_SHOWN)
        .forEach(e -> out.printf(Locale.ROOT, "  %-24s %d%n", e.getKey(), e.getValue()));
    if (counts.size() > SIZES_SHOWN) {
      printExtremes(counts, out);
    }
  }

  private static void printExtremes(Map<ImageShape, Integer> counts, PrintWriter out) {
    IntSummaryStatistics heights =
        counts.keySet().stream().mapToInt(ImageShape::height).summaryStatistics();
    IntSummaryStatistics widths =
        counts.keySet().stream().mapToInt(ImageShape::width).summaryStatistics();
    out.printf(
        Locale.ROOT,
        "  and %d more; heights %d to %d, widths %d to %d%n",
        counts.size() - SIZES_SHOWN,
        heights.getMin(),
        heights.getMax(),
        widths.getMin(),
        widths.getMax());
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
            "mean %.3f, standard deviation %.3f on the scale -1 to 1 (%s looked at)",
            mean,
            deviation,
            Counted.of(n, "images")));
  }

  private static void printClasses(Dataset images, PrintWriter out) {
    List<String> names = images.classNames();
    if (names.isEmpty()) {
      images.notes().noClasses().ifPresent(why -> Lines.print(out, "classes", "none, " + why));
      return;
    }
    int[] counts = new int[names.size()];
    for (int i = 0; i < images.size(); i++) {
      images.condition(i).classNumber().ifPresent(label -> counts[label]++);
    }
    Lines.print(out, "classes", names.size());
    for (int c = 0; c < Math.min(CLASSES_SHOWN, counts.length); c++) {
      out.printf(Locale.ROOT, "  %-24s %d%n", Printable.of(names.get(c)), counts[c]);
    }
    if (counts.length > CLASSES_SHOWN) {
      out.println("  and " + (counts.length - CLASSES_SHOWN) + " more");
    }
  }
}
