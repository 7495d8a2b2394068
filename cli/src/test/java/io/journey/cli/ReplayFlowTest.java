package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.array.Npy;
import io.journey.results.Attribution;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that are done again, as a user asks for them. */
class ReplayFlowTest {
  @TempDir static Path root;
  private static TinyFlow flow;

  @TempDir Path folder;

  @BeforeAll
  static void make() throws IOException {
    flow = TinyFlow.made(root);
  }

  private static CommandRun run(String command, Object... options) {
    List<String> words = new ArrayList<>(Arrays.asList(command.split(" ")));
    words.addAll(List.of("--checkpoints", flow.checkpoints().toString(), "--data", TinyFlow.DATA));
    Arrays.stream(options).map(Object::toString).forEach(words::add);
    return CommandRun.of(words.toArray(String[]::new));
  }

  private static void refused(String why, String command, Object... options) {
    CommandRun run = run(command, options);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(why).doesNotContain("\tat ");
  }

  @Test
  void withoutNothingTheSameCheckpointComesOutAndTheOthersAreMetAsBefore() throws IOException {
    Path all = folder.resolve("all.csv");
    CommandRun same =
        run("replay", "--member", "member-001", "--ledger", all, "--out", folder.resolve("same"));
    assertThat(same.status()).as(same.err()).isZero();
    assertThat(same.out()).contains("the same weights came out, to the byte");
    Path some = folder.resolve("some.csv");
    Path id = folder.resolve("ids.txt");
    List<String> ledger = Files.readAllLines(all);
    assertThat(ledger.get(0)).isEqualTo("step,place,example,id,timestep,flipped,condition,seed");
    assertThat(ledger).hasSize(1 + 12 * 8);
    String gone = ledger.get(5).split(",")[3];
    Files.writeString(id, gone + "\n");
    CommandRun less =
        run(
            "replay",
            "--member",
            "member-001",
            "--without",
            "id=@" + id,
            "--ledger",
            some,
            "--out",
            folder.resolve("less"));
    assertThat(less.status()).as(less.err()).isZero();
    assertThat(less.out()).contains("member-001 without 1 image (id=@" + id + ") is in");
    assertThat(Files.readAllLines(some))
        .isEqualTo(ledger.stream().filter(line -> !line.contains("," + gone + ",")).toList());
    assertThat(folder.resolve("less/member-000/unet/diffusion_pytorch_model.safetensors")).exists();
  }

  @Test
  void whatCannotBeReplayedIsRefused() {
    Path out = folder.resolve("out");
    refused("must be one of [member-000, member-001]", "replay", "--member", "x", "--out", out);
    refused("has no example 'nobody'", "replay", "--without", "id=nobody", "--out", out);
    assertThat(out).doesNotExist();
  }

  @Test
  void scoresThroughTrainingAreAnAttributionThatThePageAndTheJudgesTake() throws IOException {
    Path out = folder.resolve("unrolled");
    unroll(out);
    assertThat(Attribution.open(out).manifest().settingFields().text("estimator"))
        .isEqualTo("adamw-influence");
    CommandRun page =
        CommandRun.of(
            "report",
            "--attribution",
            out.toString(),
            "--data",
            TinyFlow.DATA,
            "--out",
            folder.resolve("page.html").toString());
    assertThat(page.status()).as(page.err()).isZero();
    assertThat(Files.readString(folder.resolve("page.html")))
        .contains("Training was taken back step by step. A score adds up")
        .doesNotContain("lines up with the gradient");
    CommandRun lds =
        run(
            "evaluate lds",
            "--target",
            flow.targets(),
            "--timesteps",
            "200,600",
            "--attribution",
            "unrolled=" + out,
            "--truth",
            "own-seed",
            "--subsets",
            6,
            "--draws",
            2,
            "--ground-truth",
            folder.resolve("truth"),
            "--out",
            folder.resolve("lds"));
    assertThat(lds.status()).as(lds.err()).isZero();
    assertThat(lds.out()).contains("Of the checkpoints' own seeds").contains("unrolled: LDS");
    Path second = folder.resolve("second");
    unroll(second, "--only", 1);
    for (int step = 0; step < 2; step++) {
      float[] alone = Attribution.open(second).scores(step, 0);
      float[] amongOthers = Attribution.open(out).scores(step, 1);
      float largest = 0;
      for (float score : amongOthers) {
        largest = Math.max(largest, Math.abs(score));
      }
      assertThat(alone).usingComparatorWithPrecision(1e-3f * largest).containsExactly(amongOthers);
    }
    Path truth = folder.resolve("truth");
    refusedToJudge("was begun with --truth own-seed", truth);
    refused(
        "is of the 6 subsets",
        "evaluate lds",
        "--target",
        flow.targets(),
        "--timesteps",
        "200,600",
        "--truth",
        "own-seed",
        "--subsets",
        8,
        "--draws",
        2,
        "--ground-truth",
        truth,
        "--out",
        folder.resolve("lds"));
    assertThat(truth.resolve("models/subset-0006")).as("before a model is trained").doesNotExist();
    refusedToJudge("is named twice", truth, "--truth", "own-seed", "--beside", "t=" + truth);
    Path none = folder.resolve("none");
    float[] numbers = new float[2 * 2 * 24];
    numbers[50] = Float.NaN;
    Path nan = folder.resolve("nan.npy");
    try (OutputStream npy = Files.newOutputStream(nan)) {
      Npy.write(npy, numbers, 2, 2, 24);
    }
    refusedToJudge("has a score that is NaN", none, "--scores", "nan=" + nan);
    refusedToJudge("patches have odd sizes", none, "--patches", "2");
    refusedToJudge("is of other steps", none, "--attribution", "u=" + out, "--timesteps", "200");
    assertThat(none).as("before a model is trained").doesNotExist();
  }

