package io.journey.model;

import io.journey.nn.Embedding;
import io.journey.nn.Module;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.nn.TimestepEmbedding;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The embedding of a class, which is added to that of the time: diffusers' {@code class_embedding}.
 */
sealed interface ClassEmbedding extends Module {
  @Override
  default String name() {
    return "class_embedding";
  }

  /** Classes (B) -> (B, E), or (B, 1) where it is the same for all of E */
  Tensor forward(int[] labels, Tape tape);

  /** Returns the embedding a configuration asks for, or null where it has none. */
  static ClassEmbedding of(UNet2DConfig config, Parameters parameters, TimeProjection time) {
    String name = "class_embedding";
    int width = config.timeEmbeddingWidth();
    if (config.classEmbedType() == null) {
      return config.numClassEmbeds() == null
          ? null
          : new Table(new Embedding(parameters, name, config.numClassEmbeds(), width));
    }
    return switch (config.classEmbedType()) {
      case TIMESTEP ->
          new Timestep(time, new TimestepEmbedding(parameters, name, time.width(), width));
      case IDENTITY -> new Identity(parameters);
    };
  }

  /** A row of weights for each class. */
  record Table(Embedding table) implements ClassEmbedding {
    @Override
    public List<Module> children() {
      return List.of(table);
    }

    @Override
    public Tensor forward(int[] labels, Tape tape) {
      for (int label : labels) {
        if (label < 0 || label >= table.rows()) {
          throw new JourneyException(
              "The model knows classes 0 to "
                  + (table.rows() - 1)
                  + " (num_class_embeds) and was asked for class "
                  + label
                  + ": use data with its classes, or another model.");
        }
      }
      return table.forward(Libtorch.of(labels), tape);
    }
  }

  /** The class is taken as a timestep, with linear layers of its own. */
  record Timestep(TimeProjection time, TimestepEmbedding embedding) implements ClassEmbedding {
    @Override
    public List<Module> children() {
      return List.of(embedding);
    }

    @Override
    public Tensor forward(int[] labels, Tape tape) {
      return embedding.forward(time.forward(floats(labels), tape), tape);
    }
  }

  /**
   * The number of the class itself is added everywhere, as diffusers does with {@code class_labels}
   * of shape (B, 1).
   */
  record Identity(Parameters parameters) implements ClassEmbedding {
    @Override
    public List<Module> children() {
      return List.of();
    }

    @Override
    public Tensor forward(int[] labels, Tape tape) {
      return Libtorch.of(floats(labels), parameters.type(), labels.length, 1);
    }
  }

  private static float[] floats(int[] labels) {
    float[] values = new float[labels.length];
    for (int b = 0; b < labels.length; b++) {
      values[b] = labels[b];
    }
    return values;
  }
}
