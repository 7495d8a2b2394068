package io.journey.features;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.condition.Condition;
import io.journey.condition.Condition.Caption;
import io.journey.condition.Condition.ClassLabel;
import io.journey.condition.Condition.Prompt;
import io.journey.condition.TextStates;
import io.journey.dataset.MemoryDataset;
import io.journey.model.Checkpoint;
import io.journey.model.ModelInputs;
import io.journey.run.JourneyException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a model of captions does not take is refused in one sentence, before work begins. */
class CaptionInputsTest {
  private static final Path MODEL =
      Path.of("../diffusion/src/test/resources/golden/condition/sd1-like");
  private static final float[] IMAGE = new float[4 * 8 * 8];

  private static Caption caption(int tokens, int width) {
    return new Caption("a", TextStates.of(new float[tokens * width], tokens, width));
  }

  private static MemoryDataset data(Condition condition) {
    return new MemoryDataset(4, 8, 8).add("1", condition, IMAGE);
  }

  @Test
  void imagesWithoutCaptionsOrOfAnotherEncoderAreRefused() {
    try (Checkpoint checkpoint = Checkpoint.read(MODEL)) {
      ModelInputs inputs = checkpoint.inputs();
      inputs.requireImages(data(caption(77, 6)).add("2", new Prompt("b"), IMAGE));
      assertThatThrownBy(() -> inputs.requireImages(data(Condition.NONE)))
          .isInstanceOf(JourneyException.class)
          .hasMessage(
              "The model was trained with captions and the images have none: 1 has no condition;"
                  + " name data whose images have captions, or a model without them.");
      assertThatThrownBy(() -> inputs.requireImages(data(new ClassLabel(3))))
          .hasMessageContaining("the images have none: 1 has class 3; name data");
      assertThatThrownBy(() -> inputs.requireImages(data(caption(77, 7))))
          .isInstanceOf(JourneyException.class)
          .hasMessage(
              "checkpoint sd1-like takes captions with text states of width 6, the caption of 1 has"
                  + " text states of width 7 of 77 tokens: use the text encoder that it was trained"
                  + " with.");
    }
  }

  @Test
  void targetsWithoutCaptionsAreRefused() {
    try (Checkpoint checkpoint = Checkpoint.read(MODEL)) {
      ModelInputs inputs = checkpoint.inputs();
      inputs.requireConditions(List.of(caption(77, 6), new Prompt("b")));
      assertThatThrownBy(() -> inputs.requireConditions(List.of(Condition.NONE)))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("a target has no caption: sample targets with prompts");
    }
  }
}
