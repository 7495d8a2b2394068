package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of everything: no sentence may speak of "1 models". */
class NounsTest {
  private static final Pattern ONE_OF_MANY =
      Pattern.compile(
          "(?<![\\d.,:=-])1 (more |whole |training |random |strongest |attributed |other )?(models"
              + "|targets|steps|images|examples|draws|checkpoints|pictures|files|subsets|seeds"
              + "|pairs|classes|members|rows|channels|threads|epochs|trajectories|numbers|bytes)\\b"
              + "|\\b(of the|all) 1 \\w+");

  @TempDir Path root;

  private final List<String> texts = new ArrayList<>();

  private void says(String... command) {
    CommandRun run = CommandRun.of(command);
    assertThat(run.status()).as(command[0] + ": " + run.err()).isZero();
    texts.add(run.out() + run.err());
  }

  private void evaluates(String... command) throws IOException {
    Path out = root.resolve(command[1]);
    List<String> line = new ArrayList<>(List.of(command));
    line.addAll(List.of("--out", out.toString()));
    says(line.toArray(String[]::new));
    texts.add(Files.readString(out.resolve("result.json")));
  }

  @Test
  void oneModelOneTargetOneStepAreSpokenOfInTheSingular() throws IOException {
    TinyFlow flow = new TinyFlow(root);
    Files.writeString(flow.config(), TinyFlow.CONFIG);
    String[][] stages = {
      flow.train("--count", "1", "--training-steps", "1"),
      flow.sample("--count", "1"),
      flow.featurize("--draws", "1"),
      flow.attribute("--draws", "1", "--timesteps", "100"),
      flow.report()
    };
    for (String[] stage : stages) {
      says(stage);
      says(stage); // What is there already is told in other words.
    }
    String target = flow.targets().toString();
    String attribution = flow.attribution().toString();
    String[] model = {"--checkpoints", flow.checkpoints().toString(), "--data", TinyFlow.DATA};
    evaluates(
        with(
            model,
            "stability",
            "--target",
            target,
            "--projection",
            "sparse:64",
            "--draws",
            "1",
            "--target-draws",
            "1",
            "--timesteps",
            "100"));
    String two = root.resolve("two").toString();
    says(flow.attribute("--draws", "1", "--out", two));
    evaluates("evaluate", "flips", "--attribution", two, "--top", "1");
    evaluates("evaluate", "timesteps", "--attribution", two);
    evaluates(
        with(
            model,
            "forget",
            "--target",
            target,
            "--attribution",
            "trak=" + attribution,
            "--remove",
            "1",
            "--random-sets",
            "1",
            "--timestep",
            "100",
            "--other-seeds",
            "1",
            "--models",
            root.resolve("models").toString()));
    String classifier = root.resolve("classifier").toString();
    says(
        "evaluate",
        "classifier",
        "--data",
        "../data/fashion-mnist?size=8&limit=60",
        "--epochs",
        "1",
        "--out",
        classifier);
    evaluates(
        "evaluate",
        "emergence",
        "--checkpoint",
        flow.member().toString(),
        "--target",
        target,
        "--classifier",
        classifier,
        "--samples",
        "1",
        "--timesteps",
        "0,100");
    List<String> page = new ArrayList<>(List.of(flow.report()));
    for (String checked : List.of("stability", "flips", "timesteps", "forget", "emergence")) {
      page.addAll(List.of("--evaluation", root.resolve(checked).toString()));
    }
    says(page.toArray(String[]::new));
    Path[] made = {
      flow.checkpoints(), flow.member(), flow.features(), flow.attribution(), flow.targets()
    };
    for (Path path : made) {
      says("inspect", path.toString());
    }
    says("inspect", "--verify", flow.attribution().toString());
    says("inspect", TinyFlow.DATA + "&class=Bag");
    texts.add(Files.readString(flow.page()));
    for (String text : texts) {
      assertThat(ONE_OF_MANY.matcher(text).results().map(found -> found.group()).toList())
          .as(text.length() < 5000 ? text : "the page")
          .isEmpty();
    }
    assertThat(String.join("", texts)).contains("1 target at 1 step", "1 checkpoint");
  }

  private static String[] with(String[] model, String name, String... more) {
    List<String> line = new ArrayList<>(List.of("evaluate", name));
    line.addAll(List.of(model));
    line.addAll(List.of(more));
    return line.toArray(String[]::new);
  }

  @Test
  void thePatternFindsWhatItLooksFor() {
    for (String wrong : new String[] {"Scores for 1 targets", "(1 models)", "of the 1 picture"}) {
      assertThat(ONE_OF_MANY.matcher(wrong).find()).as(wrong).isTrue();
    }
    for (String right : new String[] {"0.1 images", "11 models", "1 model", "t = 1 and steps"}) {
      assertThat(ONE_OF_MANY.matcher(right).find()).as(right).isFalse();
    }
  }
}
