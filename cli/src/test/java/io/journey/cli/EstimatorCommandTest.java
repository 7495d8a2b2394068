package io.journey.cli;

import static io.journey.cli.CommandRun.runs;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.array.Npy;
import io.journey.run.Json;
import io.journey.run.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Estimators by name on the command line: Journey's own, and one of another module that {@code
 * META-INF/services} names ({@code org.example.SignAgreement}).
 */
class EstimatorCommandTest {
  private static final String TOY = "sign-agreement";

  @TempDir static Path root;
  private static TinyFlow flow;
  private static Path plain;
  private static Path means;

  @BeforeAll
  static void makeFeatures() throws IOException {
    flow = TinyFlow.made(root);
    plain = root.resolve("plain");
    means = root.resolve("means");
    runs(flow.featurize("--out", plain.toString(), "--preconditioner", "none", "--dtype", "f32"));
    runs(flow.featurize("--out", means.toString(), "--function", "mean"));
  }

  private static String estimator(Path attribution) {
    return Json.read(attribution.resolve("manifest.json")).at("/settings/estimator").asText();
  }

  private static float[] scores(Path attribution) {
    Npy npy = Npy.map(attribution.resolve("scores.npy"));
    float[] out = new float[npy.count()];
    npy.read(0, out, 0, out.length);
    return out;
  }

  @Test
  void anEstimatorOfAnotherModuleScores(@TempDir Path folder) {
    Path out = folder.resolve("scores");
    runs(
        flow.attribute(
            "--features", plain.toString(), "--out", out.toString(), "--estimator", TOY));
    assertThat(estimator(out)).isEqualTo(TOY);
    // Shares of 64 numbers, the mean of two checkpoints.
    for (float score : scores(out)) {
      assertThat(score).isBetween(0f, 1f);
      assertThat(score * 128).isEqualTo(Math.round(score * 128));
    }
  }

  @Test
  void anEstimatorOfAnotherModuleIsNoDefaultAndIsInHelpAndRefusals(@TempDir Path folder) {
    Path out = folder.resolve("scores");
    runs(flow.attribute("--features", plain.toString(), "--out", out.toString()));
    assertThat(estimator(out)).isEqualTo("journey-trak");
    assertThat(estimator(flow.attribution())).isEqualTo("ek-fac");
    for (String[] help :
        List.of(new String[] {"attribute", "--help"}, new String[] {"evaluate", "lds", "--help"})) {
      String shown = CommandRun.of(help).out().replaceAll("\\s+", " ");
      assertThat(shown)
          .contains("journey-trak, trak,")
          .contains("renormalized-influence, " + TOY + " with --preconditioner none")
          .contains("das-linear, das-squared with --function mean --preconditioner none")
          .contains("ek-fac with --preconditioner ekfac");
    }
    CommandRun refused = CommandRun.of(flow.attribute("--out", out + "-1", "--estimator", "toy"));
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("estimator toy is unknown", "ek-fac, " + TOY);
    CommandRun unserved = CommandRun.of(flow.attribute("--out", out + "-1", "--estimator", TOY));
    assertThat(unserved.status()).isEqualTo(2);
    assertThat(unserved.err()).contains(TOY + " needs features of --preconditioner none");
  }

  /** They may be wanted elsewhere, so they are made; that they cannot be scored is said first. */
  @Test
  void theStrongestAloneAreThoseOfTheRanking(@TempDir Path folder) throws IOException {
    Path out = folder.resolve("strongest");
    assertThat(runs(flow.attribute("--out", out.toString(), "--strongest", "3")))
        .contains("The strongest 3 at each end of 24 training images for 2 targets at 2 steps");
    assertThat(out.resolve("scores.npy")).doesNotExist();
    List<String> found = places(out, 3);
    assertThat(found).hasSize(2 * 2 * 2 * 3);
    assertThat(found).isEqualTo(places(flow.attribution(), 3));
    assertThat(CommandRun.of("inspect", out.toString()).status()).isZero();
    CommandRun page = CommandRun.of(flow.report("--attribution", out.toString()));
    assertThat(page.status()).isEqualTo(2);
    assertThat(page.err()).contains("holds strongest, expected attribution");
  }

  /** Target, step, sign, rank and example of the first lines of every ranking. */
  private static List<String> places(Path attribution, int most) throws IOException {
    return Files.readAllLines(attribution.resolve("ranking.csv")).stream()
        .skip(1)
        .map(line -> String.join(",", Arrays.copyOf(line.split(","), 6)))
        .filter(line -> Integer.parseInt(line.split(",")[3]) <= most)
        .toList();
  }

