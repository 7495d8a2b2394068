package io.journey.results;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.condition.ConditionColumn;
import io.journey.dataset.Dataset;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Attributions nobody computed: targets are noised images, scores are handed in. What a report must
 * cope with, without a model.
 */
public final class FakeAttribution {
  private final int[] steps;
  private final float[][] finals;

  /** [members, steps, targets, N]; the scores are their mean. */
  public final float[][][][] members;

  private float halfNoise = Float.NaN;
  private String features = "51ab";

  /** Whether the scores of each member are written too. */
  public boolean keepMembers = true;

  /** The mask, [H·W], or null. */
  public float[] mask;

  /** What the targets were sampled under. */
  public List<Condition> conditions = List.of();

  /** More of the manifest's inputs. */
  public final ObjectNode inputs = Json.object();

  /** The table of losses, or null. */
  public String loss;

  public FakeAttribution(int[] steps, float[][] finals, float[][][][] members) {
    this.steps = steps;
    this.finals = finals;
    this.members = members;
  }

  /** Scores that are standard Gaussians. */
  public static float[][][][] noise(int members, int steps, int targets, int n, long seed) {
    float[][][][] out = new float[members][steps][targets][n];
    RandomStream random = Seed.of(seed).child("scores").stream();
    for (float[][][] member : out) {
      for (float[][] step : member) {
        for (float[] row : step) {
          random.fillGaussian(row);
        }
      }
    }
    return out;
  }

  /** A mask of the upper half. */
  public static float[] upperHalf(int height, int width) {
    float[] mask = new float[height * width];
    Arrays.fill(mask, 0, mask.length / 2, 1);
    return mask;
  }

  /** The same scores as if from other features. */
  public FakeAttribution withFeatures(String other) {
    FakeAttribution copy = new FakeAttribution(steps, finals, members);
    copy.features = other;
    return copy;
  }

  /**
   * The same with halves of the scores, from even and odd places of features.
   *
   * @param noise standard deviation of what the halves differ by from half of the score
   */
  public FakeAttribution withHalves(float noise) {
    FakeAttribution copy = new FakeAttribution(steps, finals, members);
    copy.features = features;
    copy.halfNoise = noise;
    return copy;
  }

  private float[] even() {
    float[] even = mean();
    RandomStream random = Seed.of(11).child("halves").stream();
    for (int i = 0; i < even.length; i++) {
      even[i] = even[i] / 2 + halfNoise * (float) random.gaussian(i);
    }
    return even;
  }

  /** Whether scores over all steps are written too, all steps weighed alike. */
  public boolean overSteps;

  /** What its scores are, or null. */
  public String unit;

  private float[] overSteps() {
    float[] scores = mean();
    int targets = members[0][0].length;
    int n = members[0][0][0].length;
    float[] over = new float[targets * n];
    for (int s = 0; s < steps.length; s++) {
      for (int t = 0; t < targets; t++) {
        float[] row = Arrays.copyOfRange(scores, (s * targets + t) * n, (s * targets + t + 1) * n);
        for (int i = 0; i < n; i++) {
          over[t * n + i] += (float) (row[i] / deviation(row) / steps.length);
        }
      }
    }
    return over;
  }

  private static double deviation(float[] row) {
    double mean = 0;
    double squares = 0;
    for (float value : row) {
      mean += value / (double) row.length;
      squares += (double) value * value / row.length;
    }
    return Math.sqrt(squares - mean * mean);
  }

  private String weights() {
    StringBuilder csv = new StringBuilder("target,timestep,weight,deviation\n");
    for (int t = 0; t < members[0][0].length; t++) {
      for (int step : steps) {
        csv.append(t).append(',').append(step).append(',').append(1.0 / steps.length);
        csv.append(",1\n");
      }
    }
    return csv.toString();
  }

