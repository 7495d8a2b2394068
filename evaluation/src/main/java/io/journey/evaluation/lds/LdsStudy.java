package io.journey.evaluation.lds;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.results.EvaluationResult;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.Lds;
import io.journey.results.lds.LdsResult;
import io.journey.results.lds.Prediction;
import io.journey.results.lds.Truths;
import io.journey.run.JourneyException;
import io.journey.run.Stage;
import io.journey.run.StageWork;
import io.journey.sampling.Trajectory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Judges estimators by a ground truth: {@link Lds} of each, with intervals, differences and the
 * ceiling, as a run directory with an {@link EvaluationResult}.
 *
 * @param truth the ground truth
 * @param beside others of the same targets, steps and data, by name: means over steps of the same
 *     scores stand beside
 * @param judged estimators and what stands beside them
 */
public record LdsStudy(GroundTruth truth, Map<String, GroundTruth> beside, JudgedEstimators judged)
    implements Stage<EvaluationResult> {
  /** The kind of run directory. */
  public static final String KIND = "lds";

  /**
   * @throws JourneyException if a truth is of other data, targets or steps
   */
  public LdsStudy {
    requireOf(truth, judged.data(), judged.targets(), truth.steps());
    for (GroundTruth other : beside.values()) {
      requireOf(other, judged.data(), judged.targets(), truth.steps());
    }
    new Truths(all(truth, beside)); // Refuses other measures.
  }

  private static List<GroundTruth> all(GroundTruth truth, Map<String, GroundTruth> beside) {
    return Stream.concat(Stream.of(truth), beside.values().stream()).toList();
  }

  /**
   * Refuses a ground truth of something else than what is judged.
   *
   * @param steps t, rising
   * @throws JourneyException if it is of other data, targets or steps
   */
  public static void requireOf(
      GroundTruth truth, Dataset data, List<Trajectory> targets, int[] steps) {
    if (!data.fingerprint().equals(truth.data())) {
      throw new JourneyException(
          truth.manifest().directory()
              + " was made with other data than "
              + data.spec()
              + ": name the data it was made with.");
    }
    if (!Arrays.equals(steps, truth.steps())
        || !Trajectory.fingerprint(targets, steps).equals(truth.trajectories())) {
      throw new JourneyException(
          truth.manifest().directory()
              + " asked its models about other targets or steps: name those it was made with.");
    }
  }

  private record Settings(@JsonUnwrapped JudgedEstimators.Settings judged, int resamples) {}

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public EvaluationResult run(StageWork work) {
    if (work.isFinished()) {
      return EvaluationResult.open(work.directory()).result();
    }
    List<List<Prediction>> predictions = judged.predictions(all(truth, beside), work.context());
    List<LdsResult.Judged> others = new ArrayList<>();
    beside.forEach(
        (name, other) ->
            others.add(new LdsResult.Judged(name, other, predictions.get(others.size() + 1))));
    ObjectNode shown = work.settings();
    shown.set("ground truth", truth.manifest().settings());
    EvaluationResult result =
        LdsResult.of(new LdsResult.Judged(null, truth, predictions.get(0)), others)
            .settings(shown)
            .write(work);
    work.finish();
    return result;
  }

  @Override
  public Record settings() {
    return new Settings(judged.settings(), Lds.RESAMPLES);
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = judged.inputs();
    inputs.put("ground_truth", truth.manifest().fingerprint());
    if (!beside.isEmpty()) {
      ObjectNode others = inputs.putObject("beside");
      beside.forEach((name, other) -> others.put(name, other.manifest().fingerprint()));
    }
    return inputs;
  }
}
