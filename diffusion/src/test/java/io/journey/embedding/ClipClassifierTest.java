package io.journey.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.array.Safetensors;
import io.journey.dataset.ImageShape;
import io.journey.run.GoldenFiles;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny CLIP against what transformers made of it (tools/golden/make_clip.py). */
class ClipClassifierTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/clip");
  private static final ImageShape SHAPE = new ImageShape(3, 16, 16);

  @TempDir Path folder;

  private static List<String> texts() {
    List<String> texts = new ArrayList<>();
    for (JsonNode text : Json.read(GOLDEN.resolve("texts.json")).get("texts")) {
      texts.add(text.asText());
    }
    return texts;
  }

  private static List<float[]> images(Safetensors golden) {
    List<float[]> images = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      images.add(golden.part("images", (long) i * SHAPE.numel(), SHAPE.numel()));
    }
    return images;
  }

  @Test
  void goldenFilesAreTheOnesThatWereMade() throws IOException {
    assertThat(GoldenFiles.checked(GOLDEN, "")).hasSize(9);
  }

  /** Cosines are brought to ±20 before the softmax: float32 leaves 2·10⁻⁵ of a probability. */
  @Test
  void probabilitiesAreThoseOfTransformers() {
    Safetensors golden = Safetensors.open(GOLDEN.resolve("golden.safetensors"));
    double[] expected = golden.doubles("probabilities");
    try (ClipClassifier clip = ClipClassifier.open(GOLDEN, texts())) {
      assertThat(clip.name()).isEqualTo("CLIP clip");
      assertThat(clip.notes())
          .hasSize(1)
          .first()
          .asString()
          .contains("1 caption has more than the 9 tokens");
      float[][] found = clip.probabilities(images(golden), SHAPE);
      for (int i = 0; i < found.length; i++) {
        for (int k = 0; k < texts().size(); k++) {
          assertThat((double) found[i][k])
              .as("image %d, text %d", i, k)
              .isCloseTo(expected[i * texts().size() + k], within(2e-5));
        }
      }
      try (ClipClassifier other = ClipClassifier.open(GOLDEN, texts().subList(0, 2))) {
        assertThat(other.fingerprint()).hasSize(64).isNotEqualTo(clip.fingerprint());
      }
    }
  }

  @Test
  void lessThanAWholeClipOrThanTwoTextsIsRefused() throws IOException {
    assertThatThrownBy(() -> ClipClassifier.open(GOLDEN, List.of("a cat")))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("two different texts");
    assertThatThrownBy(() -> ClipClassifier.open(GOLDEN, List.of("a cat", "a cat")))
        .isInstanceOf(SettingException.class);
    Path vision = Path.of("src/test/resources/golden/embedding/clip");
    assertThatThrownBy(() -> ClipClassifier.open(vision, List.of("a", "b")))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("no tokenizer");
    for (String file : GoldenFiles.checked(GOLDEN, "")) {
      Files.copy(GOLDEN.resolve(file), folder.resolve(file));
    }
    Safetensors whole = Safetensors.open(GOLDEN.resolve("model.safetensors"));
    Safetensors.Writer writer = new Safetensors.Writer();
    for (String name : whole.names()) {
      if (!name.equals("text_projection.weight") && !name.equals("logit_scale")) {
        long[] shape = whole.shape(name).stream().mapToLong(n -> n).toArray();
        writer.add(name, whole.floats(name), shape);
      }
    }
    io.journey.run.AtomicFile.write(folder.resolve("model.safetensors"), writer::writeTo);
    assertThatThrownBy(() -> ClipClassifier.open(folder, List.of("a", "b")))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("lacks text_projection.weight and lacks logit_scale");
  }
}
