package io.journey.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.condition.Condition;
import io.journey.dataset.Datasets;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.gradient.GradientMethod;
import io.journey.model.LayeredDenoiser;
import io.journey.model.UNet2DConfig;
import io.journey.preconditioner.Preconditioner;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.tensor.Device;
import io.journey.tensor.Libtorch;
import io.journey.tensor.Precision;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a GPU computes, against the processor's float64; skipped where there is none. */
@Tag("cuda")
class CudaTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.ddpm();

  private static final UNet2DConfig MODEL =
      new UNet2DConfig(16, 1, List.of(16, 32), List.of(false, true), 1, 8, 1e-5, 8, true, 0, 1);

  @BeforeEach
  void requireDevice() {
    try {
      Device.open("cuda", Precision.F32);
    } catch (JourneyException e) {
      Assumptions.abort(e.getMessage());
    }
  }

  @AfterEach
  void backToTheProcessor() {
    Libtorch.use(Device.CPU);
  }

  /** Features of six images with three draws, [6][k]. */
  private static float[][] features(Device device, ScalarType type, String projection) {
    Libtorch.use(device);
    try (LayeredDenoiser model = MODEL.random(Seed.of(5), type);
        GradientPipeline pipeline =
            new GradientPipeline(
                GradientMethod.LAYERWISE.create(model, SCHEDULE),
                model.parameters().list(),
                Preconditioner.NONE,
                ProjectionConfig.parse(projection).create(model.parameters().list(), Seed.of(2)))) {
      List<DenoisingDraws> images = IntStream.range(0, 6).mapToObj(CudaTest::image).toList();
      return pipeline.project(images, null).features();
    }
  }

  private static DenoisingDraws image(int n) {
    float[] image = new float[MODEL.shape().numel()];
    Seed.of(7).child(n).stream().fillGaussian(image);
    return DenoisingDraws.uniform(image, Condition.NONE, SCHEDULE, Seed.of(8).child(n), 3);
  }

  private static double relativeError(float[][] found, float[][] exact) {
    double errors = 0;
    double all = 0;
    for (int i = 0; i < exact.length; i++) {
      for (int j = 0; j < exact[i].length; j++) {
        errors += Math.pow((double) found[i][j] - exact[i][j], 2);
        all += Math.pow(exact[i][j], 2);
      }
    }
    return Math.sqrt(errors / all);
  }

  /** Rounding of a factor: 2⁻²⁴, 2⁻¹¹, 2⁻⁹; gradients of some layers lose a few times as much. */
  @ParameterizedTest
  @CsvSource({
    "F32,  Float,    1e-5",
    "TF32, Float,    5e-3",
    "BF16, BFloat16, 5e-2",
    "F32,  Double,   1e-6"
  })
  void featuresAreThoseOfTheProcessorUpToRounding(
      Precision precision, ScalarType type, double tolerance) {
    for (String projection : List.of("sparse:256", "factored:256", "none")) {
      float[][] exact = features(Device.CPU, ScalarType.Double, projection);
      float[][] found = features(Device.open("cuda", precision), type, projection);
      assertThat(relativeError(found, exact)).as(projection).isLessThan(tolerance);
      if (precision == Precision.TF32) {
        assertThat(relativeError(found, exact)).as("TF32 is on").isGreaterThan(1e-5);
      }
    }
  }

  @Test
  void featuresAreTheSameBytesEachTime() {
    Device device = Device.open("cuda", Precision.TF32);
    assertThat(features(device, ScalarType.Float, "sparse:256"))
        .isDeepEqualTo(features(device, ScalarType.Float, "sparse:256"));
  }

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"F32", "TF32", "BF16"})
  void trainingGivesTheSameBytesEachTimeAndSaysWhere(Precision precision) {
    Device device = Device.open("cuda", precision);
    String first = train("first", device);
    assertThat(train("second", device)).isEqualTo(first);
    assertThat(Manifest.read(folder.resolve("first")).device()).isEqualTo(device.device());
  }

  private String train(String name, Device device) {
    Libtorch.use(device);
    try (RunContext context = RunContext.of(device, 2, Progress.SILENT)) {
      new EnsembleTrainer(
              Datasets.open("../data/fashion-mnist?size=16&limit=64"),
              MODEL,
              TrainingConfig.of(20, 32, 1e-3),
              2,
              3,
              Duration.ofHours(1))
          .run(folder.resolve(name), context);
    }
    return Manifest.read(folder.resolve(name)).fingerprint();
  }
}
