package io.journey.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors;
import io.journey.dataset.ImageShape;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import io.journey.run.Manifest;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A network that {@link ClassifierTrainer} has trained on a data set's labels. Its vectors are the
 * numbers that classes are read from; it takes images of the shape it was trained on alone.
 */
public final class Classifier implements Embedder {
  /** The kind of run directory. */
  public static final String KIND = "classifier";

  static final String WEIGHTS = "weights.safetensors";
  static final String DESCRIPTION = "classifier.json";

  private final ConvNet net;
  private final List<String> classNames;
  private final String fingerprint;
  private final int heldOutImages;
  private final double accuracy;

  private Classifier(ConvNet net, ObjectNode description, String fingerprint) {
    this.net = net;
    this.classNames = names(description);
    this.fingerprint = fingerprint;
    this.heldOutImages = description.path("held_out").path("images").asInt();
    this.accuracy = description.path("held_out").path("accuracy").asDouble();
  }

  /**
   * Opens what {@link ClassifierTrainer} has written.
   *
   * @throws JourneyException if it is missing, unfinished or damaged
   */
  public static Classifier open(Path directory) {
    Manifest manifest = Manifest.read(directory, KIND);
    Path file = manifest.verified(DESCRIPTION);
    ObjectNode description = Json.read(file);
    ConvNetConfig config = config(description, file.toString());
    Safetensors weights = Safetensors.open(manifest.verified(WEIGHTS));
    return new Classifier(ConvNet.read(config, weights), description, manifest.fingerprint());
  }

  private static ConvNetConfig config(ObjectNode json, String where) {
    if (!JsonType.WHOLE.accepts(json.path("format")) || json.get("format").intValue() != 1) {
      throw new JourneyException(
          where + " has format " + json.path("format") + ", expected 1: use the Journey it is of.");
    }
    JsonNode image = json.path("image");
    for (String side : List.of("channels", "height", "width")) {
      JsonType.WHOLE.require(image.path(side), "image." + side, where);
    }
    JsonType.WHOLE.require(json.path("width"), "width", where);
    JsonType.WHOLE.require(json.path("features"), "features", where);
    JsonType.TEXTS.require(json.path("classes"), "classes", where);
    JsonType.WHOLE.require(json.path("held_out").path("images"), "held_out.images", where);
    JsonType.NUMBER.require(json.path("held_out").path("accuracy"), "held_out.accuracy", where);
    try {
      return new ConvNetConfig(
          new ImageShape(
              image.path("channels").asInt(),
              image.path("height").asInt(),
              image.path("width").asInt()),
          json.path("classes").size(),
          json.path("width").asInt(),
          json.path("features").asInt());
    } catch (IllegalArgumentException e) {
      throw new JourneyException(where + " describes no network: " + e.getMessage() + ".", e);
    }
  }

  private static List<String> names(ObjectNode description) {
    List<String> names = new ArrayList<>();
    description.path("classes").forEach(name -> names.add(name.asText()));
    return List.copyOf(names);
  }

  @Override
  public String name() {
    return "classifier trained on the data (" + Counted.of(classNames.size(), "classes") + ")";
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int dim() {
    return net.config().features();
  }

  /** Returns the shape of images it takes. */
  public ImageShape shape() {
    return net.config().shape();
  }

  /** K names, in the order of {@link #probabilities}. */
  public List<String> classNames() {
    return classNames;
  }

  /** Returns the share of held-out images whose class it names, 0..1. */
  public double accuracy() {
    return accuracy;
  }

  /** Returns how many images were held out of training. */
  public int heldOutImages() {
    return heldOutImages;
  }

  @Override
  public float[][] embed(List<float[]> images, ImageShape shape) {
    return oneByOne(images, shape, net::features);
  }

  /**
   * Returns how probable it holds each class.
   *
   * @param images each C·H·W numbers in [-1, 1]
   * @param shape of all of them
   * @return [images, K], each row with the sum 1
   * @throws JourneyException if it was trained on images of another shape
   */
  public float[][] probabilities(List<float[]> images, ImageShape shape) {
    return oneByOne(images, shape, x -> net.logits(net.features(x)).softmax(1));
  }

  /** A batch could round an image's numbers otherwise with other images beside it. */
  private float[][] oneByOne(
      List<float[]> images, ImageShape shape, UnaryOperator<Tensor> network) {
    if (!shape.equals(shape())) {
      throw new JourneyException(
          "The classifier takes images of "
              + shape()
              + ", these are "
              + shape
              + ": train one on images of their size.");
    }
    Libtorch.singleThreaded();
    float[][] out = new float[images.size()][];
    try (NoGradGuard guard = new NoGradGuard()) {
      for (int i = 0; i < out.length; i++) {
        try (PointerScope scope = new PointerScope()) {
          out[i] = Libtorch.floats(network.apply(rows(images.get(i), 1, shape)));
        }
      }
    }
    return out;
  }

  /** Images side by side as [count, C, H, W]. */
  static Tensor rows(float[] pixels, int count, ImageShape shape) {
    return Libtorch.of(
        pixels, ScalarType.Float, count, shape.channels(), shape.height(), shape.width());
  }

  @Override
  public void close() {
    net.close();
  }
}
