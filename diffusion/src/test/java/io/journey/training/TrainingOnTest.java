package io.journey.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.array.Safetensors;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.RunStatus;
import io.journey.scheduler.SchedulerConfig;
import io.journey.tensor.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was trained is trained on, and ensembles grow. */
class TrainingOnTest {
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);

  @TempDir Path folder;
  private static Dataset data;

  /** Fails after some progress, as a kill would. */
  private static Progress killedAfter(long advances) {
    AtomicLong left = new AtomicLong(advances);
    return (task, total, unit) ->
        units -> {
          if (left.addAndGet(-units) < 0) {
            throw new IllegalStateException("killed");
          }
        };
  }

  /** A rate that falls over 12 steps, however many runs they are taken in. */
  private static TrainingConfig training(int steps, double ema) {
    return new TrainingConfig(steps, 8, 0, 2e-3, 0.9, 0.999, 1e-8, ema, true, 12, 0, 0, 1);
  }

  private EnsembleTrainer trainer(TrainingConfig training, int members, String from) {
    StartingPoint start =
        from == null
            ? null
            : StartingPoint.of(CheckpointSpec.parse(folder.resolve(from).toString()));
    return new EnsembleTrainer(
        data, MODEL, training, members, 3, Duration.ZERO, SchedulerConfig.DEFAULT, start);
  }

  private Ensemble train(String name, TrainingConfig training, int members, String from) {
    return trainer(training, members, from).run(folder.resolve(name), TestContext.TWO);
  }

  private Map<String, byte[]> bytes(String name) throws IOException {
    Map<String, byte[]> bytes = new TreeMap<>();
    Path directory = folder.resolve(name);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String inside = directory.relativize(file).toString();
        if (!inside.equals(".lock") && !inside.equals("timing.json")) {
          bytes.put(inside, Files.readAllBytes(file));
        }
      }
    }
    return bytes;
  }

  private void assertSame(String name, Map<String, byte[]> expected) throws IOException {
    Map<String, byte[]> found = bytes(name);
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach((file, content) -> assertThat(found.get(file)).as(file).isEqualTo(content));
  }

  @BeforeAll
  static void open() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=40");
  }

  @ParameterizedTest
  @CsvSource({"0", "0.9"})
  void trainedInTwoRunsAModelHasTheBytesOfOne(double ema) throws IOException {
    train("whole", training(12, ema), 2, null);
    train("begun", training(5, ema), 2, null);
    Map<String, byte[]> begun = bytes("begun");
    assertThatThrownBy(
            () ->
                trainer(training(7, ema), 2, "begun")
                    .run(folder.resolve("on"), TestContext.of(1, killedAfter(9))))
        .hasMessage("killed");
    Ensemble on = train("on", training(7, ema), 2, "begun");
    assertSame("begun", begun);
    Map<String, byte[]> found = bytes("on");
    for (Map.Entry<String, byte[]> file : bytes("whole").entrySet()) {
      // The manifest names what it started from, and the loss curve has the steps of this run.
      if (!file.getKey().equals("manifest.json") && !file.getKey().endsWith("loss.csv")) {
        assertThat(found.get(file.getKey())).as(file.getKey()).isEqualTo(file.getValue());
      }
    }
    assertThat(on.lossCurve("member-001")).extracting(Ensemble.Loss::step).containsExactly(12);
    try (Checkpoint first = Ensemble.open(folder.resolve("begun")).first()) {
      assertThat(on.manifest().inputs().at("/from/member-000/checkpoint").asText())
          .isEqualTo(first.fingerprint());
      assertThat(on.manifest().inputs().at("/from/member-000/steps").asInt()).isEqualTo(5);
    }
  }

  @Test
  void anotherMemberLeavesTheOthersAndIsThatOfALargerEnsemble() throws IOException {
    TrainingConfig training = training(6, 0.9);
    train("three", training, 3, null);
    train("two", training, 2, null);
    Map<String, byte[]> before = bytes("two");
    for (int killed = 0; killed < 2; killed++) {
      assertThatThrownBy(
              () ->
                  trainer(training, 3, null)
                      .run(folder.resolve("two"), TestContext.of(1, killedAfter(15))))
          .hasMessage("killed");
      // Until the third is there, the directory is the finished one of two.
      assertThat(RunStatus.of(folder.resolve("two")).finished()).isTrue();
      assertThat(Ensemble.open(folder.resolve("two")).checkpointNames()).hasSize(2);
      assertThat(bytes("two"))
          .containsKey("member-002/resume.safetensors")
          .containsKey("settings.json");
      train("two", training, 2, null);
    }
    for (Map.Entry<String, byte[]> file : before.entrySet()) {
      assertThat(bytes("two").get(file.getKey())).as(file.getKey()).isEqualTo(file.getValue());
    }
    assertThat(train("two", training, 3, null).checkpointNames()).hasSize(3);
    assertSame("two", bytes("three"));
    assertThatThrownBy(() -> train("two", training, 2, null))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("settings.count 3, this run asks for 2");
    assertThatThrownBy(() -> train("two", training(7, 0.9), 4, null))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("settings.training.steps 6, this run asks for 7");
    assertSame("two", bytes("three"));
  }

  @Test
  void fewerThanAnInterruptedGrowthWouldHaveMadeAreStillExact() throws IOException {
    TrainingConfig training = training(6, 0);
    train("three", training, 3, null);
    train("grown", training, 2, null);
    EnsembleTrainer five = new EnsembleTrainer(data, MODEL, training, 5, 3, Duration.ZERO);
    // The third and fourth are whole, the fifth is not.
    assertThatThrownBy(() -> five.run(folder.resolve("grown"), TestContext.of(1, killedAfter(26))))
        .hasMessage("killed");
    assertThat(bytes("grown")).containsKey(Checkpoint.weightsFile("member-003"));
    train("grown", training, 3, null);
    Map<String, byte[]> found = bytes("grown");
    bytes("three").forEach((file, content) -> assertThat(found.get(file)).isEqualTo(content));
    assertThat(found).doesNotContainKey("journal.jsonl");
  }

  @Test
  void anUnfinishedEnsembleGrowsToo() throws IOException {
    TrainingConfig training = training(6, 0);
    train("three", training, 3, null);
    assertThatThrownBy(
            () ->
                trainer(training, 2, null)
                    .run(folder.resolve("two"), TestContext.of(1, killedAfter(9))))
        .hasMessage("killed");
    train("two", training, 3, null);
    assertSame("two", bytes("three"));
  }

  @Test
  void anEnsembleThatWasTrainedOnGrowsByMembersOfWhatItStartedFrom() throws IOException {
    train("begun", training(5, 0), 3, null);
    train("three", training(7, 0), 3, "begun");
    train("on", training(7, 0), 2, "begun");
    train("on", training(7, 0), 3, "begun");
    assertSame("on", bytes("three"));
    assertThatThrownBy(() -> train("on", training(7, 0), 4, "begun"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("has 3 checkpoints, checkpoint 3 has none to start from");
    assertThatThrownBy(() -> train("on", training(7, 0), 3, null))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("inputs.from");
  }

  @Test
  void aSingleCheckpointStartsAllMembersAndItsOptimizerAnewWhereNoStateIsKept() {
    train("begun", training(5, 0.9), 1, null);
    Ensemble fromWeights = train("weights", training(1, 0), 2, "begun/member-000/unet");
    assertThat(fromWeights.manifest().inputs().at("/from/member-001").has("steps")).isFalse();
    try (Checkpoint start = Ensemble.open(folder.resolve("begun")).first();
        Checkpoint one = fromWeights.load("member-000");
        Checkpoint other = fromWeights.load("member-001")) {
      float[] before = start.model().parameters().get();
      float[] after = one.model().parameters().get();
      assertThat(after).isNotEqualTo(before).isNotEqualTo(other.model().parameters().get());
      // The first step of Adam moves every weight by the learning rate at most.
      for (int i = 0; i < before.length; i++) {
        assertThat(Math.abs(after[i] - before[i])).isLessThan(2.001e-3f);
      }
    }
    // A member's own folder has its state.
    Ensemble fromMember = train("member", training(1, 0), 1, "begun/member-000");
    assertThat(fromMember.manifest().inputs().at("/from/member-000/steps").asInt()).isEqualTo(5);
  }

  @Test
  void whatCannotBeTrainedOnIsRefusedBeforeAnyWork() throws IOException {
    train("begun", training(5, 0), 1, null);
    assertThatThrownBy(() -> train("on", training(8, 0), 1, "begun"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("learningRateSteps is 12")
        .hasMessageContaining(
            "5 steps were taken before and 8 are asked for; set it to at least 13");
    StartingPoint start = StartingPoint.of(CheckpointSpec.of(folder.resolve("begun")));
    UNet2DConfig other = MODEL.withClasses(10);
    assertThatThrownBy(
            () ->
                new EnsembleTrainer(
                    data, other, training(5, 0), 1, 3, Duration.ZERO, start.scheduler(), start))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the checkpoint to start from has no num_class_embeds");
    // A state beside weights it does not belong to.
    train("other", training(5, 0.9), 1, null);
    Files.copy(
        folder.resolve("other/member-000/training_state.safetensors"),
        folder.resolve("begun/member-000/training_state.safetensors"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> train("on", training(1, 0), 1, "begun/member-000"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("is the training state of other weights");
    assertThatThrownBy(() -> train("on", training(1, 0), 1, "begun"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("is damaged");
    assertThat(folder.resolve("on")).doesNotExist();
  }

  @Test
  void modelsTrainedOnAreNotRetrainedAsIfFromNothing() {
    train("begun", training(5, 0), 1, null);
    Ensemble on = train("on", training(5, 0), 1, "begun");
    assertThatThrownBy(() -> Retraining.like(on, Retraining.Coupling.COUPLED))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("was trained on from other checkpoints");
  }

  @Test
  void theStateHoldsWeightsOnlyWhereTheCheckpointHasAnAverage() {
    train("plain", training(5, 0), 1, null);
    train("average", training(5, 0.9), 1, null);
    assertThat(state("plain").names())
        .containsExactlyInAnyOrder("next_step", "adam_mean", "adam_square");
    assertThat(state("average").names()).contains("weights").doesNotContain("average");
  }

  private Safetensors state(String name) {
    return Safetensors.open(folder.resolve(name + "/member-000/training_state.safetensors"));
  }
}
