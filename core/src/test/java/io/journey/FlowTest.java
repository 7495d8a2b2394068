package io.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.OutputFunction;
import io.journey.features.FeatureStore;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.gradient.GradientMethod;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import io.journey.run.Progress;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.score.Attributor;
import io.journey.score.Estimators;
import io.journey.score.PixelMask;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flow from images to scores on real garments of 8×8, small enough for seconds. */
class FlowTest {
  private static final Timesteps STEPS = Timesteps.of(100, 300);

  @TempDir static Path shared;
  @TempDir Path folder;

  private static Dataset data;
  private static Ensemble ensemble;
  private static FeatureStore features;
  private static List<Trajectory> targets;

  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
  private static final TrainingConfig TRAINING = TrainingConfig.of(30, 8, 2e-3).withEmaDecay(0.9);
  private static final FeaturizerConfig FEATURES =
      FeaturizerConfig.defaults()
          .withProjection(ProjectionConfig.parse("sparse:64"))
          .withDtype(DType.F32)
          .withDraws(3)
          .withShardRows(7);
  private static final FeaturizerConfig PLAIN =
      FEATURES.withPreconditioner(PreconditionerConfig.NONE);

  /** Fails at the given advance, as a kill would: nothing after it happens. */
  private static final class Killer implements Progress {
    private final AtomicLong left;

    Killer(long advances) {
      left = new AtomicLong(advances);
    }

    @Override
    public Task start(String task, long total, String unit) {
      return units -> {
        if (left.getAndDecrement() <= 0) {
          throw new IllegalStateException("killed");
        }
      };
    }
  }

