package io.journey.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DrawScheme;
import io.journey.gradient.GradientMethod;
import io.journey.gradient.ParameterSelection;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.LayeredDenoiser;
import io.journey.model.UNet2DConfig;
import io.journey.nn.Parameter;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.projection.ProjectionConfig;
import io.journey.random.Seed;
import io.journey.results.Timesteps;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import io.journey.run.Progress;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.score.Attributor;
import io.journey.statistics.StepAgreement;
import io.journey.tensor.Libtorch;
import io.journey.tensor.TestContext;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The independent truth are plain gradients, and (F + λI) of each weight written out in float64 as
 * a matrix of Kronecker products. For that gradients are computed image by image, of which the
 * sides are GGᵀ and GᵀG, with the two draws that sides are measured with.
 */
class EkfacFeaturesTest {
  private static final int N = 20;
  private static final double DAMPING = 0.3;
  private static final String MEMBER = "member-000";
  private static final FeaturizerConfig PLAIN =
      FeaturizerConfig.defaults(PreconditionerConfig.NONE)
          .withProjection(ProjectionConfig.parse("none"))
          .withDraws(2)
          .withMethod(GradientMethod.ONE_IMAGE)
          .withShardRows(6);

  @TempDir static Path shared;
  @TempDir Path folder;

  private static Dataset data;
  private static Ensemble ensemble;
  private static List<Parameter> weights;
  private static float[][] gradients;
  private static FeatureStore preconditioned;

  @BeforeAll
  static void makeEverythingOnce() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=" + N);
    UNet2DConfig model =
        new UNet2DConfig(8, 1, List.of(4, 4), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
    ensemble =
        new EnsembleTrainer(data, model, TrainingConfig.of(20, 8, 2e-3), 1, 3, Duration.ofHours(1))
            .run(shared.resolve("c"), TestContext.of(2));
    try (Checkpoint checkpoint = ensemble.first()) {
      weights = new ArrayList<>(checkpoint.model().parameters().list());
    }
    gradients = rows(run(PLAIN, shared.resolve("plain"), 2));
    preconditioned = run(PLAIN.withPreconditioner(ekfac(DAMPING)), shared.resolve("white"), 2);
  }

  private static PreconditionerConfig ekfac(double damping) {
    return new PreconditionerConfig(PreconditionerConfig.Kind.EKFAC, damping);
  }

  private static FeatureStore run(FeaturizerConfig config, Path directory, int threads) {
    return Featurizer.of(config, ensemble, data).run(directory, TestContext.of(threads));
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

  /** Two displays at once would interleave, and the second would count the time of the first. */
  @Test
  void aTaskEndsBeforeTheNextBegins() {
    AtomicLong open = new AtomicLong();
    List<String> titles = new ArrayList<>();
    Progress shown =
        (title, total, unit) -> {
          titles.add(title);
          assertThat(open.incrementAndGet()).as(titles.toString()).isEqualTo(1);
          return new Progress.Task() {
            @Override
            public void advance(long units) {}

            @Override
            public void close() {
              open.decrementAndGet();
            }
          };
        };
    Featurizer.of(PLAIN.withPreconditioner(ekfac(DAMPING)), ensemble, data)
        .run(folder.resolve("told"), TestContext.of(2, shown));
    assertThat(titles)
        .containsExactly(
            "Measuring which timesteps matter",
            "Fitting the preconditioner of " + MEMBER,
            "Computing features");
  }

  @Test
  void productsOfFeaturesAreThoseOfTheInverseWrittenOut() {
    double[][] expected = influences(gradients);
    float[][] features = rows(preconditioned);
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
    try (Checkpoint checkpoint = ensemble.load(MEMBER)) {
      Trajectory target = Sampler.of(checkpoint, 10).sample(5, 1, TestContext.of(1)).get(0);
      float[] scores =
          Attributor.of(ensemble, preconditioned)
              .withDraws(2)
              .attribute(target, Timesteps.of(300), TestContext.TWO)
              .scores(0, 0);
      float[] xt = target.xt()[target.indexOf(300)];
      float[] x0 =
          checkpoint
              .schedule()
              .predictedOriginal(xt, checkpoint.model().predict(xt, 300, Condition.NONE), 300);
      Seed seed = Seed.of(0).child("targets").child(MEMBER).child(300);
      DenoisingDraws draws = DenoisingDraws.atStep(x0, Condition.NONE, 300, seed, 2);
      float[][] gradient =
          PlainGradients.of(
              GradientMethod.LAYERWISE.create(checkpoint.model(), checkpoint.schedule()),
              checkpoint.model(),
              List.of(draws));
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
    float[][] features = rows(run(PLAIN.withPreconditioner(ekfac(c)), folder.resolve("f"), 2));
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
        PLAIN
            .withProjection(ProjectionConfig.parse("sparse:32"))
            .withPreconditioner(ekfac(DAMPING));
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
              () ->
                  Featurizer.of(config, ensemble, data)
                      .run(folder.resolve("parts"), TestContext.of(1, killer)))
          .hasMessage("killed");
    }
    run(config, folder.resolve("parts"), 3);
    List<String> names = FeatureStore.open(folder.resolve("parts")).manifest().names();
    for (String name : names) {
      assertThat(folder.resolve("parts").resolve(name))
          .hasBinaryContent(Files.readAllBytes(folder.resolve("whole").resolve(name)));
    }
    String fitted = "preconditioner/" + MEMBER + ".safetensors";
    assertThat(folder.resolve("parts").resolve(fitted))
        .hasBinaryContent(Files.readAllBytes(folder.resolve("whole").resolve(fitted)));
    // Where steps are drawn does not depend on the curvature, so neither do the gradients.
    Path plain =
        run(PLAIN.withProjection(config.projection()), folder.resolve("plain"), 2)
            .manifest()
            .directory();
    assertThat(folder.resolve("whole").resolve("timestep-importance/" + MEMBER + ".csv"))
        .hasSameTextualContentAs(plain.resolve("timestep-importance/" + MEMBER + ".csv"));
  }

