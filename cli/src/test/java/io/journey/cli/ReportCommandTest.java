package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.results.EvaluationResult;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which pages {@code journey report} writes without an attribution. */
class ReportCommandTest {
  @TempDir Path root;

  private String evaluation(String title) {
    Path directory = root.resolve(title);
    try (RunDirectory run = RunDirectory.claim(directory, "lds", Json.object(), Json.object())) {
      EvaluationResult.of(title, "Is it so?").sentence("It is.").write(run);
      run.finish(Json.object());
    }
    return directory.toString();
  }

  private String page() {
    return root.resolve("page.html").toString();
  }

  @Test
  void evaluationsAloneNeedNeitherAttributionNorData() throws IOException {
    CommandRun run =
        CommandRun.of(
            "report",
            "--evaluation",
            evaluation("Second"),
            "--evaluation",
            evaluation("First"),
            "--out",
            page());
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("The page is file:");
    assertThat(Files.readString(Path.of(page()))).containsSubsequence("Second", "First", "It is.");
  }

  @Test
  void withNothingToShowTheCommandSaysWhatItNeeds() {
    CommandRun nothing = CommandRun.of("report", "--out", page());
    assertThat(nothing.status()).isEqualTo(2);
    assertThat(nothing.err()).contains("report needs --attribution with --data, --evaluation");
    CommandRun half = CommandRun.of("report", "--attribution", "a", "--out", page());
    assertThat(half.status()).isEqualTo(2);
    assertThat(half.err()).contains("--data");
    CommandRun other = CommandRun.of("report", "--data", "a", "--out", page());
    assertThat(other.status()).isEqualTo(2);
    assertThat(other.err()).contains("--attribution");
    assertThat(Path.of(page())).doesNotExist();
  }

  @Test
  void aDirectoryOfSomethingElseIsRefused() throws IOException {
    Path features = root.resolve("features");
    try (RunDirectory run =
        RunDirectory.claim(features, "features", Json.object(), Json.object())) {
      run.finish(Json.object());
    }
    for (Path wrong : new Path[] {features, root.resolve("nowhere"), root}) {
      CommandRun run = CommandRun.of("report", "--evaluation", wrong.toString(), "--out", page());
      assertThat(run.status()).isEqualTo(2);
      assertThat(run.err()).doesNotContain("Exception").contains(wrong.toString());
    }
    assertThat(Path.of(page())).doesNotExist();
  }
}
