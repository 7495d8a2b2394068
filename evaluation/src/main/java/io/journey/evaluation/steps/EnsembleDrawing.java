package io.journey.evaluation.steps;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.encoding.Encoders;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import io.journey.run.StageFiles;
import io.journey.sampling.Guidance;
import io.journey.sampling.PictureFile;
import io.journey.sampling.Sampler;
import java.util.Arrays;
import java.util.List;

/**
 * The same noises drawn by several models: picture n of every model is that of {@code journey
 * sample} with this seed.
 *
 * @param ensemble the models
 * @param members which of them
 * @param count pictures of each, at least 2
 * @param inferenceSteps of a drawing
 * @param seed of all noise
 * @param conditions taken in turn: picture n has number n mod size
 * @param guidance of all drawings
 * @param encoders of all models, which decode the pictures
 */
record EnsembleDrawing(
    Ensemble ensemble,
    List<String> members,
    int count,
    int inferenceSteps,
    long seed,
    List<Condition> conditions,
    Guidance guidance,
    Encoders.Opened encoders) {
  EnsembleDrawing {
    if (count < 2) {
      throw new SettingException(
          "count must be at least 2, to compare with other noise, got " + count);
    }
  }

  /** The shape of all models' pictures, and the fingerprint of each. */
  record Models(ImageShape shape, ObjectNode fingerprints) {}

  /**
   * Looks at every model once.
   *
   * @throws JourneyException if they draw images of different shapes or at different steps: the
   *     same noise would not be the same
   */
  Models models() {
    ObjectNode fingerprints = Json.object();
    ImageShape shape = null;
    int[] timesteps = null;
    for (String member : members) {
      try (Checkpoint checkpoint = ensemble.load(member)) {
        Sampler sampler = sampler(checkpoint);
        checkpoint.inputs().conditioning().requireChoice(conditions);
        checkpoint.inputs().requireTimesteps(sampler.timesteps());
        if (shape != null
            && (!shape.equals(checkpoint.model().shape())
                || !Arrays.equals(timesteps, sampler.timesteps()))) {
          throw new JourneyException(
              ensemble.directory()
                  + " has models of different shapes or steps ("
                  + members.get(0)
                  + ", "
                  + member
                  + "): compare models that can share their noise.");
        }
        shape = checkpoint.model().shape();
        timesteps = sampler.timesteps();
        fingerprints.put(member, checkpoint.fingerprint());
      }
    }
    return new Models(encoders.codec().imageShape(shape), fingerprints);
  }

  private Sampler sampler(Checkpoint checkpoint) {
    return Sampler.of(checkpoint, inferenceSteps).withGuidance(guidance, encoders.text());
  }

  /** Draws what is missing, model by model. */
  void run(StageFiles run, RunContext context) {
    for (String member : members) {
      if (!run.has(file(member))) {
        try (Checkpoint checkpoint = ensemble.load(member)) {
          float[][] pictures = draw(checkpoint, context);
          ImageShape shape = encoders.codec().imageShape(checkpoint.model().shape());
          run.write(file(member), PictureFile.content(pictures, shape));
        }
      }
    }
  }

  private float[][] draw(Checkpoint checkpoint, RunContext context) {
    Sampler sampler = sampler(checkpoint);
    ImageShape sampled = checkpoint.model().shape();
    float[][] pictures = new float[count][];
    String title = "Sampling " + Counted.of(count, "pictures") + " with " + checkpoint.name();
    try (Progress.Task task = context.progress().start(title, count, "pictures")) {
      context
          .workers()
          .forEach(
              count,
              n -> {
                Condition condition = conditions.get(n % conditions.size());
                float[][] drawn = {sampler.sample(Sampler.seed(seed, n), condition).image()};
                pictures[n] = encoders.codec().decode(drawn, sampled)[0];
                task.advance(1);
              });
    }
    return pictures;
  }

  /** Reads the pictures of all members, [M][N][C·H·W]. */
  float[][][] read(StageFiles run, ImageShape shape) {
    float[][][] pictures = new float[members.size()][][];
    for (int m = 0; m < pictures.length; m++) {
      pictures[m] = PictureFile.read(run.path(file(members.get(m))), count, shape);
    }
    return pictures;
  }

  static String file(String member) {
    return member + ".npy";
  }
}
