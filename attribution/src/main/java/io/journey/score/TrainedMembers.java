package io.journey.score;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.results.Attribution;
import io.journey.results.ExampleTable;
import io.journey.results.Timesteps;
import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import io.journey.run.RunDirectory;
import io.journey.run.Stage;
import io.journey.run.StageFiles;
import io.journey.sampling.Trajectory;
import java.util.List;
import java.util.function.Function;

/** Scores that need no features, but the checkpoints and the images they were trained on. */
interface TrainedMembers extends MemberScores {
  /** Returns the training images. */
  Dataset data();

  /**
   * Refuses other images than those of the training.
   *
   * @throws JourneyException if the ensemble was trained on others
   */
  static void requireOwn(Ensemble ensemble, Dataset data) {
    if (!ensemble.dataFingerprint().equals(data.fingerprint())) {
      throw new JourneyException(
          ensemble.directory()
              + " was trained on other images than "
              + data.spec()
              + ": name the data of journey train.");
    }
  }

  /** Returns the stage that attributes targets by them. */
  static Stage<Attribution> stage(
      Function<TargetDraws, TrainedMembers> members,
      TargetDraws draws,
      List<Trajectory> targets,
      Timesteps steps) {
    return new AttributionStage(
        members.apply(draws.ofParts(targets.size())),
        draws.inParts(targets),
        steps.among(targets.get(0).timesteps()));
  }

  @Override
  default List<String> checkpointNames() {
    return ensemble().checkpointNames();
  }

  @Override
  default List<ExampleTable.Example> examples() {
    return ExampleTable.examples(data());
  }

  @Override
  default String exampleTable() {
    return ExampleTable.of(data());
  }

  @Override
  default ObjectNode inputs() {
    ObjectNode inputs = data().inputs();
    ObjectNode checkpoints = inputs.putObject("checkpoints");
    for (String member : checkpointNames()) {
      try (Checkpoint checkpoint = ensemble().load(member)) {
        checkpoints.put(member, checkpoint.fingerprint());
      }
    }
    return inputs.put("ensemble", ensemble().manifest().fingerprint());
  }

  @Override
  default void check(List<Trajectory> targets, int[] steps) {
    ScoringEngine.requireAsked(ensemble(), checkpointNames(), targets, steps);
  }

  /**
   * Returns the file of what is known of a checkpoint's questions from one on, until it is done.
   */
  static String resumeFile(String member, int query) {
    return member + ".question-" + query + "." + RunDirectory.RESUME;
  }

  @Override
  default void tidy(StageFiles files, String member, int queries) {
    for (int q = 0; q < queries; q++) {
      AtomicFile.delete(files.path(resumeFile(member, q)));
    }
  }
}
