package io.journey.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.encoding.Encoders;
import io.journey.latent.Autoencoders;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.LoraSpec;
import io.journey.random.Seed;
import io.journey.run.GoldenFiles;
import io.journey.run.Progress;
import io.journey.run.Versions;
import io.journey.text.TextEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A small Stable Diffusion pipeline, drawn under guidance with a prompt and a negative prompt:
 * every latent against diffusers' {@code StableDiffusionPipeline}. Its scheduler's file asks for
 * clipping and an offset of 0, which that pipeline does not obey; with either the latents would
 * differ by far.
 */
class PipelineGoldenTest {
  /** Other libraries round states of text otherwise: 3.5e-4 at most was seen of libtorch 2.11. */
  private static final float TOLERANCE =
      System.getProperty(Versions.OTHER_LIBTORCH) == null ? 2e-4f : 1e-3f;

  private static final Path FOLDER = Path.of("src/test/resources/golden/pipeline");

  private static final Path LORA = Path.of("src/test/resources/golden/pipeline-lora");

  @Test
  void everyLatentIsThatOfStableDiffusionsPipeline() throws IOException {
    GoldenFiles.checked(FOLDER, "");
    Safetensors golden = Safetensors.open(FOLDER.resolve("golden.safetensors"));
    CheckpointSpec spec = CheckpointSpec.of(FOLDER);
    try (Checkpoint checkpoint = Checkpoint.read(spec, ScalarType.Double);
        TextEncoder encoder = TextEncoder.open(FOLDER);
        LatentCodec codec = Autoencoders.ofPipeline(FOLDER)) {
      float[][] latents = drawn(checkpoint, encoder, golden, "");
      float[] decoded = codec.decode(latents, checkpoint.model().shape())[0];
      float[] expected = floats(golden, "decoded");
      for (int i = 0; i < expected.length; i++) {
        assertThat(decoded[i]).isCloseTo(expected[i], within(1e-4f));
      }
    }
  }

  /** peft's LoRA of the U-Net and of the text encoder (tools/golden/make_pipeline_lora.py). */
  @ParameterizedTest
  @CsvSource({"1, ''", "0.5, half."})
  void aLoraOnThePipelineGivesTheLatentsOfPeft(double scale, String name) throws IOException {
    GoldenFiles.checked(LORA, "");
    Safetensors golden = Safetensors.open(LORA.resolve("golden.safetensors"));
    CheckpointSpec spec = CheckpointSpec.of(FOLDER).withLora(new LoraSpec(LORA, scale));
    try (Checkpoint with = Checkpoint.read(spec, ScalarType.Double);
        Checkpoint merged = Checkpoint.readMerged(spec, ScalarType.Double);
        TextEncoder encoder = Encoders.of(spec).text()) {
      assertThat(encoder.notes()).anyMatch(note -> note.contains("8 layers of the text encoder"));
      drawn(with, encoder, golden, name);
      drawn(merged, encoder, golden, name);
    }
  }

  /** Draws from the first latents of a golden file and compares every step. */
  private static float[][] drawn(
      Checkpoint checkpoint, TextEncoder encoder, Safetensors golden, String name) {
    Sampler sampler = Sampler.of(checkpoint, 5).withGuidance(new Guidance(7.5, "glossy"), encoder);
    int[] timesteps = sampler.timesteps();
    assertThat(timesteps).containsExactly(801, 601, 401, 201, 1);
    Condition prompt = new Condition.Prompt("a cat and a dog, flat").resolve(encoder);
    float[][] latents = {floats(golden, name + "latents.0")};
    for (int step = 0; step < timesteps.length; step++) {
      latents =
          sampler.advance(
              latents, step, step + 1, prompt, List.of(Seed.of(0)), Progress.Task.SILENT);
      float[] expected = floats(golden, name + "latents." + (step + 1));
      for (int i = 0; i < expected.length; i++) {
        // Latents up to 26, rounded to float32 before every step; states of text are float32, and
        // their rounding grows by guidance.
        assertThat(latents[0][i])
            .as("latent %d after step %d", i, step)
            .isCloseTo(expected[i], within(TOLERANCE));
      }
    }
    return latents;
  }

  private static float[] floats(Safetensors golden, String name) {
    double[] numbers = golden.doubles(name);
    float[] out = new float[numbers.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) numbers[i];
    }
    return out;
  }
}
