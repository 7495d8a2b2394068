package io.journey.evaluation.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.dataset.ImageShape;
import io.journey.diffusion.NoiseSchedule;
import io.journey.evaluation.OppositeCodec;
import io.journey.evaluation.steps.FeatureCurve.Point;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.model.ClosedFormDenoiser;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.sampling.ContinuationRun;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.scheduler.DdpmScheduler;
import io.journey.scheduler.Scheduler;
import io.journey.tensor.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of one pixel, which is bright or dark. */
class FeatureEmergenceTest {
  private static final ImageShape PIXEL = new ImageShape(1, 1, 1);
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.ddpm();
  private static final int SAMPLES = 400;

  private static final Scheduler UNCLIPPED = new DdpmScheduler().with("clip_sample", false);

  @TempDir Path folder;

  private record Brightness(String fingerprint) implements PictureClassifier {
    @Override
    public String name() {
      return "a threshold";
    }

    @Override
    public List<String> classNames() {
      return List.of("dark", "bright");
    }

    @Override
    public float[][] probabilities(List<float[]> pictures, ImageShape shape) {
      return pictures.stream()
          .map(p -> p[0] > 0 ? new float[] {0.1f, 0.9f} : new float[] {0.8f, 0.2f})
          .toArray(float[][]::new);
    }
  }

  /** A model that sees no noise anywhere; every step is linear in x. */
  private static Checkpoint model() {
    return new Checkpoint("zero", new ClosedFormDenoiser(PIXEL, 0, t -> 0), SCHEDULE, "f0");
  }

  private static ContinuationRun drawing(Checkpoint checkpoint, int... steps) {
    Sampler sampler = Sampler.of(checkpoint, UNCLIPPED, 10);
    return new ContinuationRun(sampler, sampler.sample(5, 3, TestContext.of(1)), steps, SAMPLES, 9);
  }

  /** P(x_0 > 0 | x_t): x_0 is Gaussian, its mean and variance follow formula 7 of Ho et al. */
  private static double brightness(double xt, int step) {
    double factor = 1;
    double variance = 0;
    for (int t = step; t >= 0; t -= 100) {
      double now = SCHEDULE.alphaBar(t);
      double next = t == 0 ? 1 : SCHEDULE.alphaBar(t - 100);
      double alpha = now / next;
      double weight =
          Math.sqrt(next) * (1 - alpha) / (1 - now) / Math.sqrt(now)
              + Math.sqrt(alpha) * (1 - next) / (1 - now);
      double fresh = t == 0 ? 0 : (1 - alpha) * (1 - next) / (1 - now);
      factor *= weight;
      variance = weight * weight * variance + fresh;
    }
    return variance == 0 ? (xt > 0 ? 1 : 0) : normal(factor * xt / Math.sqrt(variance));
  }

  /** Φ by summing the density, to six digits. */
  private static double normal(double z) {
    double sum = 0;
    for (double x = -8 + 5e-4; x < z; x += 1e-3) {
      sum += Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) * 1e-3;
    }
    return sum;
  }

  @Test
  void sharesAreTheClosedFormWithinTheirErrors() throws IOException {
    try (Checkpoint checkpoint = model()) {
      ContinuationRun drawing = drawing(checkpoint, 900, 300, 100, 0);
      FeatureEmergence emergence =
          new FeatureEmergence(
              drawing, new Brightness("c1"), List.of("bright"), null, null, LatentCodec.IDENTITY);
      Path out = folder.resolve("out");
      FeatureEmergence.Found found = emergence.run(out, TestContext.TWO);
      assertThat(found.curves()).hasSize(3);
      for (FeatureCurve curve : found.curves()) {
        Trajectory target = drawing.targets().get(curve.target());
        for (Point point : curve.points()) {
          double expected = brightness(target.xt()[target.indexOf(point.step())][0], point.step());
          double error = Math.sqrt(expected * Math.max(0, 1 - expected) / SAMPLES);
          // Four errors; a count is whole, so half a picture more.
          assertThat(point.share().mean())
              .as("target %d, step %d", curve.target(), point.step())
              .isCloseTo(expected, within(4 * error + 0.5 / SAMPLES));
        }
        // The last step is the picture itself.
        String last = target.image()[0] > 0 ? "bright" : "dark";
        assertThat(found.finalClasses().get(curve.target())).isEqualTo(last);
        assertThat(curve.shareAt(0)).isEqualTo(last.equals("bright") ? 1 : 0);
      }
      List<String> lines = Files.readAllLines(out.resolve(FeatureEmergence.TABLE));
      assertThat(lines).hasSize(1 + 3 * 4);
      assertThat(lines.get(1)).startsWith("0,900,bright,400,0.");
    }
  }

  @Test
  void withoutAFeatureItIsTheClassOfTheFinalPictureAndPicturesAreShared() {
    try (Checkpoint checkpoint = model()) {
      ContinuationRun drawing = drawing(checkpoint, 500, 0);
      Path pictures = folder.resolve("pictures");
      FeatureEmergence plain =
          new FeatureEmergence(
              drawing, new Brightness("c1"), List.of(), null, pictures, LatentCodec.IDENTITY);
      FeatureEmergence.Found found = plain.run(folder.resolve("a"), TestContext.of(2));
      assertThat(found.curves()).extracting(FeatureCurve::feature).isEqualTo(found.finalClasses());
      assertThat(found.curves()).allSatisfy(c -> assertThat(c.shareAt(0)).isEqualTo(1));
      // Another classifier needs another directory, and draws nothing again.
      FeatureEmergence other =
          new FeatureEmergence(
              drawing, new Brightness("c2"), List.of(), null, pictures, LatentCodec.IDENTITY);
      assertThatThrownBy(() -> other.run(folder.resolve("a"), TestContext.of(1)))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("classifier");
      Progress noDrawing =
          (task, total, unit) -> {
            assertThat(task).isNotEqualTo("Continuing trajectories");
            return Progress.Task.SILENT;
          };
      assertThat(other.run(folder.resolve("b"), TestContext.of(1, noDrawing)).curves())
          .isEqualTo(found.curves());
    }
  }

  @Test
  void theClassifierSeesDecodedPictures() {
    try (Checkpoint checkpoint = model()) {
      ContinuationRun drawing = drawing(checkpoint, 900, 300);
      Path pictures = folder.resolve("pictures");
      Brightness seen = new Brightness("c1");
      FeatureEmergence plain =
          new FeatureEmergence(
              drawing, seen, List.of("bright"), null, pictures, LatentCodec.IDENTITY);
      FeatureEmergence decoded =
          new FeatureEmergence(drawing, seen, List.of("dark"), null, pictures, new OppositeCodec());
      List<FeatureCurve> bright = plain.run(folder.resolve("a"), TestContext.of(2)).curves();
      List<FeatureCurve> dark = decoded.run(folder.resolve("b"), TestContext.of(2)).curves();
      assertThat(bright).anySatisfy(c -> assertThat(c.shareAt(900)).isBetween(0.6, 0.99));
      for (int target = 0; target < 3; target++) {
        assertThat(dark.get(target).points()).isEqualTo(bright.get(target).points());
      }
    }
  }

  @Test
  void anUnknownFeatureIsRefused() {
    try (Checkpoint checkpoint = model()) {
      ContinuationRun drawing = drawing(checkpoint, 500);
      assertThatThrownBy(
              () ->
                  new FeatureEmergence(
                      drawing,
                      new Brightness("c1"),
                      List.of("grey"),
                      null,
                      null,
                      LatentCodec.IDENTITY))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("grey", "dark", "bright");
    }
  }
}
