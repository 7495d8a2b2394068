package io.journey.features;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.dataset.Dataset;
import io.journey.diffusion.OutputFunction;
import io.journey.encoding.Encoders;
import io.journey.encoding.Encoding;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.GradientMethod;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.nn.Parameter;
import io.journey.preconditioner.Preconditioner;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.StageWork;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What the stages have in common that make features: the checkpoints, the images, and how gradients
 * of the one become numbers of the other.
 *
 * @param config with the method of gradients decided
 * @param ensemble the checkpoints
 * @param data the training examples, as the checkpoints see them where {@code encoding} is null
 * @param encoding makes of {@code data} what the checkpoints see; null: that is {@code data} itself
 * @param checkpoints the fingerprint of each
 * @param weights the names and shapes of the weights that gradients are taken of
 */
record FeaturePath(
    FeaturizerConfig config,
    Ensemble ensemble,
    Dataset data,
    Encoding encoding,
    Map<String, String> checkpoints,
    ObjectNode weights)
    implements Serializable {
  /**
   * Looks at every checkpoint once.
   *
   * @throws JourneyException if one does not take these images, or they differ in their weights
   */
  static FeaturePath of(FeaturizerConfig config, Ensemble ensemble, Dataset data) {
    Encoding encoding = Encoders.missingEncoding(ensemble, data).orElse(null);
    FeaturizerConfig resolved = config;
    Map<String, String> checkpoints = new LinkedHashMap<>();
    ObjectNode weights = null;
    for (String member : ensemble.checkpointNames()) {
      try (Checkpoint checkpoint = ensemble.load(member)) {
        if (checkpoint.inputs().conditioning().takesCaptions()
            && data.captionsOf(0).isEmpty()
            && (encoding == null || !encoding.hasStates())) {
          throw Encoders.withoutText();
        }
        checkpoint.requireTuned();
        if (encoding == null) {
          checkpoint.inputs().requireImages(data);
        } else {
          encoding.requireTakenBy(checkpoint.inputs());
        }
        checkpoint.inputs().requireAllTimesteps(checkpoint.schedule().steps());
        checkpoints.put(member, checkpoint.fingerprint());
        ObjectNode shapes = FeatureStore.shapes(selected(config, checkpoint));
        if (weights != null && !weights.equals(shapes)) {
          throw new JourneyException(
              member
                  + " has other weights than the checkpoints before it: featurize checkpoints of"
                  + " one architecture together.");
        }
        weights = shapes;
        if (resolved.method() == null) {
          resolved = config.withMethod(GradientMethod.fasterFor(checkpoint.model()));
        }
      }
    }
    return new FeaturePath(resolved, ensemble, data, encoding, checkpoints, weights);
  }

  /** Returns what there is to say before the work, each a sentence. */
  List<String> notes() {
    return encoding == null ? List.of() : encoding.notes();
  }

  /** Returns the same on the encoded data, which it makes where they are not made yet. */
  FeaturePath encoded(StageWork work) {
    return encoding == null
        ? this
        : new FeaturePath(
            config, ensemble, work.run(encoding, Encoding.FOLDER), null, checkpoints, weights);
  }

  /** Returns the fingerprints of data and checkpoints, and the weights. */
  ObjectNode inputs() {
    ObjectNode inputs = encoding == null ? data.inputs() : encoding.dataInputs();
    inputs.set("checkpoints", Json.tree(checkpoints));
    inputs.set(FeatureStore.WEIGHTS, weights);
    return inputs;
  }

  /** Loads a checkpoint to compute in the precision asked for; the caller closes it. */
  Checkpoint load(String member) {
    return ensemble.load(
        member, config.precision() == DType.BF16 ? ScalarType.BFloat16 : ScalarType.Float);
  }

  /** Returns the gradients of a checkpoint. */
  ExampleGradients gradients(Checkpoint checkpoint) {
    return config.method().create(checkpoint.model(), checkpoint.schedule(), config.function());
  }

  /** Returns the gradients that the preconditioner is fitted to. */
  ExampleGradients fitted(Checkpoint checkpoint) {
    OutputFunction output = isGaussNewton() ? OutputFunction.PROBE : config.function();
    return config.method().create(checkpoint.model(), checkpoint.schedule(), output);
  }

  /** Returns whether the preconditioner is fitted to gradients of random outputs. */
  boolean isGaussNewton() {
    return config.preconditioner().kind() == PreconditionerConfig.Kind.EKFAC_GN;
  }

  /** Returns the weights of a checkpoint that gradients are taken of. */
  List<Parameter> selected(Checkpoint checkpoint) {
    return selected(config, checkpoint);
  }

  private static List<Parameter> selected(FeaturizerConfig config, Checkpoint checkpoint) {
    return config.parameters().select(checkpoint.model().parameters().list(), checkpoint.name());
  }

  /** Returns the seed of a checkpoint's draws. */
  Seed seed(String member) {
    return Seed.of(config.seed()).child("features").child(member);
  }

  /** Returns the seed of a checkpoint's projection: another for each. */
  static Seed projectionSeed(long seed, String member) {
    return Seed.of(seed).child("projection").child(member);
  }

  /**
   * Returns the path of a checkpoint's gradients.
   *
   * @param fitted the file of the preconditioner; null: gradients go without
   */
  GradientPipeline pipeline(Checkpoint checkpoint, Path fitted) {
    List<Parameter> chosen = selected(checkpoint);
    return new GradientPipeline(
        gradients(checkpoint),
        chosen,
        fitted == null ? Preconditioner.NONE : config.preconditioner().open(chosen, fitted),
        config.projection().create(chosen, projectionSeed(config.seed(), checkpoint.name())));
  }

  /** The sentence on a gradient with a number that is not finite. */
  static JourneyException notFinite(String member, String id) {
    return new JourneyException(
        "The gradient of "
            + member
            + " for "
            + id
            + " is not finite: that checkpoint cannot be attributed, train it anew.");
  }
}
