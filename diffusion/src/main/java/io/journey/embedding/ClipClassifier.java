package io.journey.embedding;

import io.journey.array.NamedTensors;
import io.journey.dataset.ImageShape;
import io.journey.model.WeightFiles;
import io.journey.run.Checksums;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import io.journey.text.TextEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Says which of some texts fits a picture best, without training: a whole CLIP in a Hugging Face
 * folder, with both of its models and its tokenizer (Radford et al. 2021, section 3.1). A text is
 * as near to a picture as the cosine of their vectors; probabilities are the softmax of the cosines
 * times the model's own exp({@code logit_scale}): transformers' {@code
 * CLIPModel.logits_per_image.softmax(1)}. Safe for many threads; holds native memory until it is
 * closed.
 */
public final class ClipClassifier implements AutoCloseable {
  private static final String PROJECTION = "text_projection.weight";
  private static final String SCALE = "logit_scale";

  private final ClipEmbedder images;
  private final List<String> texts;
  private final List<String> notes;
  private final double[][] directions; // of the texts, each of length 1
  private final double scale;
  private final String fingerprint;

  private ClipClassifier(
      ClipEmbedder images, TextEncoder encoder, NamedTensors weights, List<String> texts) {
    this.images = images;
    this.texts = List.copyOf(texts);
    float[] projection = weights.floats(PROJECTION); // (P, D)
    this.directions =
        texts.stream()
            .map(text -> direction(project(projection, encoder.pooled(text))))
            .toArray(double[][]::new);
    this.scale = Math.exp(weights.floats(SCALE)[0]);
    if (!(scale < Double.POSITIVE_INFINITY)
        || Arrays.stream(directions).flatMapToDouble(Arrays::stream).anyMatch(Double::isNaN)) {
      throw new JourneyException(
          weights.file()
              + " has numbers that are not finite, or a text without a direction, in "
              + PROJECTION
              + " or "
              + SCALE
              + ": fetch the CLIP again.");
    }
    this.notes = encoder.notes();
    this.fingerprint = fingerprint(encoder);
  }

  /**
   * Opens a folder, and makes a vector of each text.
   *
   * @param texts two or more, each once
   * @throws JourneyException if the folder holds no CLIP, or only one of its two models
   */
  public static ClipClassifier open(Path folder, List<String> texts) {
    if (texts.size() < 2 || texts.stream().distinct().count() < texts.size()) {
      throw new SettingException(
          "give two different texts or more to choose between, as with --prompt 'white blouse'"
              + " --prompt 'dark blouse'");
    }
    ClipEmbedder images = ClipEmbedder.open(folder);
    try (TextEncoder encoder = TextEncoder.open(folder)) {
      NamedTensors weights = WeightFiles.ofTransformers(folder, "the model");
      requireWhole(weights, List.of((long) images.dim(), (long) encoder.width()));
      return new ClipClassifier(images, encoder, weights, texts);
    } catch (RuntimeException e) {
      images.close();
      throw e;
    }
  }

  private static void requireWhole(NamedTensors weights, List<Long> shape) {
    List<String> problems = new ArrayList<>();
    for (String name : List.of(PROJECTION, "visual_projection.weight", SCALE)) {
      if (!weights.names().contains(name)) {
        problems.add("lacks " + name);
      }
    }
    if (problems.isEmpty() && !weights.shape(PROJECTION).equals(shape)) {
      problems.add(
          "has "
              + PROJECTION
              + " "
              + Failures.quoted(weights.shape(PROJECTION).toString())
              + ", expected "
              + shape);
    }
    if (problems.isEmpty() && weights.shape(SCALE).stream().mapToLong(n -> n).sum() > 1) {
      problems.add("has " + SCALE + " of several numbers");
    }
    if (!problems.isEmpty()) {
      throw new JourneyException(
          weights.file()
              + " "
              + String.join(" and ", problems)
              + ": name the folder of a whole CLIP, with its text model, its vision model and both"
              + " projections.");
    }
  }

  private static double[] project(float[] projection, float[] state) {
    double[] out = new double[projection.length / state.length];
    for (int p = 0; p < out.length; p++) {
      for (int d = 0; d < state.length; d++) {
        out[p] += (double) projection[p * state.length + d] * state[d];
      }
    }
    return out;
  }

  private static double[] direction(double[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    double[] out = new double[vector.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = vector[i] / length;
    }
    return out;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private String fingerprint(TextEncoder encoder) {
    MessageDigest digest = Checksums.sha256();
    digest.update((images.fingerprint() + encoder.fingerprint()).getBytes(StandardCharsets.UTF_8));
    for (String text : texts) {
      digest.update(Checksums.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Returns its name, as a person should read it: "CLIP clip-vit-base-patch32". */
  public String name() {
    return images.name();
  }

  /** SHA-256 of everything that decides its answers, in hexadecimal; the texts are part of it. */
  public String fingerprint() {
    return fingerprint;
  }

  /** Returns the texts. */
  public List<String> texts() {
    return texts;
  }

  /** Returns what there is to say of the texts, each a sentence: that one was too long. */
  public List<String> notes() {
    return notes;
  }

  /**
   * Returns how likely each picture is to be meant by each text.
   *
   * @param pictures each C·H·W numbers in [-1, 1], order C, H, W
   * @param shape of all of them
   * @return [pictures, texts], the sum of a row 1
   */
  public float[][] probabilities(List<float[]> pictures, ImageShape shape) {
    float[][] vectors = images.embed(pictures, shape);
    float[][] out = new float[vectors.length][];
    for (int n = 0; n < out.length; n++) {
      out[n] = softmax(cosines(vectors[n]));
    }
    return out;
  }

  private double[] cosines(float[] vector) {
    double[] wide = new double[vector.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = vector[i];
    }
    double[] picture = direction(wide);
    double[] cosines = new double[directions.length];
    for (int k = 0; k < cosines.length; k++) {
      cosines[k] = dot(directions[k], picture);
    }
    return cosines;
  }

  private float[] softmax(double[] cosines) {
    double sum = 0;
    double largest = Arrays.stream(cosines).max().orElseThrow();
    double[] weights = new double[cosines.length];
    for (int k = 0; k < weights.length; k++) {
      weights[k] = Math.exp(scale * (cosines[k] - largest));
      sum += weights[k];
    }
    float[] out = new float[weights.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = (float) (weights[k] / sum);
    }
    return out;
  }

  @Override
  public void close() {
    images.close();
  }
}
