package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.random.Seed;
import io.journey.run.SettingException;
import java.util.OptionalInt;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The configuration of a denoiser that is built of layers: all but its weights. A value. */
public interface DenoiserConfig {
  /**
   * Builds the model. Its weights are announced, and take no memory yet.
   *
   * @throws SettingException if it has more weights than fit an array
   */
  LayeredDenoiser build();

  /**
   * Returns a number of weights that the model has at least, found without building it. It is held
   * against a file before anything is built, so that absurd sizes cost nothing; 0 where it is not
   * known.
   */
  double leastWeights();

  /**
   * Returns the shape of the images.
   *
   * @throws io.journey.run.JourneyException if the configuration does not tell it
   */
  ImageShape shape();

  /** Returns the conditions of which a prediction needs one. */
  ConditioningSpec conditioning();

  /** Returns the timesteps that the model takes. */
  default InputRange timesteps() {
    return InputRange.from(0);
  }

  /** Returns the rows of the table that classes are looked up in; empty where there is none. */
  default OptionalInt classRows() {
    return OptionalInt.empty();
  }

  /** Returns the same architecture for so many classes. */
  default DenoiserConfig withClasses(int classes) {
    throw new SettingException(
        "a " + toDiffusers().path("_class_name").asText() + " has no classes");
  }

  /**
   * Refuses a model that can be evaluated but not trained.
   *
   * @throws SettingException saying why
   */
  default void requireTrainable() {}

  /** Returns diffusers' {@code config.json}, {@code _class_name} included. */
  ObjectNode toDiffusers();

  /** Builds a model with random weights, by PyTorch's default start; each has its own seed. */
  default LayeredDenoiser random(Seed seed, ScalarType type) {
    LayeredDenoiser model = build();
    model.parameters().allocate(type);
    model.parameters().initialize(seed);
    return model;
  }
}
