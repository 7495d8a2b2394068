package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.run.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a command must do with what the user can mend: say it in one sentence, touch nothing. */
final class Refusal {
  private static final String PROGRESS = "(Training|Sampling|Computing|Attributing)[^:]*: \\d+ .*";

  private Refusal() {}

  /** What a command says on standard error, without the progress a slow machine shows. */
  static List<String> sentences(CommandRun run) {
    return run.err().lines().filter(line -> !line.matches(PROGRESS)).toList();
  }

  /**
   * Runs a command that must be refused.
   *
   * @param root everything the command could touch
   * @param said parts of the sentence: the file or setting, what was found, what was expected, what
   *     to do
   */
  static void of(Path root, String[] command, String... said) throws IOException {
    Map<String, String> before = Snapshot.of(root);
    CommandRun run = CommandRun.of(command);
    String call = String.join(" ", command);
    assertThat(run.status()).as(call + "\n" + run.err()).isEqualTo(2);
    List<String> lines = sentences(run);
    assertThat(lines).as(call).hasSize(1);
    assertThat(lines.get(0))
        .as(call)
        .contains(said)
        .matches(".*[.?']")
        .doesNotContain("Exception", "\tat ", "io.journey");
    assertThat(run.out()).as(call).isEmpty();
    assertThat(Snapshot.of(root)).as(call).isEqualTo(before);
  }
}
