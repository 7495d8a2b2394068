package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.dataset.MissingCaptions;
import io.journey.dataset.Uncaptioned;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Printable;
import java.io.PrintWriter;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The captions of a data set: how many there are, which images have none, and the first. */
final class CaptionSummary {
  private static final int SHOWN = 5;

  private static final int LENGTH = 100;

  private CaptionSummary() {}

  /** Returns the set with its captions, the set itself where it has none that can be read. */
  static Dataset ofReadable(Dataset images) {
    try {
      return images.captioned(Uncaptioned.EMPTY);
    } catch (JourneyException e) {
      return images;
    }
  }

  /** Tells of captions, asked for or not; nothing where there are none. */
  static void print(Dataset images, PrintWriter out) {
    Dataset captioned;
    try {
      captioned = images.captioned(Uncaptioned.EMPTY);
    } catch (MissingCaptions e) {
      return;
    } catch (JourneyException e) {
      Lines.print(out, "captions", "not readable: " + e.getMessage());
      return;
    }
    int[] without =
        IntStream.range(0, captioned.size())
            .filter(i -> captioned.captions(i).equals(List.of("")))
            .toArray();
    IntSummaryStatistics counts =
        IntStream.range(0, captioned.size())
            .map(i -> captioned.captions(i).equals(List.of("")) ? 0 : captioned.captions(i).size())
            .summaryStatistics();
    String each =
        counts.getMin() == counts.getMax()
            ? String.valueOf(counts.getMax())
            : counts.getMin() + " to " + counts.getMax();
    Lines.print(
        out,
        "captions",
        counts.getSum()
            + " in all, "
            + each
            + " an image"
            + (images.isCaptioned() ? "" : "; read where a model takes text"));
    IntStream.range(0, Math.min(SHOWN, captioned.size()))
        .forEach(
            i ->
                out.printf(
                    Locale.ROOT,
                    "  %-24s %s%n",
                    Printable.of(captioned.id(i)),
                    shown(captioned.captions(i))));
    if (without.length > 0) {
      Lines.print(
          out,
          "uncaptioned",
          Counted.of(without.length, "images")
              + ", the first "
              + captioned.id(without[0])
              + (images.isCaptioned()
                  ? ": they have the empty caption"
                  : ": refused where captions are needed, uncaptioned=empty takes the empty one"));
    }
    captioned.notes().captions().forEach(remark -> Lines.print(out, "captions of", remark));
  }

  /** The first caption, and how many more there are. */
  private static String shown(List<String> captions) {
    String first = captions.get(0);
    int end =
        first.offsetByCodePoints(0, Math.min(LENGTH, first.codePointCount(0, first.length())));
    String text = end == first.length() ? first : first.substring(0, end) + "…";
    return Printable.of(text.isEmpty() ? "(none)" : text)
        + (captions.size() == 1 ? "" : "  (and " + (captions.size() - 1) + " more)");
  }
}
