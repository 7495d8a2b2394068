package io.journey.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointSpecTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sd",
        "last.ckpt#ema",
        "torchscript:a#b.pt",
        "sd+lora:style.safetensors",
        "sd+lora@0.8:a folder/style.safetensors",
        "last.ckpt#ema+lora@-1.5E-7:x",
        "sd?sample_size=32",
        "last.ckpt#ema?sample_size=32x48+lora:x?y",
      })
  void aNameIsReadAsItIsWritten(String text) {
    assertThat(CheckpointSpec.parse(text)).hasToString(text);
    CheckpointSpec absolute = CheckpointSpec.parse(text).absolute();
    assertThat(CheckpointSpec.parse(absolute.toString())).isEqualTo(absolute);
  }

  @Test
  void itsPartsAreTold() {
    CheckpointSpec spec = CheckpointSpec.parse("last.ckpt#ema+lora@0.5:x#y.safetensors");
    assertThat(spec.path()).hasToString("last.ckpt");
    assertThat(spec.part()).isEqualTo("ema");
    assertThat(spec.lora()).isEqualTo(new LoraSpec(Path.of("x#y.safetensors"), 0.5));
    assertThat(spec.name()).isEqualTo("last.ckpt#ema");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sd?size=32", "sd?sample_size=", "sd?sample_size=-8", "sd?sample_size=8x"})
  void anotherOptionIsRefused(String text) {
    assertThatThrownBy(() -> CheckpointSpec.parse(text))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("?sample_size=32");
  }

  @Test
  void aFileOfThatNameIsNoOption() throws IOException {
    Path file = Files.createFile(folder.resolve("a?sample_size=8"));
    assertThat(CheckpointSpec.parse(file.toString()).sampleSize()).isNull();
    Path program = Files.createFile(folder.resolve("a?b.pt"));
    assertThat(CheckpointSpec.parse("torchscript:" + program).path()).isEqualTo(program);
  }

  @Test
  void aFileOfThatNameIsNoLora() throws IOException {
    Path file = Files.createFile(folder.resolve("a+lora@9"));
    assertThat(CheckpointSpec.parse(file.toString()).lora()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd+lora@x:file", "sd+lora@:file", "sd+lora:"})
  void aLoraThatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> CheckpointSpec.parse(text))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("names no LoRA");
  }

  @Test
  void aCheckpointTakesOneLora() {
    CheckpointSpec spec = CheckpointSpec.parse("sd+lora:a");
    assertThatThrownBy(() -> spec.withLora(LoraSpec.of(Path.of("b"))))
        .hasMessageContaining("a checkpoint takes one");
    assertThatThrownBy(() -> LoraSpec.parse("lora@0:a")).hasMessageContaining("not 0");
  }
}
