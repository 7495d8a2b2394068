package io.journey.report;

import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.condition.ConditionColumn;
import io.journey.dataset.ImageShape;
import io.journey.results.Attribution;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pictures an attribution explains: x_t and x̂0 at every step, the final one, and the mask. */
public final class TargetImages {
  private static final String NOISY = "xt";
  private static final String PREDICTED = "x0";
  private static final String IMAGE = "image";
  private static final String MASK = "mask";

  private final Safetensors tensors;
  private final int targets;
  private final ImageShape shape;
  private final List<Condition> conditions;

  private TargetImages(Safetensors tensors, int targets, ImageShape shape) {
    this.tensors = tensors;
    this.targets = targets;
    this.shape = shape;
    this.conditions = ConditionColumn.read(tensors, targets, "make the attribution again");
  }

  /**
   * Opens the pictures of an attribution.
   *
   * @throws JourneyException if they are damaged or do not fit its scores
   */
  public static TargetImages of(Attribution attribution) {
    Manifest manifest = attribution.manifest();
    Safetensors tensors = Safetensors.open(manifest.verified(Attribution.TARGETS));
    List<Long> finalShape = tensors.entry(IMAGE).shape();
    if (finalShape.size() != 4
        || finalShape.stream().anyMatch(side -> side < 1 || side > Integer.MAX_VALUE)) {
      throw misfit(tensors, IMAGE, finalShape, "[targets, C, H, W]");
    }
    ImageShape shape =
        new ImageShape(
            Math.toIntExact(finalShape.get(1)),
            Math.toIntExact(finalShape.get(2)),
            Math.toIntExact(finalShape.get(3)));
    TargetImages images = new TargetImages(tensors, attribution.targets(), shape);
    long[] dims = {attribution.targets(), shape.channels(), shape.height(), shape.width()};
    images.expect(IMAGE, dims);
    long[] all = {attribution.steps().length, dims[0], dims[1], dims[2], dims[3]};
    images.expect(NOISY, all);
    images.expect(PREDICTED, all);
    if (images.isMaskOfEach()) {
      images.expect(MASK, attribution.targets(), shape.height(), shape.width());
    } else if (images.hasMask()) {
      images.expect(MASK, shape.height(), shape.width());
    }
    return images;
  }

  private void expect(String name, long... dims) {
    List<Long> expected = Arrays.stream(dims).boxed().toList();
    List<Long> found = tensors.entry(name).shape();
    if (!found.equals(expected)) {
      throw misfit(tensors, name, found, expected.toString());
    }
  }

  private static JourneyException misfit(
      Safetensors tensors, String name, List<Long> found, String expected) {
    return new JourneyException(
        tensors.file()
            + " has "
            + name
            + " of shape "
            + found
            + ", expected "
            + expected
            + ": make the attribution again.");
  }

  /** Returns the attribution they belong to. */
  Path directory() {
    return tensors.file().toAbsolutePath().getParent();
  }

  /** Returns the shape of every picture. */
  public ImageShape shape() {
    return shape;
  }

  /** Returns the origin that the file names: the sampler's seed, the model. */
  public Map<String, String> metadata() {
    Map<String, String> origin = new LinkedHashMap<>(tensors.metadata());
    origin.remove(ConditionColumn.PROMPTS);
    return origin;
  }

  /**
   * Returns the latent at a step.
   *
   * @param step an index into the attribution's steps
   * @return [C·H·W], beyond [-1, 1] where it is noise
   */
  public float[] noisy(int step, int target) {
    return image(NOISY, step * targets + target);
  }

  /** Returns the one-step estimate of the final picture, [C·H·W]. */
  public float[] predicted(int step, int target) {
    return image(PREDICTED, step * targets + target);
  }

  /** Returns the final picture, [C·H·W] in [-1, 1]. */
  public float[] finished(int target) {
    return image(IMAGE, target);
  }

  /** Returns the condition that a picture was drawn under. */
  public Condition condition(int target) {
    return conditions.get(target);
  }

  private float[] image(String name, long index) {
    return tensors.part(name, index * shape.numel(), shape.numel());
  }

  /** Returns whether only a part of the pictures was attributed. */
  public boolean hasMask() {
    return tensors.names().contains(MASK);
  }

  private boolean isMaskOfEach() {
    return hasMask() && tensors.entry(MASK).shape().size() > 2;
  }

  /**
   * Returns the part of a picture that was attributed, [H·W]: 1 inside, 0 outside.
   *
   * @return null where it was all of it
   */
  public float[] mask(int target) {
    if (!hasMask()) {
      return null;
    }
    int pixels = shape.height() * shape.width();
    float[] mask = tensors.part(MASK, isMaskOfEach() ? (long) target * pixels : 0, pixels);
    for (float value : mask) {
      if (value != 1) {
        return mask;
      }
    }
    return null;
  }
}
