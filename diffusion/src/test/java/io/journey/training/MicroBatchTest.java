package io.journey.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.tensor.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The passes of a step: more of them, on more threads, are the same step. */
class MicroBatchTest {
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
  private static final TrainingConfig TRAINING = TrainingConfig.of(25, 10, 1e-4);

  private static Dataset data;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=40");
  }

  private Ensemble train(String name, TrainingConfig training, int members, int threads) {
    return new EnsembleTrainer(data, MODEL, training, members, 3, Duration.ofHours(1))
        .run(folder.resolve(name), TestContext.of(threads));
  }

  private byte[] weights(String name, String member) throws IOException {
    return Files.readAllBytes(
        folder.resolve(name + "/" + member + "/unet/diffusion_pytorch_model.safetensors"));
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBytes() throws IOException {
    TrainingConfig training = TRAINING.withMicroBatchSize(3);
    train("one", training, 3, 1);
    for (int threads = 2; threads <= 5; threads++) {
      String name = "threads-" + threads;
      train(name, training, 3, threads);
      for (int m = 0; m < 3; m++) {
        assertThat(weights(name, Ensemble.checkpointName(m)))
            .as("%d threads", threads)
            .isEqualTo(weights("one", Ensemble.checkpointName(m)));
      }
    }
  }

  @Test
  void passesOfAnySizeHaveTheLossOfTheWholeBatch() {
    double whole = loss(train("whole", TRAINING, 1, 2));
    for (int images : new int[] {1, 3, 5, 10}) {
      double split = loss(train("pass-" + images, TRAINING.withMicroBatchSize(images), 1, 2));
      // Float32 in another order, over 25 steps.
      assertThat(split).as("%d images a pass", images).isCloseTo(whole, within(1e-5));
    }
    double otherRate = loss(train("other", TrainingConfig.of(25, 10, 1.5e-4), 1, 2));
    assertThat(Math.abs(otherRate - whole))
        .as("what a wrong gradient would do")
        .isGreaterThan(1e-4);
  }

  /** The mean loss of 25 steps. */
  private static double loss(Ensemble ensemble) {
    return ensemble.lossCurve("member-000").get(0).loss();
  }

  @Test
  void moreImagesAPassThanAStepHasAreRefused() {
    assertThatThrownBy(() -> TRAINING.withMicroBatchSize(11))
        .hasMessage("training.microBatchSize must be between 0 and the batch size, got 11");
  }
}
