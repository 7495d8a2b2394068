package io.journey.sampling;

import io.journey.dataset.ImageShape;
import io.journey.model.Checkpoint;
import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.tensor.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Trajectories in a safetensors file: {@code timesteps} int64 [S]; {@code xt} and {@code x0}
 * float32 [N, S, C, H, W]; {@code image} float32 [N, C, H, W]; and as metadata the model's
 * fingerprint and name, the seed and each trajectory's own seed.
 */
public final class TrajectoryFile {
  private TrajectoryFile() {}

  /**
   * Draws images 0..count−1 of a seed into a file, or leaves a file alone that already holds them.
   *
   * @return whether anything was drawn
   * @throws JourneyException if the file holds something else
   */
  public static boolean sample(
      DdpmSampler sampler,
      Checkpoint checkpoint,
      long seed,
      int count,
      Path file,
      int threads,
      Progress progress) {
    DdpmSampler.requireCount(count);
    if (Files.exists(file)) {
      String difference = difference(file, checkpoint, seed, count, sampler.timesteps());
      if (difference != null) {
        throw new JourneyException(
            file + " holds trajectories with " + difference + ": name a new file.");
      }
      return false;
    }
    write(file, sampler.sample(seed, count, threads, progress), checkpoint.name(), seed);
    return true;
  }

  /** What tells the file's trajectories from those wanted, or null. */
  private static String difference(
      Path file, Checkpoint checkpoint, long seed, int count, int[] timesteps) {
    List<Trajectory> found = read(file);
    String foundSeed = Safetensors.open(file).metadata().getOrDefault("seed", "");
    if (!found.get(0).modelFingerprint().equals(checkpoint.fingerprint())) {
      return "another model's drawings";
    }
    if (!foundSeed.equals(Long.toString(seed))) {
      return "seed " + foundSeed + ", this run asks for " + seed;
    }
    if (found.size() != count) {
      return found.size() + " images, this run asks for " + count;
    }
    int steps = found.get(0).timesteps().length;
    return Arrays.equals(found.get(0).timesteps(), timesteps)
        ? null
        : steps + " inference steps, this run asks for " + timesteps.length;
  }

  /**
   * Writes trajectories of one model.
   *
   * @param model name of the checkpoint
   * @param seed what the user typed
   */
  public static void write(Path file, List<Trajectory> trajectories, String model, long seed) {
    Trajectory first = trajectories.get(0);
    ImageShape shape = first.shape();
    int count = trajectories.size();
    int steps = first.timesteps().length;
    int numel = shape.numel();
    float[] xt = new float[Math.multiplyExact(count * steps, numel)];
    float[] x0 = new float[xt.length];
    float[] image = new float[count * numel];
    List<String> seeds = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      Trajectory trajectory = trajectories.get(n);
      for (int s = 0; s < steps; s++) {
        System.arraycopy(trajectory.xt()[s], 0, xt, (n * steps + s) * numel, numel);
        System.arraycopy(trajectory.x0()[s], 0, x0, (n * steps + s) * numel, numel);
      }
      System.arraycopy(trajectory.image(), 0, image, n * numel, numel);
      seeds.add(trajectory.seed());
    }
    long[] timesteps = new long[steps];
    for (int s = 0; s < steps; s++) {
      timesteps[s] = first.timesteps()[s];
    }
    int c = shape.channels();
    int h = shape.height();
    int w = shape.width();
    Safetensors.Writer writer =
        new Safetensors.Writer()
            .metadata("kind", "trajectories")
            .metadata("model", first.modelFingerprint())
            .metadata("model_name", model)
            .metadata("sampler", "ddpm")
            .metadata("seed", Long.toString(seed))
            .metadata("seeds", String.join(" ", seeds))
            .add("timesteps", timesteps, steps)
            .add("xt", xt, count, steps, c, h, w)
            .add("x0", x0, count, steps, c, h, w)
            .add("image", image, count, c, h, w);
    AtomicFile.write(file, writer::writeTo);
  }

  /** Reads a file of trajectories. */
  public static List<Trajectory> read(Path file) {
    Safetensors tensors = Safetensors.open(file);
    if (!"trajectories".equals(tensors.metadata().get("kind"))) {
      throw new JourneyException(
          file + " holds no trajectories: name a file that journey sample wrote.");
    }
    List<Long> dims = tensors.entry("xt").shape();
    String[] seeds = tensors.metadata().getOrDefault("seeds", "").split(" ");
    long[] steps = tensors.longs("timesteps");
    if (dims.size() != 5
        || dims.get(1) != steps.length
        || dims.get(0) != seeds.length
        || !tensors.entry("x0").shape().equals(dims)
        || !tensors
            .entry("image")
            .shape()
            .equals(List.of(dims.get(0), dims.get(2), dims.get(3), dims.get(4)))) {
      throw new JourneyException(
          file + " has trajectories whose parts do not fit each other: sample them again.");
    }
    ImageShape shape =
        new ImageShape(dims.get(2).intValue(), dims.get(3).intValue(), dims.get(4).intValue());
    int[] timesteps = timesteps(steps, file);
    List<Trajectory> trajectories = new ArrayList<>();
    for (int n = 0; n < seeds.length; n++) {
      trajectories.add(
          new Trajectory(
              shape,
              tensors.metadata().getOrDefault("model", ""),
              seeds[n],
              timesteps,
              steps(tensors, "xt", n, timesteps.length, shape),
              steps(tensors, "x0", n, timesteps.length, shape),
              image(tensors, "image", n, shape)));
    }
    return trajectories;
  }

  private static int[] timesteps(long[] steps, Path file) {
    int[] timesteps = new int[steps.length];
    long above = Integer.MAX_VALUE;
    for (int s = 0; s < steps.length; s++) {
      if (steps[s] < 0 || steps[s] >= above) {
        throw new JourneyException(
            file
                + " has the steps "
                + Arrays.toString(steps)
                + ", expected falling ones down to 0 at most: sample it again.");
      }
      above = steps[s];
      timesteps[s] = (int) above;
    }
    return timesteps;
  }

  private static float[][] steps(
      Safetensors tensors, String name, int n, int steps, ImageShape shape) {
    float[][] out = new float[steps][];
    for (int s = 0; s < steps; s++) {
      out[s] = image(tensors, name, (long) n * steps + s, shape);
    }
    return out;
  }

  private static float[] image(Safetensors tensors, String name, long place, ImageShape shape) {
    float[] numbers = tensors.part(name, place * shape.numel(), shape.numel());
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        throw new JourneyException(
            tensors.file() + " has the number " + number + " in " + name + ": sample it again.");
      }
    }
    return numbers;
  }
}
