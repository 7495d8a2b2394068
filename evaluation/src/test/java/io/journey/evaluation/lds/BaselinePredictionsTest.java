package io.journey.evaluation.lds;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Example;
import io.journey.dataset.ImageShape;
import io.journey.dataset.MemoryDataset;
import io.journey.embedding.Embedder;
import io.journey.evaluation.OppositeCodec;
import io.journey.results.lds.FakeGroundTruth;
import io.journey.results.lds.GroundTruth;
import io.journey.sampling.Trajectory;
import io.journey.tensor.TestContext;
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
}
