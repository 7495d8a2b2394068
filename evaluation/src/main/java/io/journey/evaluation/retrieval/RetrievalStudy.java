package io.journey.evaluation.retrieval;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.evaluation.lds.JudgedEstimators;
import io.journey.results.EvaluationResult;
import io.journey.results.ExampleTable;
import io.journey.results.retrieval.HiddenSource;
import io.journey.results.retrieval.Retrieval;
import io.journey.run.Checksums;
import io.journey.run.Stage;
import io.journey.run.StageWork;
import io.journey.sampling.Trajectory;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Judges estimators by whether they find the training images of the targets' own source: {@link
 * Retrieval}, as a run directory with an {@link EvaluationResult}.
 *
 * @param judged estimators and what stands beside them; all targets are of the hidden source
 * @param steps t, rising
 * @param hidden the numbers of the training images of that source
 */
public record RetrievalStudy(JudgedEstimators judged, int[] steps, BitSet hidden)
    implements Stage<EvaluationResult> {
  /** The kind of run directory. */
  public static final String KIND = "retrieval";

  /**
   * @throws io.journey.run.JourneyException if there are too few targets, or none of the images is
   *     hidden, or all are
   */
  public RetrievalStudy {
    Retrieval.requireEnough(judged.targets().size());
    source(judged, steps, hidden);
  }

  private static HiddenSource source(JudgedEstimators judged, int[] steps, BitSet hidden) {
    return new HiddenSource(
        steps,
        judged.targets().size(),
        ExampleTable.examples(judged.data()),
        judged.data().fingerprint(),
        Trajectory.fingerprint(judged.targets(), steps),
        hidden);
  }

  /**
   * What the manifest says.
   *
   * @param hidden how many images are hidden
   */
  private record Settings(
      int[] timesteps, int hidden, @JsonUnwrapped JudgedEstimators.Settings judged) {}

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Record settings() {
    return new Settings(steps, hidden.cardinality(), judged.settings());
  }

  @Override
  public ObjectNode inputs() {
    String ids =
        hidden.stream().mapToObj(i -> judged.data().id(i) + "\n").collect(Collectors.joining());
    return judged
        .inputs()
        .put("trajectories", Trajectory.fingerprint(judged.targets(), steps))
        .put("hidden_sha256", Checksums.of(ids.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void check() {
    judged.requireAsked(steps);
  }

  @Override
  public EvaluationResult run(StageWork work) {
    if (work.isFinished()) {
      return EvaluationResult.open(work.directory()).result();
    }
    HiddenSource source = source(judged, steps, hidden);
    EvaluationResult result =
        Retrieval.of(source, judged.predictions(List.of(source), work.context()).get(0))
            .settings(work.settings())
            .write(work);
    work.finish();
    return result;
  }
}
