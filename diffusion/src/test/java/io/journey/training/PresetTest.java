package io.journey.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.dataset.ImageShape;
import io.journey.diffusion.ForwardConfig;
import io.journey.model.DenoiserConfig;
import io.journey.model.LayeredDenoiser;
import io.journey.random.Seed;
import io.journey.run.Checksums;
import io.journey.run.Json;
import java.util.HexFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Presets are what they are called after, and stay what they were. */
class PresetTest {
  private static final ImageShape CIFAR10 = new ImageShape(3, 32, 32);

  @Test
  void cifar10DdpmHasTheParametersOfThePublishedModel() {
    Preset preset = Preset.parse("cifar10-ddpm");
    try (LayeredDenoiser model = preset.model(CIFAR10).random(Seed.of(0), ScalarType.Float)) {
      // google/ddpm-cifar10-32, counted by PyTorch.
      assertThat(model.parameters().count()).isEqualTo(35_746_307);
    }
  }

  @Test
  void cifar10DdpmTrainsFor200EpochsFromOneTenThousandth() {
    TrainingConfig training = Preset.CIFAR10_DDPM.training(50_000);
    assertThat(training.batchSize()).isEqualTo(128);
    assertThat(training.steps()).isEqualTo(200 * 50_000 / 128);
    assertThat(training.learningRateAt(0, 0)).isEqualTo(1e-4);
    assertThat(training.learningRateAt(training.steps() / 2, 0)).isCloseTo(5e-5, within(1e-8));
    assertThat(training.horizontalFlip()).isTrue();
    assertThat(Preset.CIFAR10_DDPM.training(100).steps()).isEqualTo(157);
    assertThat(Preset.SMALL.training(100)).isEqualTo(Preset.SMALL.training(7));
  }

  @Test
  void cocoLdmIsThePapersModelOfCaptionsOnLatents() {
    DenoiserConfig config = Preset.parse("coco-ldm").model(new ImageShape(4, 16, 16), 1024);
    try (LayeredDenoiser model = config.random(Seed.of(0), ScalarType.Float)) {
      // MadryLab/journey-TRAK, get_mscoco_model, counted by PyTorch.
      assertThat(model.parameters().count()).isEqualTo(57_373_316);
    }
    TrainingConfig training = Preset.COCO_LDM.trainingWithCaptions(118_287);
    assertThat(training.learningRateAt(0, 0)).isEqualTo(2e-4);
    assertThat(training.steps()).isEqualTo((200 * 118_287 + 63) / 64);
    assertThat(training.dropCaptions()).isEqualTo(0.1);
    assertThat(training.horizontalFlip()).isFalse();
    ForwardConfig forward = Preset.COCO_LDM.scheduler().forward();
    assertThat(forward).isEqualTo(ForwardConfig.DEFAULT);
  }

  @Test
  void everyPresetHasAModelOfCaptions() {
    for (Preset preset : Preset.values()) {
      DenoiserConfig config = preset.model(new ImageShape(4, 16, 16), 32);
      assertThat(config.conditioning().acceptsStates(77, 32)).as(preset.name()).isTrue();
      assertThat(preset.trainingWithCaptions(100).dropCaptions()).isEqualTo(0.1);
    }
  }

  /** Runs and fingerprints compare these bytes: a change would end every run begun before. */
  @ParameterizedTest
  @CsvSource({
    "tiny, 1, 9358212cd9274517c2ee2db819baefb288e33f68f1e1a7c1fe9df7f39c0b0b2f",
    "small, 1, e24d8c974864ae8e2eee861b689d98bf5836e2e305b323f1eeedcf36da629997",
    "medium, 3, 9a9dd4fe1456c3490f48f1b4759a5336a716df6ab9bcf6c0d2467d2f2235b6b3",
  })
  void theConfigurationOfAPresetHasTheBytesItAlwaysHad(String name, int channels, String sha256) {
    byte[] json =
        Json.bytes(Preset.parse(name).model(new ImageShape(channels, 16, 16)).toDiffusers());
    assertThat(HexFormat.of().formatHex(Checksums.sha256().digest(json))).isEqualTo(sha256);
  }
}