  @Test
  void aSampleOfExamplesIsFixedByItsSeed() {
    int[] chosen = PreconditionerFit.chosen(1000, 100, Seed.of(1));
    assertThat(chosen).hasSize(100).isSorted().doesNotHaveDuplicates();
    assertThat(chosen[99]).isBetween(900, 999);
    assertThat(PreconditionerFit.chosen(1000, 100, Seed.of(1))).isEqualTo(chosen);
    assertThat(PreconditionerFit.chosen(1000, 100, Seed.of(2))).isNotEqualTo(chosen);
    assertThat(PreconditionerFit.chosen(3, 100, Seed.of(1))).containsExactly(0, 1, 2);
  }

  /**
   * What layers know of a gradient is turned, scaled and projected as the gradient itself is. The
   * agreement is one of chance, which eigenvectors of other signs draw anew: 0.97 to 0.99.
   */
  @Test
  void factoredProjectionsAreThoseOfPreconditionedGradients() {
    FeaturizerConfig factored =
        PLAIN
            .withPreconditioner(ekfac(DAMPING))
            .withProjection(ProjectionConfig.parse("factored:4096"));
    float[][] found = rows(run(factored, folder.resolve("f"), 2));
    float[][] exact = rows(preconditioned);
    float[][] products = new float[2][N * N];
    for (int i = 0; i < N * N; i++) {
      products[0][i] = (float) dot(exact[i / N], exact[i % N], 0, exact[0].length);
      products[1][i] = (float) dot(found[i / N], found[i % N], 0, found[0].length);
    }
    assertThat(StepAgreement.spearman(products[0], products[1])).isGreaterThan(0.95);
  }

