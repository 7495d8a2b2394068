package io.journey.sampling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.random.Seed;
import io.journey.run.Checksums;
import io.journey.run.FileStage;
import io.journey.run.Json;
import io.journey.run.Manifest;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import io.journey.run.StageWork;
import io.journey.run.Workers;
import io.journey.tensor.BatchSizes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Draws pictures from p_θ(·|x_t) of some trajectories at some steps: the sampler is started again
 * from x_t with fresh noise. Leaves a run directory with a {@link PictureFile} for each target and
 * step; started again it continues with those that are missing.
 *
 * <p>The noise of a picture is named by the seed, the trajectory's own seed, the step and the
 * picture's number. Pictures are drawn in batches of {@link #BATCH}, fixed so that rounding is the
 * same whatever the threads.
 *
 * @param sampler that drew the trajectories; adds noise
 * @param targets that are continued, with their latents at the steps
 * @param steps t, in any order
 * @param samples pictures at each step of each target
 * @param seed of the fresh noise
 */
public record ContinuationRun(
    Sampler sampler, List<Trajectory> targets, int[] steps, int samples, long seed)
    implements FileStage<ContinuationRun.Pictures> {
  /** The kind of run directory. */
  public static final String KIND = "continuations";

  /** How many pictures go through the model at once. */
  static final int BATCH = BatchSizes.DRAWN;

  public ContinuationRun {
    if (samples < 1) {
      throw new SettingException("samples must be at least 1, got " + samples);
    }
    if (targets.isEmpty() || steps.length == 0) {
      throw new SettingException("name one target and one step or more");
    }
    if (!sampler.addsNoise()) {
      throw new SettingException(
          "the targets were sampled without noise ("
              + sampler.scheduler().name()
              + "), so each step decides the whole picture: use targets sampled with ddpm,"
              + " euler-ancestral, or ddim with eta above 0");
    }
    for (int step : steps) {
      Trajectory.indexOf(sampler.timesteps(), step);
    }
    targets = List.copyOf(targets);
    steps = Arrays.stream(steps).map(t -> -t).sorted().distinct().map(t -> -t).toArray();
  }

  private record Settings(
      int samples,
      long seed,
      int inferenceSteps,
      double eta,
      String scheduler,
      String guidance,
      int[] timesteps) {}

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Record settings() {
    Guidance guidance = sampler.guidance();
    return new Settings(
        samples,
        seed,
        sampler.timesteps().length,
        sampler.scheduler().eta().orElse(0),
        Origin.of(sampler, seed).scheduler(),
        guidance.isNone() ? null : guidance.toString(),
        steps);
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = Json.object().put("model", sampler.checkpoint().fingerprint());
    return inputs.put("targets", targets.size()).put("latents", fingerprint());
  }

  private String fingerprint() {
    MessageDigest digest = Checksums.sha256();
    for (Trajectory target : targets) {
      digest.update(target.seed().getBytes(StandardCharsets.UTF_8));
      digest.update(target.condition().fingerprint());
      for (int step : steps) {
        float[] xt = target.xt()[target.indexOf(step)];
        ByteBuffer bytes = ByteBuffer.allocate(4 * xt.length);
        bytes.asFloatBuffer().put(xt);
        digest.update(bytes.array());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void write(StageWork run) {
    long total = 0;
    for (int step : steps) {
      total += (long) targets.size() * samples * remaining(step);
    }
    try (Progress.Task task = run.progress().start("Continuing trajectories", total, "steps")) {
      run.workers()
          .forEachShared(
              targets.size() * steps.length,
              (unit, parts) -> {
                int target = unit % targets.size();
                int step = steps[unit / targets.size()];
                String file = file(target, step);
                if (run.has(file)) {
                  task.skip((long) samples * remaining(step));
                } else {
                  float[][] pictures = pictures(targets.get(target), step, parts, task);
                  run.write(file, PictureFile.content(pictures, shape()));
                }
              });
    }
  }

  private float[][] pictures(
      Trajectory target, int step, Workers.Parts parts, Progress.Task progress) {
    float[][] pictures = new float[samples][];
    float[] xt = target.xt()[target.indexOf(step)];
    Seed root = Seed.of(seed).child("continuation").child(target.seed()).child(step);
    parts.forEach(
        (samples + BATCH - 1) / BATCH,
        batch -> {
          int first = batch * BATCH;
          int count = Math.min(BATCH, samples - first);
          float[][] start = new float[count][];
          Arrays.fill(start, xt);
          List<Seed> seeds = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            seeds.add(root.child(first + i));
          }
          float[][] drawn = sampler.finish(start, step, target.condition(), seeds, progress);
          System.arraycopy(drawn, 0, pictures, first, count);
        });
    return pictures;
  }

  /** How many steps are left from t on. */
  private int remaining(int step) {
    int[] timesteps = sampler.timesteps();
    return timesteps.length - Trajectory.indexOf(timesteps, step);
  }

  private ImageShape shape() {
    return sampler.checkpoint().model().shape();
  }

  @Override
  public Pictures open(Path directory) {
    return new Pictures(this, Manifest.read(directory, KIND));
  }

  /** The pictures of a finished run, on disk. */
  public record Pictures(ContinuationRun run, Manifest manifest) {
    /**
     * Reads the pictures of a target at a step.
     *
     * @param target an index into the targets
     * @return [samples][C·H·W]
     */
    public float[][] read(int target, int step) {
      Path file = manifest.verified(file(target, step));
      return PictureFile.read(file, run.samples, run.shape());
    }
  }

  /** The file of a target at a step. */
  static String file(int target, int step) {
    return String.format(Locale.ROOT, "target-%03d/step-%04d.npy", target, step);
  }
}
