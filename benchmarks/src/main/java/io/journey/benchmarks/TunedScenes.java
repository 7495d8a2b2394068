package io.journey.benchmarks;

import io.journey.report.TargetImages;
import io.journey.results.Attribution;
import io.journey.results.ExampleTable;
import io.journey.scenes.Scene;
import io.journey.statistics.Estimate;
import io.journey.statistics.Ranking;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Whether an attribution finds the scenes that a model was tuned on, which show new things, among
 * others. Per timestep, as CSV on the console, means over the targets with their standard errors:
 *
 * <ul>
 *   <li>{@code tuned}: of the ten strongest, the share of scenes with a new thing;
 *   <li>{@code same}: the share of those with the new thing that the target's prompt asks for;
 *   <li>of the latter {@code first}, the place of the strongest, {@code median}, the median place,
 *       and {@code before}, the chance that one stands before a scene without it: 0.5 if scores
 *       know nothing.
 * </ul>
 *
 * <p>Arguments: an attribution of captioned scenes, each target asked for one new thing, and the
 * new things, such as {@code kite,owl}.
 */
public final class TunedScenes {
  private static final int TOP = 10;

  private TunedScenes() {}

  /** Runs the measurement. */
  public static void main(String[] args) {
    Attribution attribution = Attribution.open(Path.of(args[0]));
    TargetImages targets = TargetImages.of(attribution);
    List<String> things = List.of(args[1].split(","));
    List<Scene> scenes =
        attribution.examples().stream()
            .map(ExampleTable.Example::caption)
            .map(caption -> Scene.of(caption).orElseThrow())
            .toList();
    BitSet tuned = showing(scenes, things);
    System.out.println(
        "timestep,tuned,tuned_error,same,same_error,first,first_error,median,median_error,before,"
            + "before_error");
    for (int s = 0; s < attribution.steps().length; s++) {
      double[][] of = new double[5][attribution.targets()]; // [measure][target]
      for (int t = 0; t < attribution.targets(); t++) {
        Scene asked = Scene.of(targets.condition(t).captionText().orElseThrow()).orElseThrow();
        BitSet same = showing(scenes, things.stream().filter(asked::shows).toList());
        float[] scores = attribution.scores(s, t);
        int[] places = places(scores, same);
        of[0][t] = share(scores, tuned);
        of[1][t] = share(scores, same);
        of[2][t] = places[0];
        of[3][t] = (places[(places.length - 1) / 2] + places[places.length / 2]) / 2.0;
        of[4][t] = before(places, scenes.size());
      }
      System.out.println(line(attribution.steps()[s], of));
    }
  }

  private static BitSet showing(List<Scene> scenes, List<String> things) {
    BitSet showing = new BitSet(scenes.size());
    for (int i = 0; i < scenes.size(); i++) {
      showing.set(i, things.stream().anyMatch(scenes.get(i)::shows));
    }
    return showing;
  }

  private static double share(float[] scores, BitSet wanted) {
    return Arrays.stream(Ranking.top(scores, TOP)).filter(wanted::get).count() / (double) TOP;
  }

  /** Returns the places of some scenes, from 1, rising. */
  private static int[] places(float[] scores, BitSet wanted) {
    int[] all = Ranking.places(scores);
    return wanted.stream().map(i -> all[i]).sorted().toArray();
  }

  /** Returns the share of pairs of a wanted and another scene in which the wanted one is first. */
  private static double before(int[] places, int scenes) {
    long others = 0; // before a wanted one, summed over those
    for (int i = 0; i < places.length; i++) {
      others += places[i] - 1 - i;
    }
    return 1 - (double) others / ((long) places.length * (scenes - places.length));
  }

  private static String line(int timestep, double[][] of) {
    StringBuilder line = new StringBuilder().append(timestep);
    Arrays.stream(of)
        .map(Estimate::of)
        .flatMapToDouble(e -> DoubleStream.of(e.mean(), e.standardError()))
        .forEach(number -> line.append(String.format(Locale.ROOT, ",%.3f", number)));
    return line.toString();
  }
}