  private void unroll(Path out, Object... more) {
    List<Object> all = new ArrayList<>(List.of("--target", flow.targets()));
    all.addAll(List.of("--timesteps", "200,600", "--draws", 2, "--outputs", 1, "--out", out));
    all.addAll(Arrays.asList(more));
    CommandRun unrolled = run("unroll", all.toArray());
    assertThat(unrolled.status()).as(unrolled.err()).isZero();
    assertThat(unrolled.out()).contains("Adam's epsilon of this training is 1.0E-8");
  }

  private void refusedToJudge(String why, Path truth, Object... options) {
    List<Object> all = new ArrayList<>(List.of("--target", flow.targets()));
    if (!Arrays.asList(options).contains("--timesteps")) {
      all.addAll(List.of("--timesteps", "200,600"));
    }
    all.addAll(List.of("--subsets", 6, "--ground-truth", truth, "--out", folder.resolve("never")));
    all.addAll(Arrays.asList(options));
    refused(why, "evaluate lds", all.toArray());
  }

  @Test
  void scoresByUnlearningAreAnAttributionAndSayWhatWasNotUnlearned() throws IOException {
    Path out = folder.resolve("unlearned");
    Object[] options = {
      "--target",
      flow.targets(),
      "--timesteps",
      "200,600",
      "--draws",
      2,
      "--image-draws",
      3,
      "--max-steps",
      1,
      "--out",
      out
    };
    CommandRun unlearned = run("unlearn", options);
    assertThat(unlearned.status()).as(unlearned.err()).isZero();
    assertThat(unlearned.out())
        .contains("Scores of 24 training images for 2 targets at 2 steps are in")
        .contains("of 8 questions were not unlearned after 1 training step: f_t stayed below 0.95");
    JsonNode settings = Attribution.open(out).manifest().settings();
    assertThat(settings.path("estimator").asText()).isEqualTo("mucs");
    assertThat(settings.path("unlearning").toString())
        .isEqualTo("{\"share\":0.2,\"stop\":0.95,\"max_steps\":1,\"rate\":0.1,\"image_draws\":3}");
    CommandRun page =
        CommandRun.of(
            "report",
            "--attribution",
            out.toString(),
            "--data",
            TinyFlow.DATA,
            "--out",
            folder.resolve("page.html").toString());
    assertThat(page.status()).as(page.err()).isZero();
    assertThat(Files.readString(folder.resolve("page.html")))
        .contains("was made to unlearn the picture");
    refused(
        "--exact has",
        "unroll",
        "--target",
        flow.targets(),
        "--exact",
        "--outputs",
        4,
        "--out",
        "never");
    refused("--stop", "unlearn", "--target", flow.targets(), "--stop", 1.5, "--out", "never");
  }

  @Test
  void ownSeedsNeedTheRandomnessOfTheirCheckpoints() {
    refused(
        "leave --coupling independent out",
        "evaluate lds",
        "--target",
        flow.targets(),
        "--timesteps",
        "200,600",
        "--truth",
        "own-seed",
        "--coupling",
        "independent",
        "--subsets",
        6,
        "--ground-truth",
        folder.resolve("t"),
        "--out",
        folder.resolve("o"));
    refused(
        "--seeds must be at most the 2 checkpoints",
        "evaluate lds",
        "--target",
        flow.targets(),
        "--timesteps",
        "200,600",
        "--truth",
        "own-seed",
        "--seeds",
        3,
        "--subsets",
        6,
        "--ground-truth",
        folder.resolve("t"),
        "--out",
        folder.resolve("o"));
  }
}
