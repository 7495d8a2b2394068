package io.journey.benchmarks.kills;

import io.journey.benchmarks.hostile.Stages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A command that is killed.
 *
 * @param name what to call it
 * @param weight its share of the kills, in arbitrary units
 * @param command its words; {@code @} stands for the folder of what was made before, {@code >} for
 *     the folder of its results
 */
public record Stage(String name, int weight, String command) {
  private static final String DATA = " --data §/data/fashion-mnist?size=8&limit=";
  private static final String MODELS = " --checkpoints @/train/c";
  private static final String TARGET = " --target @/sample/t.safetensors";
  private static final String REMOVAL =
      MODELS
          + DATA
          + "60"
          + TARGET
          + " --attribution trak=@/attribute/a --random-sets 1 --other-seeds 1 --models >/m";

  /** Every stage, each after those whose results it reads. */
  public static List<Stage> all() {
    return List.of(
        new Stage(
            "train",
            24,
            "train --out >/c --config @/config.json --seed 3 --training-steps 40 --save-interval 0"
                + DATA
                + "60"),
        new Stage(
            "sample",
            14,
            "sample --checkpoint @/train/c/member-000 --out >/t.safetensors --count 4"
                + " --inference-steps 50 --threads 1"),
        new Stage(
            "featurize",
            20,
            "featurize --out >/f --projection sparse:64 --draws 2 --threads 1"
                + MODELS
                + DATA
                + "60"),
        new Stage(
            "featurize plain",
            10,
            "featurize --out >/f --preconditioner none --projection sparse:64 --draws 2"
                + MODELS
                + DATA
                + "60"),
        new Stage(
            "attribute",
            20,
            "attribute --features @/featurize/f --out >/a --timesteps 100,300 --draws 2"
                + MODELS
                + TARGET),
        new Stage("report", 14, "report --attribution @/attribute/a --out >/r.html" + DATA + "60"),
        new Stage("export", 10, "export --checkpoint @/train/c/member-000 --out >/x"),
        new Stage(
            "evaluate timesteps", 10, "evaluate timesteps --attribution @/attribute/a --out >/e"),
        new Stage("evaluate flips", 8, "evaluate flips --attribution @/attribute/a --out >/e"),
        new Stage(
            "evaluate classifier", 10, "evaluate classifier --epochs 2 --out >/k" + DATA + "60"),
        new Stage(
            "evaluate seeds",
            10,
            "evaluate seeds --count 3 --inference-steps 20 --out >/e" + MODELS),
        new Stage(
            "evaluate emergence",
            12,
            "evaluate emergence --checkpoint @/train/c/member-000 --classifier"
                + " @/evaluate-classifier/k --samples 3 --timesteps 0,100,500 --attribution"
                + " @/attribute/a --out >/e"
                + TARGET),
        new Stage(
            "evaluate stability",
            12,
            "evaluate stability --timesteps 100,300 --draws 2,4 --target-draws 2 --projection sparse:64"
                + " --out >/e"
                + MODELS
                + TARGET
                + DATA
                + "60"),
        new Stage(
            "evaluate lds",
            20,
            "evaluate lds --timesteps 300 --features @/featurize-plain/f --subsets 6 --draws 4"
                + " --target-draws 2 --ground-truth >/g --out >/e"
                + MODELS
                + TARGET
                + DATA
                + "60"),
        new Stage(
            "evaluate retrain",
            16,
            "evaluate retrain --timestep 300 --delta 200 --remove 6 --samples 3 --out >/e --embedding"
                + " classifier:@/evaluate-classifier/k"
                + REMOVAL),
        new Stage(
            "evaluate forget",
            14,
            "evaluate forget --timestep 300 --remove 6 --out >/e" + REMOVAL));
  }

  /** Where its results lie below a folder. */
  public Path folder(Path below) {
    return below.resolve(name.replace(' ', '-'));
  }

  /** The words of its command line. */
  List<String> words(Path home, Path made, Path results) {
    List<String> words = new ArrayList<>();
    for (String word : Arrays.asList(Stages.in(made, command))) {
      words.add(word.replace("§", home.toString()).replace(">", results.toString()));
    }
    return words;
  }
}
