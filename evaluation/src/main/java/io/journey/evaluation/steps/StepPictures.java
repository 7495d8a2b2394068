package io.journey.evaluation.steps;

import io.journey.dataset.ImageShape;
import io.journey.figure.ImageGrid;
import io.journey.figure.ImageGrid.Cell;
import io.journey.figure.ImageGrid.Row;
import io.journey.latent.LatentCodec;
import io.journey.sampling.ContinuationRun;
import io.journey.sampling.Trajectory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Pictures beside the checks of steps. */
final class StepPictures {
  private static final int COLUMNS = 12;
  private static final int MODELS = 8;
  private static final int SAMPLES = 5;

  private StepPictures() {}

  /**
   * Figure B.1 of the paper: a model in every row, a noise in every column.
   *
   * @param pictures [M][N][C·H·W]
   */
  static ImageGrid sameNoise(List<String> members, float[][][] pictures, ImageShape shape) {
    List<Row> rows = new ArrayList<>();
    for (int m = 0; m < Math.min(MODELS, pictures.length); m++) {
      List<Cell> cells =
          Arrays.stream(pictures[m]).limit(COLUMNS).map(p -> cell(p, shape, "")).toList();
      rows.add(new Row(members.get(m), cells));
    }
    return new ImageGrid("The same noise in every column", rows);
  }

  /**
   * Figure 2 of the paper: x_t, x̂0 and some pictures from p(·|x_t) over steps.
   *
   * @param codec decodes all of them
   */
  static ImageGrid continuations(ContinuationRun.Pictures pictures, int target, LatentCodec codec) {
    ContinuationRun drawing = pictures.run();
    Trajectory trajectory = drawing.targets().get(target);
    int[] steps = spread(drawing.steps());
    List<Row> rows = new ArrayList<>();
    ImageShape sampled = trajectory.shape();
    ImageShape shape = codec.imageShape(sampled);
    float[][] xt = new float[steps.length][];
    float[][] x0 = new float[steps.length][];
    float[][][] drawn = new float[steps.length][][];
    for (int s = 0; s < steps.length; s++) {
      xt[s] = trajectory.xt()[trajectory.indexOf(steps[s])];
      x0[s] = trajectory.x0()[trajectory.indexOf(steps[s])];
      float[][] all = pictures.read(target, steps[s]);
      drawn[s] = codec.decode(Arrays.copyOf(all, Math.min(SAMPLES, all.length)), sampled);
    }
    rows.add(row("x_t", codec.decode(xt, sampled), shape, steps));
    rows.add(row("x̂0", codec.decode(x0, sampled), shape, new int[0]));
    for (int n = 0; n < drawn[0].length; n++) {
      List<Cell> cells = new ArrayList<>();
      for (float[][] atStep : drawn) {
        cells.add(cell(atStep[n], shape, ""));
      }
      rows.add(new Row(n == 0 ? "from p(·|x_t)" : "", cells));
    }
    return new ImageGrid("Target " + target + ": what its steps leave open", rows);
  }

  /**
   * A picture in every column.
   *
   * @param steps of the captions; none: no captions
   */
  private static Row row(String label, float[][] pictures, ImageShape shape, int[] steps) {
    List<Cell> cells = new ArrayList<>();
    for (int s = 0; s < pictures.length; s++) {
      cells.add(cell(pictures[s], shape, s < steps.length ? "t = " + steps[s] : ""));
    }
    return new Row(label, cells);
  }

  /** As many steps as there are columns, the first and the last among them. */
  private static int[] spread(int[] steps) {
    int count = Math.min(COLUMNS, steps.length);
    return IntStream.range(0, count)
        .map(i -> steps[count == 1 ? 0 : Math.round(i * (steps.length - 1f) / (count - 1))])
        .toArray();
  }

  private static Cell cell(float[] image, ImageShape shape, String caption) {
    return Cell.of(image, shape.channels(), shape.height(), shape.width(), caption, null);
  }
}
