package io.journey.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.diffusion.DenoisingDraws;
import io.journey.gradient.GradientMethod;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.nn.Parameter;
import io.journey.projection.CurvatureConfig;
import io.journey.projection.Projection;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.sampling.DdpmSampler;
import io.journey.sampling.Trajectory;
import io.journey.score.Attributor;
import io.journey.score.Steps;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The independent truth are plain gradients, and (F + λI) of each weight written out in float64 as
 * a matrix of Kronecker products.
 */
class CurvatureTest {
  private static final int N = 20;
  private static final double DAMPING = 0.3;
  private static final String MEMBER = "member-000";
  private static final FeaturizerConfig PLAIN =
      FeaturizerConfig.defaults(CurvatureConfig.NONE)
          .withProjection(ProjectionConfig.parse("none"))
          .withDraws(4)
          .withShardRows(6);

  @TempDir static Path shared;
  @TempDir Path folder;

  private static Dataset data;
  private static Ensemble ensemble;
  private static List<Parameter> weights;
  private static float[][] gradients;
  private static FeatureStore whitened;

  @BeforeAll
  static void makeEverythingOnce() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=" + N);
    UNet2DConfig model =
        new UNet2DConfig(8, 1, List.of(4, 4), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
    ensemble =
        new EnsembleTrainer(model, TrainingConfig.of(20, 8, 2e-3), 1, 3, 2, Duration.ofHours(1))
            .run(data, shared.resolve("c"), Progress.SILENT);
    try (Checkpoint checkpoint = ensemble.first()) {
      weights = new ArrayList<>(checkpoint.model().parameters().list());
    }
    gradients = rows(run(PLAIN, shared.resolve("plain"), 2));
    whitened = run(PLAIN.withCurvature(ekfac(DAMPING)), shared.resolve("white"), 2);
  }

  private static CurvatureConfig ekfac(double damping) {
    return new CurvatureConfig(CurvatureConfig.Kind.EKFAC, damping);
  }

  private static FeatureStore run(FeaturizerConfig config, Path directory, int threads) {
    return Featurizer.with(config, threads, Progress.SILENT).run(ensemble, data, directory);
  }

  private static float[][] rows(FeatureStore store) {
    float[][] rows = new float[store.size()][store.dim(MEMBER)];
    for (int i = 0; i < rows.length; i++) {
      store.read(MEMBER, i, 0, rows[i].length, rows[i], 0);
    }
    return rows;
  }

  private static SimpleMatrix matrix(Parameter weight, float[] gradient) {
    long[] shape = weight.shape();
    int out = (int) shape[0];
    SimpleMatrix g = new SimpleMatrix(out, weight.numel() / out);
    for (int i = 0; i < weight.numel(); i++) {
      g.set(i, gradient[weight.offset() + i]);
    }
    return g;
  }

  private static SimpleMatrix vector(Parameter weight, float[] gradient) {
    SimpleMatrix g = matrix(weight, gradient);
    g.reshape(weight.numel(), 1);
    return g;
  }

  /** Eigenvectors as columns. */
  private static SimpleMatrix basis(Parameter weight) {
    SimpleMatrix g = matrix(weight, gradients[0]);
    SimpleMatrix left = new SimpleMatrix(g.getNumRows(), g.getNumRows());
    SimpleMatrix right = new SimpleMatrix(g.getNumCols(), g.getNumCols());
    for (float[] gradient : gradients) {
      g = matrix(weight, gradient);
      left = left.plus(g.mult(g.transpose()));
      right = right.plus(g.transpose().mult(g));
    }
    return left.svd().getU().kron(right.svd().getU());
  }

  /** F of a weight. */
  private static SimpleMatrix curvature(Parameter weight) {
    SimpleMatrix basis = basis(weight);
    double[] moments = new double[weight.numel()];
    for (float[] gradient : gradients) {
      SimpleMatrix coordinates = basis.transpose().mult(vector(weight, gradient));
      for (int i = 0; i < moments.length; i++) {
        moments[i] += Math.pow(coordinates.get(i), 2) / N;
      }
    }
    return basis.mult(SimpleMatrix.diag(moments)).mult(basis.transpose());
  }

  /**
   * The mean square of all numbers of gradients that count, which is the mean of Λ in any basis.
   */
  private static double meanSquare() {
    double sum = 0;
    long count = 0;
    for (Parameter weight : weights) {
      if (isAlive(weight)) {
        for (float[] gradient : gradients) {
          sum += dot(gradient, gradient, weight.offset(), weight.offset() + weight.numel()) / N;
        }
        count += weight.numel();
      }
    }
    return sum / count;
  }

  /** gᵀ(F + λI)⁻¹∇ℓ_i of every example, λ = c·trace(F)/p, one for all weights. */
  private static double[][] influences(float[][] targets) {
    double[][] sums = new double[targets.length][N];
    for (Parameter weight : weights) {
      if (!isAlive(weight)) {
        continue;
      }
      SimpleMatrix f = curvature(weight);
      double lambda = DAMPING * meanSquare();
      SimpleMatrix damped = f.plus(SimpleMatrix.identity(weight.numel()).scale(lambda));
      SimpleMatrix all = new SimpleMatrix(weight.numel(), N);
      for (int i = 0; i < N; i++) {
        all.setColumn(i, vector(weight, gradients[i]));
      }
      SimpleMatrix solved = damped.solve(all);
      for (int q = 0; q < targets.length; q++) {
        SimpleMatrix products = vector(weight, targets[q]).transpose().mult(solved);
        for (int i = 0; i < N; i++) {
          sums[q][i] += products.get(i);
        }
      }
    }
    return sums;
  }

