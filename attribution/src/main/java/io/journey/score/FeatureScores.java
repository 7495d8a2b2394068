package io.journey.score;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.features.FeatureStore;
import io.journey.model.Ensemble;
import io.journey.results.Attribution;
import io.journey.results.ExampleTable;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunContext;
import io.journey.run.StageFiles;
import io.journey.sampling.Trajectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Scores by an estimator of features.
 *
 * @param attributor the estimator, the features, what is asked
 */
record FeatureScores(Attributor attributor) implements MemberScores {
  /** The features' entries on the data, some of them of encoded data only. */
  private static final List<String> DATA_INPUTS =
      List.of("data", "pictures", "codec", "text_encoder");

  private FeatureStore features() {
    return attributor.features();
  }

  @Override
  public Ensemble ensemble() {
    return attributor.ensemble();
  }

  @Override
  public List<String> checkpointNames() {
    return features().checkpointNames();
  }

  @Override
  public List<ExampleTable.Example> examples() {
    return features().examples();
  }

  @Override
  public String exampleTable() {
    Path table = features().manifest().verified(ExampleTable.FILE);
    try {
      return Files.readString(table);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + table + ": " + Failures.reason(e) + ".", e);
    }
  }

  @Override
  public TargetDraws draws() {
    return attributor.draws();
  }

  @Override
  public StepWeights weights() {
    return attributor.weights();
  }

  @Override
  public Record settings(int[] steps) {
    return attributor.settings(steps, null);
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = Json.object();
    ObjectNode ofFeatures = features().manifest().inputs();
    for (String name : DATA_INPUTS) {
      if (ofFeatures.has(name)) {
        inputs.set(name, ofFeatures.get(name));
      }
    }
    features().lora().ifPresent(lora -> inputs.put(Attribution.LORA, lora));
    inputs.put("features", features().fingerprint());
    inputs.set("checkpoints", ofFeatures.path("checkpoints"));
    return inputs.set("feature_settings", features().manifest().settings());
  }

  @Override
  public void check(List<Trajectory> targets, int[] steps) {
    attributor.check(targets, steps);
  }

  @Override
  public void score(
      String member,
      List<Trajectory> targets,
      int[] steps,
      StageFiles files,
      RunContext context,
      ScoringEngine.Sink sink) {
    try (CheckpointScorer scorer = attributor.engine(context).open(member)) {
      scorer.score(targets, steps, draws(), sink);
    }
  }
}
