package io.journey.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.model.LayeredDenoiser;
import io.journey.model.LoraConfig;
import io.journey.model.LoraPlace;
import io.journey.model.LoraWriter;
import io.journey.model.UNet2DConfig;
import io.journey.nn.Parameter;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.JsonFields;
import io.journey.run.Progress;
import io.journey.tensor.TestContext;
import io.journey.training.Retraining.Coupling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs are trained on a checkpoint that stays as it is. */
class LoraTrainingTest {
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);

  @TempDir static Path shared;
  @TempDir Path folder;
  private static Dataset data;

  @BeforeAll
  static void trainABase() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=40");
    new EnsembleTrainer(data, MODEL, TrainingConfig.of(4, 8, 2e-3), 2, 5, Duration.ofHours(1))
        .run(shared.resolve("base"), TestContext.TWO);
  }

  /** A rate that falls over 12 steps, however many runs they are taken in. */
  private static TrainingConfig training(int steps) {
    return new TrainingConfig(steps, 8, 0, 5e-3, 0.9, 0.999, 1e-8, 0.9, true, 12, 0, 0, 1);
  }

  private static EnsembleTrainer trainer(int steps, int members, Path from, Integer rank) {
    StartingPoint start = StartingPoint.of(CheckpointSpec.parse(from.toString()));
    return new EnsembleTrainer(
        data,
        MODEL,
        training(steps),
        members,
        3,
        Duration.ZERO,
        start.scheduler(),
        start,
        null,
        rank == null ? null : LoraConfig.of(rank));
  }

  private static Path one() {
    return shared.resolve("base/member-001");
  }

  private Ensemble train(String name, int steps, int members, Path from, Integer rank) {
    return trainer(steps, members, from, rank).run(folder.resolve(name), TestContext.TWO);
  }

  private static float[] pairs(Ensemble ensemble, String member) {
    try (Checkpoint checkpoint = ensemble.load(member)) {
      assertThat(checkpoint.name()).isEqualTo(member);
      return checkpoint.model().parameters().get();
    }
  }

  private static Map<String, byte[]> bytes(Path directory) throws IOException {
    Map<String, byte[]> bytes = new TreeMap<>();
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

  /** peft: {@code kaiming_uniform_(lora_A, a=√5)}, which is uniform in ±1/√inputs, and B = 0. */
  @Test
  void pairsBeginAsThoseOfPeft() {
    try (Checkpoint base = Checkpoint.read(one());
        Checkpoint adapted = Checkpoint.read(one())) {
      LayeredDenoiser model = (LayeredDenoiser) adapted.model();
      float[] before = model.parameters().get();
      LoraConfig.of(4).adapt(model, Seed.of(1));
      float[] frozen = new float[before.length];
      int at = 0;
      for (Parameter weight : model.parameters().frozen()) {
        System.arraycopy(weight.get(), 0, frozen, at, weight.numel());
        at += weight.numel();
      }
      assertThat(frozen).isEqualTo(before);
      double square = 0;
      int count = 0;
      for (Parameter weight : model.parameters().list()) {
        float[] numbers = weight.get();
        if (weight.name().endsWith("lora_B.weight")) {
          assertThat(numbers).containsOnly(0);
        } else {
          double bound = 1 / Math.sqrt(weight.shape()[1]);
          for (float number : numbers) {
            assertThat((double) number).isBetween(-bound, bound);
            square += number * number / (bound * bound);
            count++;
          }
        }
      }
      // A number that is uniform in ±1 has the mean square 1/3, ± 0.3/√count.
      assertThat(square / count).isBetween(1 / 3.0 - 4 * 0.3 / Math.sqrt(count), 0.43);
      float[] x = new float[64];
      x[5] = 1;
      Condition none = data.condition(0);
      assertThat(model.predict(x, 300, none)).isEqualTo(base.model().predict(x, 300, none));
      assertThatThrownBy(adapted::requireTuned).hasMessageContaining("lora_B are 0 everywhere");
    }
  }

  @Test
  void killedAndGrownAnEnsembleHasTheBytesOfOneRun() throws IOException {
    Ensemble whole = train("whole", 12, 2, one(), 2);
    assertThat(pairs(whole, "member-000")).isNotEqualTo(pairs(whole, "member-001"));
    AtomicLong left = new AtomicLong(7);
    Progress killer =
        (task, total, unit) ->
            units -> {
              if (left.addAndGet(-units) < 0) {
                throw new IllegalStateException("killed");
              }
            };
    Path other = folder.resolve("other");
    assertThatThrownBy(() -> trainer(12, 1, one(), 2).run(other, TestContext.of(1, killer)))
        .hasMessage("killed");
    assertThat(other.resolve("member-000/resume.safetensors")).exists();
    train("other", 12, 1, one(), 2);
    train("other", 12, 2, one(), 2);
    Map<String, byte[]> expected = bytes(folder.resolve("whole"));
    Map<String, byte[]> found = bytes(other);
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach((file, content) -> assertThat(found.get(file)).as(file).isEqualTo(content));
    assertThat(expected.keySet())
        .containsExactlyInAnyOrder(
            "manifest.json",
            "member-000/loss.csv",
            "member-000/training_state.safetensors",
            "member-000/pytorch_lora_weights.safetensors",
            "member-001/loss.csv",
            "member-001/training_state.safetensors",
            "member-001/pytorch_lora_weights.safetensors");
  }

  @Test
  void trainedOnPairsHaveTheBytesOfOneRun() {
    Ensemble whole = train("whole", 12, 1, one(), 2);
    train("begun", 5, 1, one(), 2);
    Ensemble on = train("on", 7, 1, folder.resolve("begun"), null);
    assertThat(on.directory().resolve("member-000/pytorch_lora_weights.safetensors"))
        .hasSameBinaryContentAs(
            whole.directory().resolve("member-000/pytorch_lora_weights.safetensors"));
    assertThat(on.manifest().inputs().at("/from/member-000/steps").asInt()).isEqualTo(5);
    assertThat(on.manifest().inputs().at("/base")).isEqualTo(whole.manifest().inputs().at("/base"));
    assertThatThrownBy(() -> trainer(7, 1, folder.resolve("begun"), 2))
        .hasMessageContaining("has a LoRA already");
  }

  @Test
  void membersOfAnEnsembleAreEachTunedByThemselves() {
    Ensemble tuned = train("tuned", 3, 2, shared.resolve("base"), 1);
    assertThat(tuned.manifest().inputs().at("/base/member-000/path").asText())
        .endsWith("base/member-000");
    assertThat(tuned.manifest().inputs().at("/base/member-001/path").asText())
        .endsWith("base/member-001");
    assertThatThrownBy(() -> Retraining.like(tuned, Coupling.COUPLED))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("pairs on several checkpoints");
  }

  @Test
  void tunedOnEverythingACoupledModelIsTheMemberOfTheEnsemble() {
    Ensemble ensemble = train("ensemble", 12, 2, one(), 2);
    Retraining how = Retraining.like(ensemble, Coupling.COUPLED);
    BitSet all = new BitSet();
    all.set(0, data.size());
    Ensemble again = how.model(data, all, 1).run(folder.resolve("again"), TestContext.TWO);
    assertThat(pairs(again, "member-000")).isEqualTo(pairs(ensemble, "member-001"));
    all.clear(4);
    Ensemble other = how.model(data, all, 1).run(folder.resolve("fewer"), TestContext.TWO);
    assertThat(pairs(other, "member-000")).isNotEqualTo(pairs(ensemble, "member-001"));
  }

  @Test
  void aBaseThatIsGoneOrAnotherIsNamed() throws IOException {
    Path base = folder.resolve("base");
    copy(one(), base);
    Ensemble tuned = train("tuned", 2, 1, base, 1);
    String print;
    try (Checkpoint checkpoint = tuned.first()) {
      print = checkpoint.fingerprint();
    }
    Path away = Files.move(base, folder.resolve("away"));
    assertThatThrownBy(tuned::first)
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("was tuned on " + base + ", which is gone");
    CheckpointSpec there =
        CheckpointSpec.parse(away + "+lora:" + folder.resolve("tuned/member-000"));
    try (Checkpoint moved = Ensemble.open(there).first()) {
      assertThat(moved.fingerprint()).isEqualTo(print);
    }
    copy(shared.resolve("base/member-000"), base);
    for (Path named : List.of(folder.resolve("tuned"), folder.resolve("tuned/member-000"))) {
      assertThatThrownBy(() -> Ensemble.open(named).first())
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("was tuned on another checkpoint than");
    }
    Path file = folder.resolve("tuned/member-000").resolve(LoraWriter.FILE);
    Files.write(file, new byte[] {1, 2, 3});
    assertThatThrownBy(tuned::first).hasMessageContaining("is damaged");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  @Test
  void whatCannotBeTunedIsRefused() {
    assertThatThrownBy(
            () ->
                new EnsembleTrainer(
                    data,
                    MODEL,
                    training(1),
                    1,
                    3,
                    Duration.ZERO,
                    io.journey.scheduler.SchedulerConfig.DEFAULT,
                    null,
                    null,
                    LoraConfig.of(2)))
        .hasMessageContaining("a LoRA is trained on a checkpoint");
    for (String base : List.of("torchscript:model.pt", "sd+lora:x")) {
      JsonFields noted =
          new JsonFields(LoraPlace.note(CheckpointSpec.parse(base), "0"), "manifest");
      assertThatThrownBy(() -> LoraPlace.base(noted))
          .hasMessageContaining("expected a model of layers without one");
    }
    train("tuned", 1, 1, one(), 1);
    Path member = folder.resolve("tuned/member-000");
    assertThatThrownBy(() -> Ensemble.open(CheckpointSpec.parse(member + "+lora:x")).first())
        .hasMessageContaining("a checkpoint takes one: name its base");
    assertThatThrownBy(() -> LoraConfig.of(0)).hasMessageContaining("between 1 and");
    try (Checkpoint base = Checkpoint.read(one())) {
      LayeredDenoiser model = (LayeredDenoiser) base.model();
      assertThatThrownBy(() -> new LoraConfig(2, List.of("o_q")).adapt(model, Seed.of(1)))
          .hasMessageContaining("no layer whose name ends with o_q");
    }
  }
}
