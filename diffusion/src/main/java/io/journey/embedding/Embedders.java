package io.journey.embedding;

import io.journey.run.JourneyException;
import java.nio.file.Files;

/** Opens embedders from what a user types. */
public final class Embedders {
  private Embedders() {}

  /**
   * Opens an embedder; forms and options are described in {@code docs/formats/embeddings.md}.
   *
   * @param spec {@code classifier:DIR}, {@code clip:DIR}, {@code onnx:FILE[?options]} or {@code
   *     torchscript:FILE?size=SIDE[&options]}
   * @return the embedder, to be closed
   * @throws JourneyException if the spec is wrong, or what it names is missing or damaged
   */
  public static Embedder open(String spec) {
    EmbedderSpec parsed = EmbedderSpec.parse(spec);
    if (!Files.exists(parsed.path())) {
      throw new JourneyException(
          "There is no file or directory " + parsed.path() + ": check the path of the embedder.");
    }
    return switch (parsed.kind()) {
      case CLASSIFIER -> Classifier.open(parsed.path());
      case CLIP -> ClipEmbedder.open(parsed.path());
      case ONNX -> onnx(parsed);
      case TORCHSCRIPT -> TorchScriptEmbedder.open(parsed);
    };
  }

  private static Embedder onnx(EmbedderSpec spec) {
    try {
      return OnnxEmbedder.open(spec);
    } catch (NoClassDefFoundError e) {
      throw new JourneyException(
          "ONNX Runtime, which "
              + spec.text()
              + " needs, is not installed: build Journey once with ./mvnw -q -Ponnx -DskipTests"
              + " package.",
          e);
    }
  }
}