  @BeforeAll
  static void makeEverythingOnce() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=40");
    ensemble = trainer(Duration.ofHours(1)).run(shared.resolve("c"), TestContext.TWO);
    features = Featurizer.of(FEATURES, ensemble, data).run(shared.resolve("f"), TestContext.of(2));
    try (Checkpoint checkpoint = ensemble.first()) {
      targets = Sampler.of(checkpoint, 10).sample(5, 2, TestContext.of(2));
    }
    estimator().stage(targets, STEPS).run(shared.resolve("a"), TestContext.TWO);
  }

  private static EnsembleTrainer trainer(Duration save) {
    return new EnsembleTrainer(data, MODEL, TRAINING, 2, 3, save);
  }

  private static Attributor estimator() {
    return Attributor.of(ensemble, features).withDraws(4);
  }

  /** All files but the clock's and the lock. */
  private static Map<String, byte[]> bytes(Path directory) throws IOException {
    Map<String, byte[]> out = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(file).toString();
        if (!name.endsWith("timing.json") && !name.endsWith(".lock")) {
          out.put(name, Files.readAllBytes(file));
        }
      }
    }
    return out;
  }

  private static void assertSameBytes(Path found, Path expected) throws IOException {
    Map<String, byte[]> a = bytes(found);
    Map<String, byte[]> b = bytes(expected);
    assertThat(a.keySet()).isEqualTo(b.keySet());
    a.forEach((name, content) -> assertThat(content).as(name).isEqualTo(b.get(name)));
  }

  @Test
  void trainingKilledAnywhereEndsInTheSameBytes() throws IOException {
    Path directory = folder.resolve("c");
    for (long advances : new long[] {3, 11, 40}) {
      // One thread, a save after every step: each kill falls into another phase.
      assertThatThrownBy(
              () -> trainer(Duration.ZERO).run(directory, TestContext.of(1, new Killer(advances))))
          .hasMessage("killed");
    }
    trainer(Duration.ZERO).run(directory, TestContext.TWO);
    assertSameBytes(directory, shared.resolve("c"));
  }

  @Test
  void featuresKilledAnywhereEndInTheSameBytes() throws IOException {
    Path directory = folder.resolve("f");
    for (long advances : new long[] {0, 2, 7, 10}) {
      assertThatThrownBy(
              () ->
                  Featurizer.of(FEATURES, ensemble, data)
                      .run(directory, TestContext.of(1, new Killer(advances))))
          .hasMessage("killed");
    }
    Featurizer.of(FEATURES, ensemble, data).run(directory, TestContext.of(2));
    assertSameBytes(directory, shared.resolve("f"));
  }

  @Test
  void scoresKilledAnywhereEndInTheSameBytes() throws IOException {
    Path directory = folder.resolve("a");
    for (long advances : new long[] {0, 1, 3}) {
      assertThatThrownBy(
              () ->
                  estimator()
                      .stage(targets, STEPS)
                      .run(directory, TestContext.of(1, new Killer(advances))))
          .hasMessage("killed");
    }
    estimator().stage(targets, STEPS).run(directory, TestContext.TWO);
    assertSameBytes(directory, shared.resolve("a"));
  }

  @Test
  void scoresInMemoryAndOnDiskAreTheSame() {
    Attribution memory = estimator().attribute(targets, STEPS, TestContext.TWO);
    Attribution disk = Attribution.open(shared.resolve("a"));
    for (int step = 0; step < 2; step++) {
      for (int target = 0; target < 2; target++) {
        assertThat(memory.scores(step, target)).isEqualTo(disk.scores(step, target));
      }
    }
    assertThat(disk.at(300, 1).top(40).get(39)).isEqualTo(disk.at(300, 1).bottom(1).get(0));
    assertThat(disk.examples().get(7).id()).isEqualTo(data.id(7));
  }

  @Test
  void bothGradientMethodsGiveTheSameFeatures() {
    FeatureStore oneByOne =
        Featurizer.of(PLAIN.withMethod(GradientMethod.ONE_IMAGE), ensemble, data)
            .run(folder.resolve("one"), TestContext.of(2));
    FeatureStore layerwise =
        Featurizer.of(PLAIN.withMethod(GradientMethod.LAYERWISE), ensemble, data)
            .run(folder.resolve("f"), TestContext.of(2));
    float[] a = new float[64];
    float[] b = new float[64];
    for (int i = 0; i < data.size(); i++) {
      oneByOne.read("member-001", i, 0, 64, a, 0);
      layerwise.read("member-001", i, 0, 64, b, 0);
      double difference = 0;
      double norm = 0;
      for (int j = 0; j < 64; j++) {
        difference += Math.pow(a[j] - b[j], 2);
        norm += Math.pow(a[j], 2);
      }
      // Float32 sums in another order.
      assertThat(Math.sqrt(difference / norm)).isLessThan(1e-4);
    }
  }

  @Test
  void halfPrecisionFeaturesKeepElevenBits() {
    FeatureStore halves =
        Featurizer.of(FEATURES.withDtype(DType.F16), ensemble, data)
            .run(folder.resolve("f"), TestContext.of(2));
    float[] a = new float[64];
    float[] b = new float[64];
    for (int i = 0; i < data.size(); i++) {
      features.read("member-000", i, 0, 64, a, 0);
      halves.read("member-000", i, 0, 64, b, 0);
      float largest = 0;
      for (float value : a) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int j = 0; j < 64; j++) {
        // Half a unit in the last of eleven bits, of the row's largest number.
        assertThat(Math.abs(a[j] - b[j])).isLessThanOrEqualTo(largest * 0x1p-11f);
      }
    }
  }

  @Test
  void byteFeaturesErrByHalfAStepOf127() {
    FeatureStore bytes =
        Featurizer.of(FEATURES.withDtype(DType.I8), ensemble, data)
            .run(folder.resolve("f"), TestContext.of(2));
    float[] a = new float[64];
    float[] b = new float[64];
    for (int i = 0; i < data.size(); i++) {
      features.read("member-000", i, 0, 64, a, 0);
      bytes.read("member-000", i, 0, 64, b, 0);
      float largest = 0;
      for (float value : a) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int j = 0; j < 64; j++) {
        // Half a step, and rounding of the scale to float32.
        assertThat(Math.abs(a[j] - b[j])).isLessThanOrEqualTo(largest * (0.5f + 1e-4f) / 127);
      }
    }
  }

  @Test
  void aMaskChangesScoresAndTheWholeImageAsMaskDoesNot() {
    PixelMask whole = PixelMask.parse("0,0,8,8", data.shape());
    PixelMask corner = PixelMask.parse("0,0,3,3", data.shape());
    float[] plain = estimator().attribute(targets, STEPS, TestContext.TWO).scores(1, 0);
    assertThat(estimator().withMask(whole).attribute(targets, STEPS, TestContext.TWO).scores(1, 0))
        .isEqualTo(plain);
    assertThat(estimator().withMask(corner).attribute(targets, STEPS, TestContext.TWO).scores(1, 0))
        .isNotEqualTo(plain);
  }

  /** The outputs on disk are the mean squared predictions, computed here from the model alone. */
  @Test
  void targetsAreAskedTheFunctionOfTheFeatures() {
    FeatureStore norms =
        Featurizer.of(PLAIN.withFunction(OutputFunction.NORM), ensemble, data)
            .run(folder.resolve("f"), TestContext.of(2));
    assertThat(norms.manifest().settings().path("function").asText()).isEqualTo("norm");
    Attributor.of(ensemble, norms)
        .withDraws(2)
        .stage(targets, STEPS)
        .run(folder.resolve("a"), TestContext.TWO);
    float[] found = new float[4];
    Npy.map(folder.resolve("a/member-001.measurement.npy")).read(0, found, 0, 4); // [S, T]
    try (Checkpoint checkpoint = ensemble.load("member-001")) {
      float[] xt = targets.get(0).xt()[targets.get(0).indexOf(300)];
      float[] predicted = checkpoint.model().predict(xt, 300, Condition.NONE);
      float[] x0 = checkpoint.schedule().predictedOriginal(xt, predicted, 300);
      Seed seed = Seed.of(0).child("targets").child("member-001").child(300);
      float[] noise = DenoisingDraws.atStep(x0, Condition.NONE, 300, seed, 2).noise();
      double alphaBar = checkpoint.schedule().alphaBar(300);
      double sum = 0;
      for (int i = 0; i < noise.length; i += x0.length) {
        float[] noised = new float[x0.length];
        for (int j = 0; j < x0.length; j++) {
          noised[j] =
              (float) (Math.sqrt(alphaBar) * x0[j] + Math.sqrt(1 - alphaBar) * noise[i + j]);
        }
        for (float number : checkpoint.model().predict(noised, 300, Condition.NONE)) {
          sum += number * number;
        }
      }
      // Float32 sums in another order.
      assertThat(found[2]).isCloseTo((float) (sum / noise.length), withinPercentage(1e-3));
    }
  }

  @Test
  void theLibraryIsUsedInTenLines() throws IOException {
    try (PointerScope scope = new PointerScope();
        Checkpoint first = ensemble.first()) {
      Trajectory trajectory = Sampler.of(first, 50).sample(Seed.of(7));
      Attribution attribution =
          Attributor.of(ensemble, features)
              .withDraws(2)
              .attribute(trajectory, Timesteps.every(100), TestContext.TWO);
      assertThat(attribution.steps()).containsExactly(100, 200, 300, 400, 500, 600, 700, 800, 900);
      assertThat(attribution.at(400).top(5)).hasSize(5);
    }
  }

  @Test
  void whatDoesNotBelongTogetherIsRefusedInOneSentence() throws IOException {
    Ensemble other =
        new EnsembleTrainer(data, MODEL, TRAINING.withSteps(2), 2, 4, Duration.ofHours(1))
            .run(folder.resolve("other"), TestContext.of(2));
    assertThatThrownBy(
            () -> Attributor.of(other, features).attribute(targets, STEPS, TestContext.TWO))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("featurize with these checkpoints");
    try (Checkpoint stranger = other.load("member-001")) {
      List<Trajectory> strange = Sampler.of(stranger, 10).sample(1, 1, TestContext.of(1));
      assertThatThrownBy(() -> estimator().attribute(strange, STEPS, TestContext.TWO))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("only of 2 checkpoints");
    }
    assertThatThrownBy(() -> estimator().attribute(targets, Timesteps.of(150), TestContext.TWO))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("no step 150");
    assertThatThrownBy(
            () ->
                Featurizer.of(FEATURES.withDraws(5), ensemble, data)
                    .run(shared.resolve("f"), TestContext.of(1)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("draws 3")
        .hasMessageContaining("asks for 5");
    Dataset fewer = Datasets.open("../data/fashion-mnist?size=8&limit=39");
    assertThatThrownBy(
            () ->
                Featurizer.of(FEATURES, ensemble, fewer)
                    .run(shared.resolve("f"), TestContext.of(1)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("inputs.data");
    Dataset larger = Datasets.open("../data/fashion-mnist?size=12&limit=40");
    assertThatThrownBy(
            () ->
                Featurizer.of(FEATURES, ensemble, larger)
                    .run(folder.resolve("x"), TestContext.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1×8×8")
        .hasMessageContaining("1×12×12");
  }

  @Test
  void aDamagedShardIsFoundByItsChecksum() throws IOException {
    Path directory = folder.resolve("f");
    FeatureStore store = Featurizer.of(FEATURES, ensemble, data).run(directory, TestContext.of(2));
    String shard = "member-000/shard-00002.npy";
    assertThat(Manifest.read(directory).lists(shard)).isTrue();
    byte[] content = Files.readAllBytes(directory.resolve(shard));
    content[content.length - 5] ^= 1;
    Files.write(directory.resolve(shard), content);
    assertThatThrownBy(() -> store.read("member-000", 15, 0, 64, new float[64], 0))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("shard-00002.npy is damaged");
  }

  @Test
  void otherEstimatorsScoreTheSameTargetsAndSayWhichTheyAre() {
    Attribution influence = Attribution.open(shared.resolve("a"));
    assertThat(influence.manifest().settings().path("estimator").asText()).isEqualTo("ek-fac");
    FeatureStore plain =
        Featurizer.of(PLAIN, ensemble, data).run(folder.resolve("plain"), TestContext.of(2));
    Attributor attributor = Attributor.of(ensemble, plain).withDraws(4);
    Attribution cosine =
        attributor
            .withEstimator(Estimators.named("tracin-cosine"))
            .stage(targets, STEPS)
            .run(folder.resolve("cosine"), TestContext.TWO);
    assertThat(cosine.manifest().settings().path("estimator").asText()).isEqualTo("tracin-cosine");
    for (float score : cosine.scores(0, 1)) {
      assertThat(score).isBetween(-1f, 1f);
    }
    Attribution averaged =
        attributor
            .withEstimator(Estimators.named("trak"))
            .stage(targets, STEPS)
            .run(folder.resolve("trak"), TestContext.TWO);
    assertThat(averaged.scores(0, 1)).isEqualTo(averaged.scores(1, 1));
    assertThatThrownBy(() -> attributor.withEstimator(Estimators.named("d-trak")))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("d-trak needs features of --function norm --preconditioner none")
        .hasMessageContaining("has those of --preconditioner none");
    assertThatThrownBy(() -> estimator().withEstimator(Estimators.named("journey-trak")))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("has those of --preconditioner ekfac");
  }
}
