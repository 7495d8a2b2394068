package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.condition.Condition;
import io.journey.sampling.Guidance;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline of captions, sampled by prompts from the command line. */
class PromptCommandTest {
  private static final Path PIPELINE = Path.of("../diffusion/src/test/resources/golden/pipeline");

  @TempDir Path folder;

  private List<String> sample(String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "sample",
                "--checkpoint",
                PIPELINE.toString(),
                "--out",
                folder.resolve("t.safetensors").toString(),
                "--count",
                "3",
                "--inference-steps",
                "4"));
    words.addAll(List.of(more));
    return words;
  }

  private CommandRun run(String... more) {
    return CommandRun.of(sample(more).toArray(String[]::new));
  }

  @Test
  void promptsAreTakenInTurnAndKeptWithTheGuidance() {
    CommandRun run =
        run(
            "--prompt",
            "a cat",
            "--prompt",
            "a dog, flat",
            "--guidance",
            "7.5",
            "--negative-prompt",
            "glossy");
    assertThat(run.status()).as(run.err()).isZero();
    List<Trajectory> drawn = TrajectoryFile.read(folder.resolve("t.safetensors"));
    assertThat(drawn)
        .extracting(Trajectory::condition)
        .containsExactly(
            new Condition.Prompt("a cat"),
            new Condition.Prompt("a dog, flat"),
            new Condition.Prompt("a cat"));
    assertThat(drawn.get(0).guidance()).isEqualTo(new Guidance(7.5, "glossy"));
    assertThat(drawn.get(0).image()).isNotEqualTo(drawn.get(2).image());
    assertThat(run("--prompt", "a cat", "--prompt", "a dog, flat", "--guidance", "7.5").status())
        .isEqualTo(2); // The file holds others, away from another text.
  }

  @Test
  void aPromptThatIsTooLongIsCutAndSaidSo() {
    CommandRun run = run("--prompt", "cat ".repeat(30));
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("cut");
  }

  @Test
  void promptsAreAskedForAndOnlyOfModelsOfCaptions() {
    refused("give one or more, as with --prompt 'a cat'");
    refused("leave --labels 1 out", "--labels", "1");
    refused("holds no text encoder", "--prompt", "a cat", "--text-encoder", folder.toString());
    refused("a negative prompt needs guidance", "--prompt", "a cat", "--negative-prompt", "dog");
  }

  private void refused(String said, String... more) {
    CommandRun run = run(more);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).containsIgnoringCase(said).hasLineCount(1);
  }
}
