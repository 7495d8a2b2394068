package io.journey.evaluation.removal;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.dataset.ImageShape;
import io.journey.embedding.Embedder;
import io.journey.evaluation.PictureSpace;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.random.Seed;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonFields;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import io.journey.run.StageFiles;
import io.journey.run.Workers;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.tensor.BatchSizes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Fréchet distance between pictures of p(·|x_t) by the original and by a model that takes its place
 * in the steps τ with t ≥ τ > t − Δ alone. All models meet the same noise.
 *
 * @param original draws all other steps
 * @param targets with their latents at the step
 * @param step t
 * @param delta Δ
 * @param samples pictures of each model
 * @param seed of the noise
 * @param embedder makes vectors of pictures
 * @param codec decodes what models sample into pictures
 */
record WindowDistance(
    Sampler original,
    List<Trajectory> targets,
    int step,
    int delta,
    int samples,
    long seed,
    Embedder embedder,
    LatentCodec codec)
    implements RemovalMeasure {
  /** How many pictures go through a model at once: fixed, so that rounding is always the same. */
  private static final int BATCH = BatchSizes.DRAWN;

  WindowDistance {
    if (delta < 1) {
      throw new SettingException("delta must be at least 1, got " + delta);
    }
    if (samples < 2) {
      throw new SettingException("samples must be at least 2, got " + samples);
    }
    if (!original.addsNoise()) {
      throw new SettingException(
          "the targets were sampled without noise ("
              + original.scheduler().name()
              + "), so each step decides the whole picture: use targets sampled with ddpm,"
              + " euler-ancestral, or ddim with eta above 0");
    }
  }

  /** Whose noise. */
  private enum Noise {
    SHARED,
    OTHER
  }

  private int first() {
    return Trajectory.indexOf(original.timesteps(), step);
  }

  /** The index after the last step that the other model takes. */
  private int end() {
    int[] timesteps = original.timesteps();
    int end = first();
    while (end < timesteps.length && timesteps[end] > step - delta) {
      end++;
    }
    return end;
  }

  @Override
  public long unitSteps() {
    return (long) samples * (original.timesteps().length - first());
  }

  @Override
  public long preparingSteps() {
    return 2 * unitSteps();
  }

  @Override
  public void prepare(StageFiles run, int target, Workers.Parts parts, Progress.Task progress) {
    String name = vectorsFile(target);
    if (run.has(name)) {
      progress.skip(unitSteps());
    } else {
      float[][] vectors = vectors(original, target, Noise.SHARED, parts, progress);
      run.write(
          name,
          out -> {
            Npy.writeHeader(out, DType.F32, vectors.length, vectors[0].length);
            for (float[] vector : vectors) {
              Npy.writeNumbers(out, DType.F32, vector);
            }
          });
    }
    String reference = file(target, RemovalTable.REFERENCE);
    if (run.has(reference)) {
      progress.skip(unitSteps());
    } else {
      write(run, reference, target, vectors(original, target, Noise.OTHER, parts, progress));
    }
  }

  @Override
  public void measure(
      StageFiles run,
      int target,
      String model,
      Checkpoint checkpoint,
      Workers.Parts parts,
      Progress.Task progress) {
    float[][] vectors = vectors(original.by(checkpoint), target, Noise.SHARED, parts, progress);
    write(run, file(target, model), target, vectors);
  }

  private void write(StageFiles run, String file, int target, float[][] vectors) {
    float[][] ofOriginal = read(run.path(vectorsFile(target)));
    FrechetDistance distance = FrechetDistance.between(ofOriginal, vectors);
    run.write(
        file,
        out ->
            out.write(
                Json.bytes(
                    Json.object()
                        .put("distance", distance.value())
                        .put("means", distance.means())
                        .put("covariances", distance.covariances()))));
  }

  private float[][] read(Path file) {
    Npy npy = Npy.map(file);
    if (npy.shape().length != 2 || npy.shape()[0] != samples) {
      throw new JourneyException(
          file
              + " does not hold the vectors of "
              + Counted.of(samples, "pictures")
              + ": delete it and evaluate.");
    }
    int dim = Math.toIntExact(npy.shape()[1]);
    float[][] vectors = new float[samples][dim];
    for (int n = 0; n < samples; n++) {
      npy.read((long) n * dim, vectors[n], 0, dim);
    }
    return vectors;
  }

  private float[][] vectors(
      Sampler inside, int target, Noise noise, Workers.Parts parts, Progress.Task progress) {
    float[][] vectors = new float[samples][];
    parts.forEach(
        (samples + BATCH - 1) / BATCH,
        batch -> {
          int from = batch * BATCH;
          int count = Math.min(BATCH, samples - from);
          ImageShape sampled = targets.get(target).shape();
          float[][] pictures =
              codec.decode(sampled(inside, target, noise, from, count, progress), sampled);
          ImageShape shape = codec.imageShape(sampled);
          float[][] clamped = PictureSpace.pixels().vectors(List.of(pictures), shape);
          System.arraycopy(embedder.embed(List.of(clamped), shape), 0, vectors, from, count);
        });
    return vectors;
  }

  private float[][] sampled(
      Sampler inside, int index, Noise noise, int from, int count, Progress.Task progress) {
    Trajectory target = targets.get(index);
    Seed root = Seed.of(seed).child("window").child(noise.name()).child(target.seed()).child(step);
    List<Seed> seeds = new ArrayList<>();
    for (int n = from; n < from + count; n++) {
      seeds.add(root.child(n));
    }
    float[][] x = new float[count][];
    Arrays.fill(x, target.xt()[target.indexOf(step)]);
    x = inside.advance(x, first(), end(), target.condition(), seeds, progress);
    int last = original.timesteps().length;
    return original.advance(x, end(), last, target.condition(), seeds, progress);
  }

  @Override
  public double read(StageFiles run, int target, String model) {
    Path file = run.path(file(target, model));
    return new JsonFields(Json.read(file), file.toString()).number("distance");
  }

  @Override
  public double reference(StageFiles run, int target) {
    return read(run, target, RemovalTable.REFERENCE);
  }

  private static String vectorsFile(int target) {
    return folder(target) + "original.npy";
  }

  @Override
  public String file(int target, String model) {
    return folder(target) + model.replace('/', '-').replace(' ', '-') + ".json";
  }

  private static String folder(int target) {
    return String.format(Locale.ROOT, "target-%03d/", target);
  }
}
