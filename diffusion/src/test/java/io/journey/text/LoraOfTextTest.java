package io.journey.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Safetensors;
import io.journey.model.LoraFile;
import io.journey.model.LoraFile.Part;
import io.journey.nn.Parameter;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a LoRA changes of a text encoder is added to its weights. */
class LoraOfTextTest {
  private static final float[] A = {1, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, -1}; // [2, 8]
  private static final float[] B = {1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0}; // [8, 2]

  @TempDir Path folder;

  private static TextEncoder encoder() {
    return TextEncoder.random(Seed.of(7), List.of("a cat"), 8, 2, 2, 9);
  }

  private LoraFile lora(String down, String up, String alpha) {
    Safetensors.Writer writer = new Safetensors.Writer().add(down, A, 2, 8).add(up, B, 8, 2);
    if (alpha != null) {
      writer.add(alpha, new float[] {4});
    }
    Path file = folder.resolve("lora.safetensors");
    AtomicFile.write(file, writer::writeTo);
    return LoraFile.open(file);
  }

  @ParameterizedTest
  @CsvSource({
    "lora_te_text_model_encoder_layers_1_self_attn_q_proj.lora_down.weight,"
        + "lora_te_text_model_encoder_layers_1_self_attn_q_proj.lora_up.weight,"
        + "lora_te_text_model_encoder_layers_1_self_attn_q_proj.alpha",
    "text_encoder.text_model.encoder.layers.1.self_attn.q_proj.lora_A.weight,"
        + "text_encoder.text_model.encoder.layers.1.self_attn.q_proj.lora_B.weight,",
    "text_encoder.text_model.encoder.layers.1.self_attn.q_proj.lora_linear_layer.down.weight,"
        + "text_encoder.text_model.encoder.layers.1.self_attn.q_proj.lora_linear_layer.up.weight,",
    "text_encoder.text_model.encoder.layers.1.self_attn.to_q_lora.down.weight,"
        + "text_encoder.text_model.encoder.layers.1.self_attn.to_q_lora.up.weight,",
    "base_model.model.text_model.encoder.layers.1.self_attn.q_proj.lora_A.weight,"
        + "base_model.model.text_model.encoder.layers.1.self_attn.q_proj.lora_B.weight,",
  })
  void everySchemeChangesTheWeightByItsScaleTimesBa(String down, String up, String alpha) {
    double scale = alpha == null ? 1 : 2; // 4 of rank 2
    LoraFile lora = lora(down, up, alpha);
    assertThat(lora.changes(Part.UNET)).isFalse();
    try (TextEncoder plain = encoder();
        TextEncoder changed = encoder()) {
      changed.merge(lora);
      for (int p = 0; p < plain.model().parameters().list().size(); p++) {
        Parameter before = plain.model().parameters().list().get(p);
        float[] old = before.get();
        float[] now = changed.model().parameters().list().get(p).get();
        boolean own = before.name().equals("encoder.layers.1.self_attn.q_proj.weight");
        for (int i = 0; i < now.length; i++) {
          double change = own ? B[i / 8 * 2] * A[i % 8] + B[i / 8 * 2 + 1] * A[8 + i % 8] : 0;
          assertThat((double) now[i]).isCloseTo(old[i] + scale * change, within(1e-6));
        }
      }
      assertThat(changed.fingerprint()).isNotEqualTo(plain.fingerprint());
      assertThat(changed.encode("a cat")).isNotEqualTo(plain.encode("a cat"));
      assertThat(changed.notes())
          .singleElement()
          .asString()
          .contains("1 layer of the text encoder");
      assertThat(plain.notes()).isEmpty();
    }
  }

  @Test
  void aLoraOfAUNetAloneChangesNoTextEncoder() {
    LoraFile lora = lora("unet.mid.to_q.lora_A.weight", "unet.mid.to_q.lora_B.weight", null);
    try (TextEncoder encoder = encoder()) {
      assertThatThrownBy(() -> encoder.merge(lora))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("changes nothing of the text encoder");
    }
  }
}
