package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.results.EvaluationFiles;
import io.journey.results.EvaluationResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks that train nothing, as a user types them. */
class StepChecksTest {
  @TempDir static Path shared;
  @TempDir Path folder;

  private static TinyFlow flow;
  private static Path classifier;

  @BeforeAll
  static void makeScores() throws IOException {
    flow = TinyFlow.made(shared);
    classifier = shared.resolve("classifier");
    run("classifier", "--data", TinyFlow.DATA, "--epochs", "1", "--out", classifier);
  }

  private static CommandRun evaluate(Object... words) {
    String[] line = new String[words.length + 1];
    line[0] = "evaluate";
    for (int i = 0; i < words.length; i++) {
      line[i + 1] = words[i].toString();
    }
    return CommandRun.of(line);
  }

  private static String run(Object... words) {
    CommandRun run = evaluate(words);
    assertThat(run.status()).as(run.err()).isZero();
    return run.out();
  }

  private static void refused(String sentence, Object... words) {
    CommandRun run = evaluate(words);
    assertThat(run.status()).as(run.out()).isEqualTo(2);
    assertThat(run.err()).contains(sentence).doesNotContain("defect");
  }

  /** All that the result names is there and whole. */
  private static void shows(Path directory, String... figures) {
    EvaluationFiles files = EvaluationResult.open(directory);
    assertThat(files.result().figures()).containsOnlyKeys(figures);
    for (String name : figures) {
      assertThat(files.svg(name)).asString().contains("<svg");
    }
  }

  @Test
  void stepsAreComparedAndToldOnceMoreTheSame() throws IOException {
    Object[] command = {"timesteps", "--attribution", flow.attribution(), "--out", folder};
    String told = run(command);
    assertThat(told).contains("Spearman", "200");
    assertThat(Files.readAllLines(folder.resolve("correlation.csv"))).hasSize(1 + 1);
    assertThat(Files.readAllLines(folder.resolve("matrix.csv"))).hasSize(1 + 2 * 2);
    assertThat(run(command)).isEqualTo(told);
    shows(folder, "correlation");
    assertThat(CommandRun.of("inspect", folder.toString()).out()).contains("evaluation-timesteps");
    refused("seed", "timesteps", "--attribution", flow.attribution(), "--out", folder, "--seed", 1);
    refused("holds features", "timesteps", "--attribution", flow.features(), "--out", folder);
  }

  @Test
  void flipsAreCountedForTheKThatFit() throws IOException {
    String told = run("flips", "--attribution", flow.attribution(), "--out", folder);
    assertThat(told).contains("The most striking", "Target 0", "Target 1");
    // Of 24 images at most 12 can be at one end: 1, 2, 3, 5, 7, 10.
    assertThat(Files.readAllLines(folder.resolve("flips.csv"))).hasSize(1 + 6);
    shows(folder, "flips", "overlap");
    Path other = folder.resolve("other");
    refused(
        "half of the 24 training images, 12, got 13",
        "flips",
        "--attribution",
        flow.attribution(),
        "--out",
        other,
        "--top",
        "1,13");
    assertThat(other).doesNotExist();
  }

  @Test
  void modelsAreComparedInPixelsAndInAnEmbedding() throws IOException {
    refused(
        "has one model, expected two or more",
        "seeds",
        "--checkpoints",
        flow.member(),
        "--count",
        3,
        "--out",
        folder);
    String told =
        run(
            "seeds",
            "--checkpoints",
            flow.checkpoints(),
            "--count",
            3,
            "--inference-steps",
            4,
            "--embedding",
            "classifier:" + classifier,
            "--out",
            folder);
    assertThat(told).contains("pixels", "embedding", "33.3 %");
    List<String> lines = Files.readAllLines(folder.resolve("distances.csv"));
    assertThat(lines).hasSize(1 + 2 * 2);
    shows(
        folder, "means-pixels", "spread-pixels", "means-embedding", "spread-embedding", "pictures");
    assertThat(lines.get(1)).startsWith("pixels,member-000,member-001,");
  }

  @Test
  void theLikelihoodOfTheFinalClassEndsAtOne() throws IOException {
    Object[] command = {
      "emergence",
      "--checkpoint",
      flow.member(),
      "--target",
      flow.targets(),
      "--classifier",
      classifier,
      "--samples",
      3,
      "--timesteps",
      "0,100,500",
      "--attribution",
      flow.attribution(),
      "--out",
      folder
    };
    String told = run(command);
    assertThat(told).contains("Target 0", "Target 1", "scores change most between t = 300 and 100");
    List<String> lines = Files.readAllLines(folder.resolve("likelihood.csv"));
    assertThat(lines).hasSize(1 + 2 * 3);
    shows(
        folder,
        "likelihood-mean",
        "likelihood-000",
        "pictures-000",
        "likelihood-001",
        "pictures-001");
    assertThat(lines.get(3)).matches("0,0,.*,3,1.000000,0.000000");
    assertThat(run(command)).isEqualTo(told);
    command[2] = flow.checkpoints();
    command[command.length - 1] = folder.resolve("other");
    refused("checkpoint", command);
  }
}
