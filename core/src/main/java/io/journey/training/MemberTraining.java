package io.journey.training;

import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoisingBatch;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.DenoisingLoss;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.model.UNet2D;
import io.journey.model.UNet2DConfig;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.RunDirectory;
import io.journey.run.Workers;
import io.journey.tensor.Safetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Trains one member of an ensemble. Every number drawn is named by what it is for (member, step),
 * so that a run continued from {@code resume.safetensors} ends in the same bytes.
 */
final class MemberTraining {
  /** Rows of the loss curve average this many steps. */
  private static final int LOSS_WINDOW = 25;

  private final RunDirectory run;
  private final String name;
  private final ImageShape shape;
  private final UNet2DConfig architecture;
  private final TrainingConfig config;
  private final NoiseSchedule schedule;
  private final Seed seed;
  private final Duration saveInterval;
  private final Path resumeFile;
  private final TrainingBatches batches;

  /**
   * @param name of the member's folder
   * @param kept the examples it is trained on; null: all
   * @param seed of everything random about this member
   */
  MemberTraining(
      RunDirectory run,
      String name,
      Dataset data,
      BitSet kept,
      UNet2DConfig architecture,
      TrainingConfig config,
      NoiseSchedule schedule,
      Seed seed,
      Duration saveInterval) {
    this.run = run;
    this.name = name;
    this.shape = data.shape();
    this.architecture = architecture;
    this.config = config;
    this.schedule = schedule;
    this.seed = seed;
    this.saveInterval = saveInterval;
    this.resumeFile = run.path(resumeName(name));
    this.batches = new TrainingBatches(data, kept, config, schedule, seed);
  }

  /** Trains to the end, or does nothing where that has been done. */
  void run(Progress.Task progress, Workers.Parts parts) {
    if (run.has(Checkpoint.weightsFile(name))) {
      progress.advance(config.steps());
      discardResume();
      return;
    }
    float[] losses = new float[config.steps()];
    try (UNet2D model = UNet2D.random(architecture, seed.child("init"), ScalarType.Float);
        Adam adam = new Adam(config, model.parameters())) {
      int start = resume(model, adam, losses);
      progress.advance(start);
      long saved = System.nanoTime();
      for (int step = start; step < config.steps(); step++) {
        List<DenoisingDraws> images = batches.of(step);
        losses[step] =
            images.isEmpty()
                ? losses[Math.max(0, step - 1)]
                : step(model, adam, step, images, parts);
        if (!Float.isFinite(losses[step])) {
          throw new JourneyException(
              name
                  + " diverged: its loss at step "
                  + step
                  + " is "
                  + losses[step]
                  + "; train with a learning rate below "
                  + config.learningRate()
                  + ".");
        }
        if (System.nanoTime() - saved > saveInterval.toNanos()) {
          save(model, adam, losses, step + 1);
          saved = System.nanoTime();
        }
        progress.advance(1);
      }
      run.write(
          Ensemble.lossFile(name),
          out -> out.write(lossTable(losses).getBytes(StandardCharsets.UTF_8)));
      Checkpoint.write(run, name, model, adam.result(), schedule);
    }
    discardResume();
  }

  private float step(
      UNet2D model, Adam adam, int step, List<DenoisingDraws> images, Workers.Parts parts) {
    int pass = config.passImages();
    try (GradientSum sum = new GradientSum()) {
      parts.forEach(
          (images.size() + pass - 1) / pass,
          i -> {
            int from = i * pass;
            int to = Math.min(images.size(), from + pass);
            double share = (double) (to - from) / images.size();
            add(model, images.subList(from, to), share, i, sum);
          });
      adam.step(step, sum.gradient(), parts);
      return sum.loss();
    }
  }

  /** Adds the share of some images in the step's mean loss and its gradient. */
  private void add(
      UNet2D model, List<DenoisingDraws> images, double share, int pass, GradientSum sum) {
    try (PointerScope scope = new PointerScope()) {
      DenoisingBatch batch = DenoisingBatch.of(images, shape, schedule, ScalarType.Float);
      Tensor predicted = model.predict(batch.xt(), batch.timesteps(), batch.labels());
      Tensor loss = DenoisingLoss.perRow(predicted, batch, null).mean();
      if (share < 1) {
        loss = loss.mul(new Scalar(share));
      }
      sum.add(pass, loss.item_float(), model.parameters().gradient(loss));
    }
  }

  private void save(UNet2D model, Adam adam, float[] losses, int next) {
    float[][] state = adam.state();
    Safetensors.Writer writer =
        new Safetensors.Writer()
            .add("next_step", new long[] {next}, 1)
            .add("weights", model.parameters().get(), model.parameters().count())
            .add("adam_mean", state[0], state[0].length)
            .add("adam_square", state[1], state[1].length)
            .add("average", state[2], state[2].length)
            .add("losses", losses, losses.length);
    AtomicFile.write(resumeFile, writer::writeSealedTo);
  }

  private int resume(UNet2D model, Adam adam, float[] losses) {
    if (!Files.exists(resumeFile)) {
      return 0;
    }
    String remedy = "delete it, and " + name + " is trained from its start";
    Safetensors state = Safetensors.open(resumeFile);
    state.requireUnchanged(remedy);
    float[] known = state.floats("losses");
    long[] next = state.longs("next_step");
    if (known.length != losses.length
        || next.length != 1
        || next[0] < 1
        || next[0] > losses.length) {
      throw new JourneyException(resumeFile + " is not of this training: " + remedy + ".");
    }
    model.parameters().set(state.floats("weights"));
    adam.restore(
        new float[][] {
          state.floats("adam_mean"), state.floats("adam_square"), state.floats("average")
        });
    System.arraycopy(known, 0, losses, 0, losses.length);
    return (int) next[0];
  }

  private static String resumeName(String member) {
    return member + "/resume.safetensors";
  }

  private void discardResume() {
    try {
      Files.deleteIfExists(resumeFile);
      // A kill during a save leaves its temporary file.
      Files.deleteIfExists(run.path(resumeName(name) + AtomicFile.TEMPORARY));
    } catch (IOException e) {
      throw new JourneyException(
          "Cannot delete " + resumeFile + ": " + Failures.reason(e) + ".", e);
    }
  }

  private static String lossTable(float[] losses) {
    StringBuilder csv = new StringBuilder("step,loss\n");
    for (int from = 0; from < losses.length; from += LOSS_WINDOW) {
      int to = Math.min(losses.length, from + LOSS_WINDOW);
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += losses[i];
      }
      csv.append(to).append(String.format(Locale.ROOT, ",%.6f%n", sum / (to - from)));
    }
    return csv.toString().replace("\r\n", "\n");
  }
}
