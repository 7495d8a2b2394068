package io.journey.sampling;

import io.journey.condition.CaptionEncoder;
import io.journey.condition.Condition;
import io.journey.dataset.ImageShape;
import io.journey.dataset.PictureFiles.Picture;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Makes targets of pictures that no model drew. They have no trajectory: x̂0 is the picture at
 * every step. What is asked is how likely the model finds the picture at that level of noise.
 *
 * @param checkpoint tells the shape and the noise schedule
 * @param codec encodes pictures where the model works on latents
 */
public record PictureTargets(Checkpoint checkpoint, LatentCodec codec) {
  /** What a score of such a target says, after "The model did not draw …: ". */
  public static final String ASKED =
      "at every step x̂0 is the picture itself, and a score tells how far a training image makes the"
          + " model find it likely at that level of noise, not how it was drawn.";

  /**
   * Returns the condition of a picture of which nothing is said: no words, or no class.
   *
   * @param encoder of the model's captions; null: it takes none
   * @return empty where the model must be told a class
   */
  public Optional<Condition> untold(CaptionEncoder encoder) {
    if (encoder != null) {
      return Optional.of(new Condition.Prompt("").resolve(encoder));
    }
    if (checkpoint.inputs().conditioning().isEmpty()) {
      return Optional.of(Condition.NONE);
    }
    OptionalInt none = checkpoint.classNames().nullClass();
    return none.isEmpty()
        ? Optional.empty()
        : Optional.of(new Condition.ClassLabel(none.getAsInt()));
  }

  /** Returns the shape of the pictures that can be asked about. */
  public ImageShape pictureShape() {
    return codec.imageShape(checkpoint.model().shape());
  }

  /**
   * Returns pictures as targets.
   *
   * @param pictures of {@link #pictureShape()}
   * @param conditions one for each
   * @param steps t of all
   * @param seed the root of the noise that they are shown with; scores do not depend on it
   * @throws io.journey.run.SettingException if the model has no such step
   */
  public List<Trajectory> of(
      List<Picture> pictures, List<Condition> conditions, int[] steps, long seed) {
    for (int step : steps) {
      checkpoint.schedule().requireStep(step);
    }
    ImageShape shape = pictureShape();
    List<Trajectory> targets = new ArrayList<>();
    for (int n = 0; n < pictures.size(); n++) {
      float[] latent = codec.encode(new float[][] {pictures.get(n).image()}, shape)[0];
      targets.add(
          Trajectory.ofPicture(
              pictures.get(n).name(),
              checkpoint.model().shape(),
              latent,
              conditions.get(n),
              checkpoint.schedule(),
              steps,
              seed));
    }
    return targets;
  }
}
