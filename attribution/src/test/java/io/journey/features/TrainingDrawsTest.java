package io.journey.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.condition.Condition;
import io.journey.condition.Condition.Caption;
import io.journey.condition.TextStates;
import io.journey.dataset.Dataset;
import io.journey.dataset.Example;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.random.Seed;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingDrawsTest {
  private static final List<Caption> CAPTIONS =
      List.of(caption("a cat"), caption("a sleeping cat"), caption("an animal"));

  private static Caption caption(String text) {
    return new Caption(text, TextStates.of(new float[] {text.length()}, 1, 1));
  }

  /** One image with three captions. */
  private record Captioned() implements Dataset {
    @Override
    public String spec() {
      return "captioned";
    }

    @Override
    public String fingerprint() {
      return "captioned";
    }

    @Override
    public int size() {
      return 1;
    }

    @Override
    public ImageShape shape() {
      return new ImageShape(1, 2, 2);
    }

    @Override
    public Example example(int index) {
      return new Example("1", CAPTIONS.get(0), (out, offset) -> {});
    }

    @Override
    public List<String> classNames() {
      return List.of();
    }

    @Override
    public List<Caption> captionsOf(int index) {
      return CAPTIONS;
    }
  }

  @Test
  void captionsOfAnImageTakeTurnsInSharedAndInItsOwnDraws() {
    DenoisingDraws shared =
        DenoisingDraws.uniform(new float[4], Condition.NONE, NoiseSchedule.ddpm(), Seed.of(1), 5);
    for (DenoisingDraws common : new DenoisingDraws[] {shared, null}) {
      DenoisingDraws draws =
          new TrainingDraws(new Captioned(), NoiseSchedule.ddpm(), Seed.of(2), 5, common)
              .forExamples(0);
      assertThat(draws.conditions())
          .containsExactly(
              CAPTIONS.get(0), CAPTIONS.get(1), CAPTIONS.get(2), CAPTIONS.get(0), CAPTIONS.get(1));
    }
  }
}