  /** Biases and the weights of norms are left out. */
  private static boolean isAlive(Parameter weight) {
    return weight.shape().length > 1;
  }

  private static double dot(float[] a, float[] b, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Test
  void productsOfFeaturesAreThoseOfTheInverseWrittenOut() {
    double[][] expected = influences(gradients);
    float[][] features = rows(whitened);
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        double scale = Math.sqrt(expected[i][i] * expected[j][j]);
        assertThat(dot(features[i], features[j], 0, features[i].length) / scale)
            .as("examples %d and %d", i, j)
            .isCloseTo(expected[i][j] / scale, within(1e-4));
      }
    }
  }

  @Test
  void scoresAreInfluences() {
    try (Checkpoint checkpoint = ensemble.load(MEMBER);
        Projection none =
            ProjectionConfig.parse("none").create(checkpoint.model().parameters(), Seed.of(0))) {
      Trajectory target = new DdpmSampler(checkpoint, 10).sample(5, 1, 1, Progress.SILENT).get(0);
      float[] scores =
          Attributor.of(ensemble, whitened)
              .withDraws(2)
              .attribute(target, Steps.of(300))
              .scores(0, 0);
      float[] xt = target.xt()[target.indexOf(300)];
      float[] x0 =
          checkpoint
              .schedule()
              .predictedOriginal(xt, checkpoint.model().predict(xt, 300, Condition.NONE), 300);
      Seed seed = Seed.of(0).child("targets").child(MEMBER).child(300);
      DenoisingDraws draws = DenoisingDraws.atStep(x0, Condition.NONE, 300, seed, 2);
      float[][] gradient =
          FeatureSpace.project(
                  GradientMethod.LAYERWISE.of(checkpoint.model(), checkpoint.schedule()),
                  none,
                  List.of(draws),
                  null)
              .features();
      double[] expected = influences(gradient)[0];
      double norm = 0;
      for (double influence : expected) {
        norm += influence * influence;
      }
      for (int i = 0; i < N; i++) {
        assertThat((double) scores[i])
            .as("example %d", i)
            .isCloseTo(expected[i], within(1e-4 * Math.sqrt(norm)));
      }
    }
  }

  @Test
  void underStrongDampingPlainGradientsRemain() {
    double c = 1e9; // the largest mean(Λ) of a weight is some thousand times that of all
    float[][] features = rows(run(PLAIN.withCurvature(ekfac(c)), folder.resolve("f"), 2));
    for (Parameter weight : weights) {
      int from = weight.offset();
      int to = from + weight.numel();
      if (!isAlive(weight)) {
        assertThat(dot(features[0], features[0], from, to)).as(weight.name()).isZero();
        continue;
      }
      double lambda = c * meanSquare();
      for (int i = 0; i < N; i++) {
        double expected = dot(gradients[0], gradients[i], from, to);
        double scale =
            Math.sqrt(
                dot(gradients[0], gradients[0], from, to)
                    * dot(gradients[i], gradients[i], from, to));
        assertThat(lambda * dot(features[0], features[i], from, to))
            .as("%s of example %d", weight.name(), i)
            .isCloseTo(expected, within(1e-3 * scale));
      }
    }
  }

  @Test
  void featuresKilledAnywhereAndOnAnyThreadsEndInTheSameBytes() throws IOException {
    FeaturizerConfig config =
        PLAIN.withProjection(ProjectionConfig.parse("sparse:32")).withCurvature(ekfac(DAMPING));
    run(config, folder.resolve("whole"), 1);
    for (long advances : new long[] {1, 3, 6}) {
      AtomicLong left = new AtomicLong(advances);
      Progress killer =
          (task, total, unit) ->
              units -> {
                if (left.getAndDecrement() <= 0) {
                  throw new IllegalStateException("killed");
                }
              };
      assertThatThrownBy(
              () -> Featurizer.with(config, 1, killer).run(ensemble, data, folder.resolve("parts")))
          .hasMessage("killed");
    }
    run(config, folder.resolve("parts"), 3);
    List<String> names = FeatureStore.open(folder.resolve("parts")).manifest().names();
    assertThat(names).contains(MEMBER + "/curvature.safetensors");
    for (String name : names) {
      assertThat(folder.resolve("parts").resolve(name))
          .hasBinaryContent(Files.readAllBytes(folder.resolve("whole").resolve(name)));
    }
    // Where steps are drawn does not depend on the curvature, so neither do the gradients.
    Path plain =
        run(PLAIN.withProjection(config.projection()), folder.resolve("plain"), 2)
            .manifest()
            .directory();
    assertThat(folder.resolve("whole").resolve(MEMBER + "/steps.csv"))
        .hasSameTextualContentAs(plain.resolve(MEMBER + "/steps.csv"));
  }

  @Test
  void aSampleOfExamplesIsFixedByItsSeed() {
    int[] chosen = CurvaturePass.chosen(1000, 100, Seed.of(1));
    assertThat(chosen).hasSize(100).isSorted().doesNotHaveDuplicates();
    assertThat(chosen[99]).isBetween(900, 999);
    assertThat(CurvaturePass.chosen(1000, 100, Seed.of(1))).isEqualTo(chosen);
    assertThat(CurvaturePass.chosen(1000, 100, Seed.of(2))).isNotEqualTo(chosen);
    assertThat(CurvaturePass.chosen(3, 100, Seed.of(1))).containsExactly(0, 1, 2);
  }

  @Test
  void factoredProjectionsAreRefused() {
    FeaturizerConfig factored = PLAIN.withProjection(ProjectionConfig.parse("factored:64"));
    assertThatThrownBy(() -> factored.withCurvature(ekfac(0.1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write sparse:64");
  }
}