  /** That is what they are for: no drawing of theirs is what anyone asks about. */
  @Test
  void membersOfPartsOfTheImagesAnswerForAnotherModelsDrawings(@TempDir Path folder)
      throws IOException {
    String parts = folder.resolve("parts").toString();
    String features = folder.resolve("features").toString();
    String scores = folder.resolve("scores").toString();
    runs(flow.train("--fraction", "0.5", "--count", "2", "--out", parts));
    runs(flow.featurize("--checkpoints", parts, "--out", features));
    runs(flow.attribute("--checkpoints", parts, "--features", features, "--out", scores));
    assertThat(places(Path.of(scores), 3)).isNotEmpty().isNotEqualTo(places(flow.attribution(), 3));
    runs(flow.lds(folder, "--checkpoints", parts, "--features", features, "--seeds", "1"));
  }

  @Test
  void featuresThatNoEstimatorTakesAreMadeWithAWarning(@TempDir Path folder) {
    String[] unserved = {"--function", "norm", "--preconditioner", "ekfac", "--draws", "1"};
    String sentence =
        "No estimator takes features of --function norm --preconditioner ekfac, so attribute and"
            + " evaluate will refuse them: there are journey-trak";
    assertThat(runs(flow.featurize(TinyFlow.with(unserved, "--out", folder.resolve("f")))))
        .startsWith(sentence);
    assertThat(runs(flow.featurize("--out", folder.resolve("g").toString())))
        .doesNotContain("No estimator");
  }

  /** What attribute refused before: it had no errors of training images. */
  @Test
  void dasScoresByFeaturesOfMeans(@TempDir Path folder) {
    Path linear = folder.resolve("linear");
    Path squared = folder.resolve("squared");
    runs(flow.attribute("--features", means.toString(), "--out", linear.toString()));
    assertThat(estimator(linear)).isEqualTo("das-linear");
    runs(
        flow.attribute(
            "--features",
            means.toString(),
            "--out",
            squared.toString(),
            "--estimator",
            "das-squared"));
    assertThat(scores(squared)).hasSameSizeAs(scores(linear));
    for (float score : scores(squared)) {
      assertThat(score).isPositive();
    }
  }

  @Test
  void dampingZeroOfFewExamplesIsRefused(@TempDir Path folder) {
    CommandRun run =
        CommandRun.of(
            flow.attribute(
                "--features",
                plain.toString(),
                "--out",
                folder.resolve("scores").toString(),
                "--damping",
                "0"));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("singular", "24 examples", "64 dimensions", "positive damping");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void scoringLeavesFeaturesAsTheyWere(@TempDir Path folder) throws IOException {
    var before = Snapshot.of(plain);
    runs(
        flow.attribute(
            "--features", plain.toString(), "--out", folder.resolve("scores").toString()));
    assertThat(Snapshot.of(plain)).isEqualTo(before);
  }

  /**
   * The table has a line of the foreign estimator, and scores on disk are judged as its own are.
   */
  @Test
  void evaluateLdsJudgesAnEstimatorOfAnotherModule(@TempDir Path folder) throws IOException {
    Path written = folder.resolve("written");
    runs(
        flow.attribute(
            "--features", plain.toString(), "--out", written.toString(), "--estimator", TOY));
    Path out = folder.resolve("lds");
    List<String> command = new ArrayList<>(List.of("evaluate", "lds", "--data", TinyFlow.DATA));
    command.addAll(List.of("--checkpoints", flow.checkpoints().toString()));
    command.addAll(List.of("--target", flow.targets().toString(), "--timesteps", "100,300"));
    command.addAll(List.of("--features", plain.toString(), "--estimators", TOY));
    command.addAll(List.of("--attribution", "written=" + written));
    command.addAll(List.of("--ground-truth", folder.resolve("truth").toString()));
    command.addAll(List.of("--subsets", "6", "--seeds", "1", "--draws", "2"));
    command.addAll(List.of("--target-draws", "2", "--out", out.toString()));
    runs(command.toArray(String[]::new));
    List<String> table = Files.readAllLines(out.resolve("lds.csv"));
    assertThat(of(table, TOY)).isNotEmpty().isEqualTo(of(table, "written"));
    Path fewer = folder.resolve("fewer");
    command.set(command.indexOf(folder.resolve("truth").toString()), fewer.toString());
    command.set(command.indexOf(out.toString()), folder.resolve("both").toString());
    command.addAll(List.of("--fraction", "0.75", "--beside", "halves=" + folder.resolve("truth")));
    runs(command.toArray(String[]::new));
    List<String> truths = Files.readAllLines(folder.resolve("both/truths.csv"));
    String alone =
        of(table, TOY).stream().filter(row -> row.startsWith(",all,")).findFirst().orElseThrow();
    String lds = alone.split(",")[2];
    assertThat(truths)
        .anyMatch(
            row ->
                row.startsWith(
                    "\"halves (other seeds, 50 % of the data)\"," + TOY + "," + lds + ","))
        .anyMatch(row -> row.startsWith("\"other seeds, 75 % of the data\"," + TOY + ","));
  }

  /** The lines of one estimator without its name. */
  private static List<String> of(List<String> table, String name) {
    Stream<String> lines = table.stream().filter(line -> line.startsWith(name + ","));
    return lines.map(line -> line.substring(name.length())).toList();
  }
}
