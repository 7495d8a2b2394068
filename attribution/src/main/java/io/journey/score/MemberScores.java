package io.journey.score;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.model.Ensemble;
import io.journey.results.ExampleTable;
import io.journey.run.RunContext;
import io.journey.run.StageFiles;
import io.journey.sampling.Trajectory;
import java.io.Serializable;
import java.util.List;

/** Scores by one checkpoint after another, and what an {@link AttributionStage} says of them. */
interface MemberScores extends Serializable {
  /** Returns the checkpoints. */
  Ensemble ensemble();

  /** Returns those that score. */
  List<String> checkpointNames();

  /** Returns the training images, [N]. */
  List<ExampleTable.Example> examples();

  /** Returns them as a table. */
  String exampleTable();

  /** Returns what the gradients of targets are averaged over, and the part of each target. */
  TargetDraws draws();

  /** Returns the weights of steps; null: there are no scores of the whole trajectory. */
  StepWeights weights();

  /** Returns the settings in the manifest. */
  Record settings(int[] steps);

  /** Returns the fingerprints of data and checkpoints, and of all else but targets. */
  ObjectNode inputs();

  /** Refuses what cannot be scored. */
  void check(List<Trajectory> targets, int[] steps);

  /**
   * Scores by one checkpoint.
   *
   * @param files of the attribution, for what is told beside the scores, and for what an
   *     interruption need not lose
   * @param sink receives the scores of each target and step, as of request 0
   */
  void score(
      String member,
      List<Trajectory> targets,
      int[] steps,
      StageFiles files,
      RunContext context,
      ScoringEngine.Sink sink);

  /**
   * Deletes what was kept of an unfinished checkpoint, which is finished now.
   *
   * @param queries targets times steps
   */
  default void tidy(StageFiles files, String member, int queries) {}
}