  /** Writes it as a finished run. */
  public Path write(Path directory, Dataset data) {
    ObjectNode settings = Json.object();
    settings.putArray("timesteps");
    for (int step : steps) {
      settings.withArray("timesteps").add(step);
    }
    settings.put("estimator", "journey-trak").put("damping", 0.1).put("draws", 20).put("seed", 7);
    settings.putObject("projection").put("kind", "SPARSE").put("dim", 4096);
    settings.putNull("mask");
    if (unit != null) {
      settings.put("unit", unit);
    }
    if (overSteps) {
      settings.put("over_steps", "equal");
    }
    ObjectNode inputs = Json.object().put("data", data.fingerprint());
    inputs.put("data_spec", data.spec());
    for (int m = 0; m < members.length; m++) {
      inputs.withObject("checkpoints").put(checkpointName(m), "9f2c".repeat(16));
    }
    inputs.put("features", features.repeat(16));
    inputs.setAll(this.inputs);
    try (RunDirectory run = RunDirectory.claim(directory, "attribution", settings, inputs)) {
      run.write("scores.npy", out -> Npy.write(out, mean(), shape()));
      if (!Float.isNaN(halfNoise)) {
        run.write("scores-even.npy", out -> Npy.write(out, even(), shape()));
      }
      if (keepMembers) {
        for (int m = 0; m < members.length; m++) {
          float[] scores = flat(new float[][][][] {members[m]});
          run.write(checkpointName(m) + ".scores.npy", out -> Npy.write(out, scores, shape()));
        }
      }
      if (overSteps) {
        run.write(
            "scores-over-steps.npy",
            out -> Npy.write(out, overSteps(), members[0][0].length, data.size()));
        run.write("over-steps.csv", out -> out.write(weights().getBytes(StandardCharsets.UTF_8)));
      }
      String examples = ExampleTable.of(data);
      run.write("examples.csv", out -> out.write(examples.getBytes(StandardCharsets.UTF_8)));
      run.write("targets.safetensors", out -> pictures(data).writeTo(out));
      if (loss != null) {
        run.write("loss.csv", out -> out.write(loss.getBytes(StandardCharsets.UTF_8)));
      }
      run.finish(Json.object());
    }
    return directory;
  }

  private long[] shape() {
    return new long[] {steps.length, members[0][0].length, members[0][0][0].length};
  }

  private static String checkpointName(int m) {
    return "member-00" + m;
  }

  private float[] mean() {
    float[] sum = flat(new float[][][][] {members[0]});
    for (int m = 1; m < members.length; m++) {
      float[] other = flat(new float[][][][] {members[m]});
      for (int i = 0; i < sum.length; i++) {
        sum[i] += other[i];
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= members.length;
    }
    return sum;
  }

  private static float[] flat(float[][][][] scores) {
    int n = scores[0][0][0].length;
    float[] out = new float[scores.length * scores[0].length * scores[0][0].length * n];
    int at = 0;
    for (float[][][] member : scores) {
      for (float[][] step : member) {
        for (float[] row : step) {
          System.arraycopy(row, 0, out, at, n);
          at += n;
        }
      }
    }
    return out;
  }

  /** x_t by q(x_t given x_0); x̂0 as x_0 blurred towards grey and noised, the more the noisier. */
  private Safetensors.Writer pictures(Dataset data) {
    int numel = data.shape().numel();
    long[] all = {
      steps.length,
      finals.length,
      data.shape().channels(),
      data.shape().height(),
      data.shape().width()
    };
    float[] noisy = new float[steps.length * finals.length * numel];
    float[] predicted = new float[noisy.length];
    float[] last = new float[finals.length * numel];
    RandomStream random = Seed.of(1).child("pictures").stream();
    for (int t = 0; t < finals.length; t++) {
      System.arraycopy(finals[t], 0, last, t * numel, numel);
      float[] noise = new float[numel];
      random.fillGaussian(noise);
      for (int s = 0; s < steps.length; s++) {
        double alphaBar = Math.exp(-10 * Math.pow(steps[s] / 1000.0, 2));
        for (int i = 0; i < numel; i++) {
          int at = (s * finals.length + t) * numel + i;
          double b = Math.sqrt(1 - alphaBar);
          noisy[at] = (float) (Math.sqrt(alphaBar) * finals[t][i] + b * noise[i]);
          predicted[at] =
              (float) (finals[t][i] * (1 - 0.6 * b * b) - 0.2 * b + 0.25 * b * noise[i]);
        }
      }
    }
    Safetensors.Writer writer = new Safetensors.Writer();
    writer.metadata("seed", "7").metadata("model", "unet-16").metadata("sampler", "ddpm, 50 steps");
    writer.add("xt", noisy, all).add("x0", predicted, all);
    writer.add("image", last, all[1], all[2], all[3], all[4]);
    if (mask != null) {
      writer.add("mask", mask, all[3], all[4]);
    }
    ConditionColumn.add(writer, conditions);
    return writer;
  }
}
