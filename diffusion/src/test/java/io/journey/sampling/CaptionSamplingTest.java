package io.journey.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.condition.CaptionEncoder;
import io.journey.condition.Condition;
import io.journey.condition.Condition.Caption;
import io.journey.condition.Condition.Prompt;
import io.journey.condition.TextStates;
import io.journey.model.Checkpoint;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import io.journey.tensor.TestContext;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files keep the texts that images were drawn under; whoever has the encoder resolves them. */
class CaptionSamplingTest {
  private static final Path MODEL = Path.of("src/test/resources/golden/condition/no-mid");

  /** Three tokens of five numbers, from the text alone. */
  private static final CaptionEncoder ENCODER =
      text -> {
        float[] states = new float[15];
        Seed.of(3).child(text).stream().fillGaussian(states);
        return TextStates.of(states, 3, 5);
      };

  @TempDir Path folder;

  private static List<Condition> captions(String... texts) {
    return List.of(texts).stream().map(text -> new Prompt(text).resolve(ENCODER)).toList();
  }

  @Test
  void aFileOfTrajectoriesHasPromptsThatAreResolvedWhenItIsRead() {
    Path file = folder.resolve("t.safetensors");
    try (Checkpoint checkpoint = Checkpoint.read(MODEL)) {
      Sampler sampler = Sampler.of(checkpoint, 3);
      SamplingRun run = new SamplingRun(sampler, 5, 3, captions("a cat", "a dog"));
      assertThat(run.run(file, TestContext.of(1))).isTrue();
      assertThat(run.run(file, TestContext.of(1))).isFalse();
      SamplingRun other = new SamplingRun(sampler, 5, 3, captions("a cat", "a cow"));
      assertThatThrownBy(() -> other.run(file, TestContext.of(1)))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining(
              "prompts [\"a cat\",\"a dog\",\"a cat\"], this run asks for"
                  + " [\"a cat\",\"a cow\",\"a cat\"]");
      List<Trajectory> read = TrajectoryFile.read(file);
      assertThat(read)
          .extracting(Trajectory::condition)
          .containsExactly(new Prompt("a cat"), new Prompt("a dog"), new Prompt("a cat"));
      Trajectory second = read.get(1).resolve(ENCODER);
      assertThat(second.condition()).isEqualTo(new Caption("a dog", ENCODER.states("a dog")));
      assertThat(second.image())
          .isEqualTo(sampler.sample(Sampler.seed(5, 1), second.condition()).image());
      assertThat(second.image())
          .isNotEqualTo(sampler.sample(Sampler.seed(5, 1), captions("a cat").get(0)).image());
      assertThat(TrajectoryFile.open(file).sampler(checkpoint).timesteps()).hasSize(3);
    }
  }

  /** The same states under a name. */
  private record Named(String fingerprint) implements CaptionEncoder {
    @Override
    public TextStates states(String text) {
      return ENCODER.states(text);
    }
  }

  @Test
  void promptsOfAnotherTextEncoderAreRefused() {
    Path file = folder.resolve("named.safetensors");
    try (Checkpoint checkpoint = Checkpoint.read(MODEL)) {
      Sampler sampler = Sampler.of(checkpoint, 3);
      Sampler drawing = sampler.withGuidance(Guidance.NONE, new Named("one"));
      new SamplingRun(drawing, 5, 1, captions("a cat")).run(file, TestContext.of(1));
      TrajectoryFile opened = TrajectoryFile.open(file);
      assertThat(opened.read(opened.timesteps(), new Named("one"))).hasSize(1);
      assertThat(opened.sampler(checkpoint, new Named("one")).timesteps()).hasSize(3);
      assertThat(opened.read(opened.timesteps(), ENCODER)).hasSize(1); // Nobody knows its name.
      assertThatThrownBy(() -> opened.read(opened.timesteps(), new Named("another")))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("was drawn from prompts by another text encoder (one…)");
      assertThatThrownBy(() -> opened.sampler(checkpoint, new Named("another")))
          .hasMessageContaining("another text encoder");
      Sampler other = sampler.withGuidance(Guidance.NONE, new Named("another"));
      SamplingRun again = new SamplingRun(other, 5, 1, captions("a cat"));
      assertThatThrownBy(() -> again.run(file, TestContext.of(1)))
          .hasMessageContaining("prompts that another text encoder has read");
    }
  }

  @Test
  void aModelOfCaptionsDrawsNothingWithoutOne() {
    try (Checkpoint checkpoint = Checkpoint.read(MODEL)) {
      Sampler sampler = Sampler.of(checkpoint, 3);
      assertThatThrownBy(() -> new SamplingRun(sampler, 5, 3))
          .isInstanceOf(SettingException.class)
          .hasMessageContaining("captions with text states of width 5, got none: give it prompts");
    }
  }
}