  /**
   * Layer by layer, the bases are eigenvectors of the second moments of inputs and output
   * gradients, here of inputs that a tape saw, and Λ are mean squares in them.
   */
  @Test
  void layerByLayerABasisDiagonalisesTheInputsOfItsLayer() {
    FeaturizerConfig config =
        PLAIN.withDraws(6).withMethod(GradientMethod.LAYERWISE).withPreconditioner(ekfac(DAMPING));
    FeatureStore store = run(config, folder.resolve("l"), 2);
    Safetensors file = Safetensors.open(store.preconditionerFile(MEMBER));
    String name = "time_embedding.linear_1.weight";
    int width = Math.toIntExact(file.shape(name + ".right").get(0));
    double[] moments = new double[width * width];
    try (Checkpoint checkpoint = ensemble.load(MEMBER)) {
      LayeredDenoiser model = (LayeredDenoiser) checkpoint.model();
      DenoisingDraws shared = shared(store, checkpoint);
      for (int i = 0; i < N; i++) {
        DenoisingDraws two = shared.some(2 * i % 6, (2 * i + 1) % 6);
        try (PointerScope scope = new PointerScope()) {
          DenoisingBatch batch =
              DenoisingBatch.of(
                  List.of(two), model.shape(), checkpoint.schedule(), model.parameters().type());
          model.predict(
              batch.input(),
              (layer, input, output, saved) -> {
                if (layer.weight().name().equals(name)) {
                  add(moments, Libtorch.floats(input), width);
                }
              });
        }
      }
    }
    SimpleMatrix basis = new SimpleMatrix(width, width, true, doubles(file, name + ".right"));
    SimpleMatrix inBasis =
        basis.mult(new SimpleMatrix(width, width, true, moments)).mult(basis.transpose());
    double largest = inBasis.get(width - 1, width - 1);
    assertThat(largest).isPositive();
    for (int i = 0; i < width * width; i++) {
      if (i / width != i % width) {
        assertThat(inBasis.get(i) / largest).isCloseTo(0, within(1e-5));
      }
    }
    float[][] plain =
        rows(run(config.withPreconditioner(PreconditionerConfig.NONE), folder.resolve("p"), 2));
    Parameter weight =
        weights.stream().filter(w -> w.name().equals(name)).findFirst().orElseThrow();
    SimpleMatrix left =
        new SimpleMatrix(
            weight.numel() / width, weight.numel() / width, true, doubles(file, name + ".left"));
    double[] found = doubles(file, name + ".moments");
    double[] expected = new double[found.length];
    for (float[] gradient : plain) {
      SimpleMatrix coordinates = left.mult(matrix(weight, gradient)).mult(basis.transpose());
      for (int i = 0; i < expected.length; i++) {
        expected[i] += Math.pow(coordinates.get(i), 2) / N;
      }
    }
    double scale = Arrays.stream(expected).max().orElseThrow();
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i] / scale).isCloseTo(expected[i] / scale, within(1e-4));
    }
  }

  private static double[] doubles(Safetensors file, String name) {
    float[] numbers = file.floats(name);
    return IntStream.range(0, numbers.length).mapToDouble(i -> numbers[i]).toArray();
  }

  private static void add(double[] moments, float[] rows, int width) {
    for (int from = 0; from < rows.length; from += width) {
      for (int i = 0; i < width * width; i++) {
        moments[i] += (double) rows[from + i / width] * rows[from + i % width];
      }
    }
  }

  /** The draws that all examples share, from the steps the features were made with. */
  private DenoisingDraws shared(FeatureStore store, Checkpoint checkpoint) {
    Manifest measured =
        store.manifest().part(TimestepImportance.FOLDER, TimestepImportance.KIND, 1);
    return DenoisingDraws.stratified(
        new float[data.shape().numel()],
        Condition.NONE,
        new TimestepImportance.Measured(measured)
            .distribution(MEMBER, checkpoint.schedule().steps()),
        Seed.of(0).child("features").child(MEMBER).child("shared"),
        6);
  }

  @Test
  void chosenWeightsAloneCount() {
    ParameterSelection attention = new ParameterSelection("*attentions*,!*group_norm*,!*.bias");
    // Where shared draws fall depends on the weights that count; those of an image do not.
    FeaturizerConfig all = PLAIN.withSampling(DrawScheme.INDEPENDENT);
    float[][] whole = rows(run(all, folder.resolve("all"), 2));
    FeatureStore store = run(all.withParameters(attention), folder.resolve("a"), 2);
    List<Parameter> chosen = attention.select(weights, "the model");
    assertThat(chosen).isNotEmpty().allMatch(w -> w.name().matches(".*attentions.*to_.*weight"));
    float[][] found = rows(store);
    int from = 0;
    for (Parameter weight : chosen) {
      for (int i = 0; i < N; i++) {
        assertThat(Arrays.copyOfRange(found[i], from, from + weight.numel()))
            .isEqualTo(
                Arrays.copyOfRange(whole[i], weight.offset(), weight.offset() + weight.numel()));
      }
      from += weight.numel();
    }
    assertThat(from).isEqualTo(store.dim(MEMBER));
    assertThat(store.manifest().inputs().path("weights").size()).isEqualTo(chosen.size());
    assertThat(new ParameterSelection("!*.bias").select(weights, "the model"))
        .isEqualTo(weights.stream().filter(w -> !w.name().endsWith(".bias")).toList());
    assertThatThrownBy(() -> new ParameterSelection("nothing*").select(weights, "the model"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("No weight of the model matches --parameters nothing*; there are");
  }
}
