package io.journey.evaluation.lds;

import io.journey.diffusion.DenoisingDraws;
import io.journey.encoding.Encoders;
import io.journey.evaluation.Redrawing;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.results.lds.GroundTruth;
import io.journey.run.Resource;
import io.journey.run.SettingException;
import io.journey.run.TaskContext;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link GroundTruth} says of a model: a number for every target and step that falls where
 * the model draws the target better.
 */
public sealed interface TruthMeasure extends Serializable {
  /** Returns its name among settings; null for {@link Loss}. */
  String name();

  /** Returns how many draws of noise it takes; null where there is one. */
  Integer draws();

  /** Refuses what cannot be measured, before a model is trained for it. */
  void check();

  /**
   * Measures a model.
   *
   * @param targets T
   * @param steps t, S
   * @param root of the noise, the same for all models
   * @return [2, S, T], for two halves of the noise
   */
  float[] of(
      Checkpoint model, List<Trajectory> targets, int[] steps, Seed root, TaskContext context);

  /**
   * f_t (Georgiev et al., Eq. 3): the loss at x̂0 as the model that drew the target guessed it.
   *
   * @param draws of noise, even: two halves are kept apart
   */
  record Loss(Integer draws) implements TruthMeasure {
    public Loss {
      if (draws < 2 || draws % 2 != 0) {
        throw new SettingException("draws must be even and at least 2, got " + draws);
      }
    }

    @Override
    public String name() {
      return null;
    }

    @Override
    public void check() {}

    @Override
    public float[] of(
        Checkpoint model, List<Trajectory> targets, int[] steps, Seed root, TaskContext context) {
      float[] out = new float[GroundTruth.HALVES * steps.length * targets.size()];
      int at = 0;
      for (int half = 0; half < GroundTruth.HALVES; half++) {
        for (int step : steps) {
          Seed noise = root.child(half).child(step);
          List<DenoisingDraws> asked = new ArrayList<>();
          for (Trajectory target : targets) {
            float[] x0 = target.x0()[target.indexOf(step)];
            asked.add(DenoisingDraws.atStep(x0, target.condition(), step, noise, draws / 2));
          }
          for (float loss : model.losses(asked)) {
            out[at++] = loss;
          }
        }
      }
      return out;
    }
  }

  /**
   * How far the picture is that the model draws from the target's start with its noise: ℓ2 of
   * pixels in [−1, 1]. It knows no step and no other noise: all steps and halves have the same.
   *
   * @param original the ensemble whose first member drew the targets
   * @param file the targets' file
   */
  record Picture(Ensemble original, String file) implements TruthMeasure {
    /** The targets of a file. */
    public static Picture of(Ensemble original, Path file) {
      return new Picture(original, file.toAbsolutePath().toString());
    }

    @Override
    public String name() {
      return GroundTruth.PICTURE;
    }

    @Override
    public Integer draws() {
      return null;
    }

    @Override
    public void check() {
      try (Drawn drawn = new Place(this).open()) {
        drawn.drawing.again(0);
      }
    }

    @Override
    public float[] of(
        Checkpoint model, List<Trajectory> targets, int[] steps, Seed root, TaskContext context) {
      Drawn drawn = context.open(new Place(this));
      int rows = GroundTruth.HALVES * steps.length;
      float[] out = new float[rows * targets.size()];
      for (int t = 0; t < targets.size(); t++) {
        float[] picture = drawn.drawing.by(model, t);
        double distance = drawn.drawing.distance(drawn.drawing.picture(t), picture, t);
        for (int row = 0; row < rows; row++) {
          out[row * targets.size() + t] = (float) distance;
        }
      }
      return out;
    }

    private record Place(Picture asked) implements Resource<Drawn> {
      @Override
      public String key() {
        return "drawn " + asked.file;
      }

      @Override
      public Drawn open() {
        TrajectoryFile file = TrajectoryFile.open(Path.of(asked.file));
        Encoders.Opened encoders = Encoders.of(asked.original).open(file.hasPrompts());
        try {
          Checkpoint first = asked.original.first();
          try {
            return new Drawn(
                new Redrawing(
                    file.sampler(first, encoders.text()),
                    file.read(file.timesteps(), encoders.text()),
                    encoders.codec()),
                encoders);
          } catch (RuntimeException e) {
            first.close();
            throw e;
          }
        } catch (RuntimeException e) {
          encoders.close();
          throw e;
        }
      }
    }

    private record Drawn(Redrawing drawing, Encoders.Opened encoders) implements AutoCloseable {
      @Override
      public void close() {
        drawing.original().checkpoint().close();
        encoders.close();
      }
    }
  }
}
