package io.journey.evaluation.lds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.array.Npy;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Example;
import io.journey.dataset.ImageShape;
import io.journey.dataset.MemoryDataset;
import io.journey.embedding.Embedder;
import io.journey.evaluation.OppositeCodec;
import io.journey.results.lds.FakeGroundTruth;
import io.journey.results.lds.GroundTruth;
import io.journey.run.JourneyException;
import io.journey.sampling.Trajectory;
import io.journey.tensor.TestContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of two pixels, whose latents of one number are the first pixel's opposite. */
class BaselinePredictionsTest {
  private static final int[] STEPS = {100, 300};
  private static final ImageShape LATENT = new ImageShape(1, 1, 1);

  @TempDir Path folder;

  private final MemoryDataset pictures =
      new MemoryDataset(1, 1, 2)
          .add("a", Condition.NONE, 0.5f, 0.5f)
          .captions("a cat")
          .add("b", Condition.NONE, 0.5f, -0.5f)
          .captions("a dog");

  /** The same examples as a model sees them. */
  private record Encoded(MemoryDataset pictures) implements Dataset {
    @Override
    public String spec() {
      return pictures.spec();
    }

    @Override
    public String fingerprint() {
      return "encoded";
    }

    @Override
    public int size() {
      return pictures.size();
    }

    @Override
    public ImageShape shape() {
      return LATENT;
    }

    @Override
    public Example example(int index) {
      return pictures.example(index);
    }

    @Override
    public List<String> classNames() {
      return List.of();
    }

    @Override
    public void read(int index, float[] out, int offset) {
      throw new AssertionError("latents are not compared");
    }
  }

  private record Pixels() implements Embedder {
    @Override
    public String name() {
      return "pixels";
    }

    @Override
    public String fingerprint() {
      return "p";
    }

    @Override
    public int dim() {
      return 2;
    }

    @Override
    public float[][] embed(List<float[]> images, ImageShape shape) {
      assertThat(shape).isEqualTo(new ImageShape(1, 1, 2));
      return images.stream().map(float[]::clone).toArray(float[][]::new);
    }

    @Override
    public void close() {}
  }

  private static Trajectory target(float latent, Condition condition) {
    float[][] none = {{0}, {0}};
    return new Trajectory(
        LATENT, "m", "0", condition, new int[] {300, 100}, none, none, new float[] {latent});
  }

  private BaselinePredictions baselines(Condition second) {
    // Subsets of one image: what is predicted for them are the scores themselves.
    List<BitSet> single =
        IntStream.range(0, 2).mapToObj(i -> BitSet.valueOf(new long[] {1L << i})).toList();
    GroundTruth truth =
        GroundTruth.open(
            FakeGroundTruth.write(folder, 2, single, 1, STEPS, 2, (j, seed, half, s, t) -> j));
    List<Trajectory> targets =
        List.of(target(-1, new Condition.Prompt("the dog")), target(1, second));
    return new BaselinePredictions(truth, new Encoded(pictures), targets, new OppositeCodec());
  }

  @Test
  void picturesAreComparedAndNotLatents() {
    BaselinePredictions baselines = baselines(new Condition.Prompt("CAT"));
    double[][][] pixels = baselines.pixels().sums()[0];
    for (int s = 0; s < STEPS.length; s++) {
      assertThat(pixels[s]).isDeepEqualTo(new double[][] {{1, 0}, {0, -1}}); // of (1, 1), (−1, 1)
    }
    assertThat(baselines.embedded(new Pixels(), "p", TestContext.of(1)).sums()[0])
        .isDeepEqualTo(pixels);
    double[][] captions = baselines.captions().orElseThrow().sums()[0][1];
    assertThat(captions[0][0]).isZero();
    assertThat(captions[0][1]).isPositive();
    assertThat(captions[1][0]).isPositive();
    assertThat(captions[1][1]).isZero();
  }

  @Test
  void captionsAreComparedWhereBothSidesHaveThem() {
    assertThat(baselines(Condition.NONE).captions()).isEmpty();
  }

  private Path scores(float[] numbers, long... shape) throws IOException {
    Path file = folder.resolve("scores" + numbers.length + ".npy");
    try (OutputStream out = Files.newOutputStream(file)) {
      Npy.write(out, numbers, shape);
    }
    return file;
  }

  @Test
  void scoresOfAnotherProgramAreReadAsTheyLie() throws IOException {
    BaselinePredictions baselines = baselines(Condition.NONE);
    float[] numbers = {1, 2, 3, 4, 5, 6, 7, 8};
    double[][][] told = baselines.scored("x", scores(numbers, 2, 2, 2)).sums()[0];
    assertThat(told[1][0]).containsExactly(5, 6);
    assertThat(told[0][1]).containsExactly(3, 4);
    Path flat = scores(new float[] {1, 2, 3, 4}, 2, 2);
    assertThatThrownBy(() -> baselines.scored("x", flat))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(
            "the shape [2, 2], expected scores [steps, targets, images] = [2, 2, 2]");
    numbers[3] = Float.NaN;
    Path gap = scores(numbers, 2, 2, 2);
    assertThatThrownBy(() -> baselines.scored("x", gap))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("has a score that is NaN");
  }
}
