package io.journey.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.JourneyException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that PyTorch wrote (tools/golden/make_checkpoints.py), number for number. */
class PyTorchFileTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/checkpoints");
  private static final Path TENSORS = GOLDEN.resolve("tensors");

  @ParameterizedTest
  @CsvSource({
    "dict.pt, ''",
    "ordered.pt, ''",
    "protocol5.pt, ''",
    "big-endian.pt, ''",
    "nested.pt, deep.0.er.",
  })
  void everyKindOfTensorIsReadAsPyTorchHasIt(String file, String prefix) {
    NamedTensors tensors = NamedTensors.open(TENSORS.resolve(file));
    Safetensors expected = Safetensors.open(TENSORS.resolve("expected.safetensors"));
    assertThat(expected.names()).hasSize(15);
    for (String name : expected.names()) {
      assertThat(tensors.shape(prefix + name)).as(name).isEqualTo(expected.shape(name));
      assertThat(tensors.floats(prefix + name)).as(name).isEqualTo(expected.floats(name));
    }
    assertThat(tensors.names()).hasSize(19);
    assertThat(tensors.dtype(prefix + "bfloat16")).isEqualTo(DType.BF16);
    assertThat(tensors.dtype(prefix + "flags")).isEqualTo(DType.BOOL);
    assertThat(tensors.shape(prefix + "empty")).isEqualTo(List.of(0L, 4L));
  }

  @Test
  void integersAreNoWeights() {
    NamedTensors tensors = NamedTensors.open(TENSORS.resolve("dict.pt"));
    assertThatThrownBy(() -> tensors.floats("long"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("long is I64, expected floating-point numbers");
  }

  @Test
  void whatIsNoTensorIsPassedOver() {
    NamedTensors tensors = NamedTensors.open(GOLDEN.resolve("training/model.pt"));
    assertThat(tensors.names())
        .contains("ema.conv_in.weight", "model.module._orig_mod.conv_in.weight", "rng")
        .contains("optimizer.state.0.exp_avg")
        .doesNotContain("step", "losses", "losses.0", "large");
  }

  @ParameterizedTest
  @CsvSource({
    "evil/system.pt, posix.system",
    "evil/eval.pt, __builtin__.eval",
    "evil/partial.pt, __builtin__.getattr",
    "evil/namespace.pt, argparse.Namespace",
    "tensors/legacy.pt, before version 1.6",
    "reference/config.json, 'a JSON file, expected a file of torch.save'",
    "torchscript/model.pt, torchscript:",
  })
  void anythingElseIsRefusedByName(String file, String said) {
    assertThatThrownBy(() -> PyTorchFile.open(GOLDEN.resolve(file)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(file)
        .hasMessageContaining(said);
  }
}
