package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks that train models again, as a user types them. */
class RemovalChecksTest {
  @TempDir static Path shared;
  @TempDir Path folder;

  private static TinyFlow flow;

  @BeforeAll
  static void makeScores() throws IOException {
    flow = TinyFlow.made(shared);
    run(
        List.of("classifier", "--data", TinyFlow.DATA, "--epochs", "1", "--out"),
        shared.resolve("classifier"));
  }

  private static CommandRun evaluate(List<String> words, Object... more) {
    List<String> line = new ArrayList<>(List.of("evaluate"));
    line.addAll(words);
    for (Object word : more) {
      line.add(word.toString());
    }
    return CommandRun.of(line.toArray(String[]::new));
  }

  private static String run(List<String> words, Object... more) {
    CommandRun run = evaluate(words, more);
    assertThat(run.status()).as(run.err()).isZero();
    return run.out();
  }

  private static void refused(String sentence, List<String> words, Object... more) {
    CommandRun run = evaluate(words, more);
    assertThat(run.status()).as(run.out()).isEqualTo(2);
    assertThat(run.err()).containsIgnoringCase(sentence).doesNotContain("defect");
  }

  private List<String> command(String name, String... options) {
    List<String> line = new ArrayList<>(List.of(name, "--checkpoints"));
    line.add(flow.checkpoints().toString());
    Collections.addAll(line, "--data", TinyFlow.DATA, "--target", flow.targets().toString());
    Collections.addAll(line, "--attribution", "trak=" + flow.attribution());
    Collections.addAll(line, "--random-sets", "1", "--other-seeds", "1");
    Collections.addAll(line, "--models", folder.resolve("models").toString());
    Collections.addAll(line, options);
    return line;
  }

  private static List<String> with(List<String> command, String option, Object value) {
    List<String> line = new ArrayList<>(command);
    line.set(line.indexOf(option) + 1, value.toString());
    return line;
  }

  @Test
  void distributionsAreComparedAndToldOnceMoreTheSame() throws IOException {
    Path out = folder.resolve("out");
    List<String> command =
        command(
            "retrain", "--timestep", "300", "--delta", "200", "--remove", "6", "--samples", "5");
    Collections.addAll(command, "--embedding", "classifier:" + shared.resolve("classifier"));
    String told = run(command, "--out", out);
    assertThat(told)
        .contains("trak", "random", "Without the 6 highest of trak")
        .contains(
            "Warning: There are only 2 targets",
            "comparable with a published FID only if",
            "5 pictures");
    List<String> lines = Files.readAllLines(out.resolve("retrain.csv"));
    assertThat(lines.get(0)).isEqualTo("target,estimator,k,set,fid,baseline,increase");
    assertThat(lines).hasSize(1 + 2 * 4);
    assertThat(Files.readAllLines(out.resolve("summary.csv"))).hasSize(1 + 2 + 2);
    assertThat(run(command, "--out", out)).isEqualTo(told);
    assertThat(CommandRun.of("inspect", out.toString()).out()).contains("evaluation-retrain");
    refused("delta", command, "--out", out, "--delta", "100");
  }

  @Test
  void picturesAreForgottenAndWrongQuestionsRefused() throws IOException {
    Path out = folder.resolve("out");
    List<String> command = command("forget", "--remove", "6,20", "--coupling", "coupled");
    String told = run(command, "--out", out);
    assertThat(told)
        .contains("Without the 20 highest of trak, the ℓ2 distance", "training seed in common");
    List<String> lines = Files.readAllLines(out.resolve("forget.csv"));
    assertThat(lines.get(0)).isEqualTo("target,estimator,k,set,l2,baseline,increase");
    assertThat(lines).hasSize(1 + 2 * (2 + 2 + 2));
    Path other = folder.resolve("other");
    refused("Removing 24 of 24 images", with(command, "--remove", "24"), "--out", other);
    refused("targets must be at most the 2", command, "--targets", "3", "--out", other);
    refused("step 400 was not attributed", command, "--timestep", "400", "--out", other);
    refused("as many random sets", command, "--attribution", flow.attribution(), "--out", other);
    refused("holds features", with(command, "--attribution", flow.features()), "--out", other);
    refused(
        "the name trak is taken",
        with(command, "--random-sets", 2),
        "--attribution",
        "trak=" + flow.attribution(),
        "--out",
        other);
    refused(
        "does not say how it was trained",
        with(command, "--checkpoints", flow.member()),
        "--out",
        other);
    assertThat(other).doesNotExist();
  }

  @Test
  void estimatorsAreJudgedBySubsetsAndAgainWithoutTraining() {
    Path plain = folder.resolve("plain");
    String[] featurize = flow.featurize("--preconditioner", "none", "--out", plain.toString());
    assertThat(CommandRun.of(featurize).status()).isZero();
    List<String> command = new ArrayList<>(List.of("lds", "--checkpoints"));
    Collections.addAll(command, flow.checkpoints().toString(), "--data", TinyFlow.DATA);
    Collections.addAll(command, "--target", flow.targets().toString(), "--timesteps", "300,600");
    Collections.addAll(command, "--features", flow.features().toString(), "--subsets", "6");
    Collections.addAll(command, "--features", plain.toString());
    Collections.addAll(command, "--draws", "4", "--target-draws", "2");
    Collections.addAll(command, "--ground-truth", folder.resolve("truth").toString());
    String told = run(command, "--out", folder.resolve("lds"));
    assertThat(told)
        .contains("ek-fac: LDS")
        .contains("journey-trak: LDS")
        .contains("pixel-cosine: LDS")
        .contains("Warning: Only 6 subsets")
        .doesNotContain("d-trak");
    String one = run(command, "--estimators", "tracin-dot,ek-fac", "--out", folder.resolve("one"));
    assertThat(one).contains("tracin-dot: LDS").doesNotContain("journey-trak");
    refused("Estimator dots is unknown", command, "--estimators", "dots", "--out", folder);
    refused("at least 6 subsets", with(command, "--subsets", 4), "--out", folder.resolve("few"));
    String more = run(with(command, "--subsets", 8), "--out", folder.resolve("more"));
    assertThat(more).contains("Warning: Only 8 subsets");
    refused("settings.subsets 8", command, "--out", folder.resolve("fewer"));
  }
}
