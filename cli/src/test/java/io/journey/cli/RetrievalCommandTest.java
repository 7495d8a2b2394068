package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.array.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code evaluate retrieval} as a user types it. */
class RetrievalCommandTest {
  private static final int EXAMPLES = 24;

  @TempDir static Path root;
  private static TinyFlow flow;

  @BeforeAll
  static void makeOnce() throws IOException {
    flow = TinyFlow.made(root);
  }

  private static String[] command(Path out, String... more) {
    List<String> command = new ArrayList<>(List.of("evaluate", "retrieval"));
    command.addAll(List.of("--checkpoints", flow.checkpoints().toString()));
    command.addAll(List.of("--data", TinyFlow.DATA, "--timesteps", "100,300"));
    command.addAll(List.of("--features", flow.features().toString(), "--target-draws", "2"));
    command.addAll(List.of("--out", out.toString()));
    command.addAll(List.of(more));
    return command.toArray(String[]::new);
  }

  /** Scores that are 1 for some images, at both steps and both targets. */
  private static Path scores(String name, int... images) throws IOException {
    float[] numbers = new float[2 * 2 * EXAMPLES];
    for (int q = 0; q < 4; q++) {
      for (int image : images) {
        numbers[q * EXAMPLES + image] = 1;
      }
    }
    Path file = root.resolve(name + ".npy");
    try (var out = Files.newOutputStream(file)) {
      Npy.write(out, numbers, 2, 2, EXAMPLES);
    }
    return file;
  }

  @Test
  void whoKnowsTheHiddenImagesIsFirstAndWhoKnowsHalfFindsHalf() throws IOException {
    Path hidden = root.resolve("hidden.txt");
    Files.writeString(hidden, "train/00003\ntrain/00011\n");
    Path out = root.resolve("retrieval");
    CommandRun run =
        CommandRun.of(
            command(
                out,
                "--target",
                flow.targets().toString(),
                "--hidden",
                "id=@" + hidden,
                "--scores",
                "knows=" + scores("knows", 3, 11),
                "--scores",
                "half=" + scores("half", 3, 4)));
    List<String> table = Files.readAllLines(out.resolve("retrieval.csv"));
    assertThat(table.get(1)).startsWith("knows,100,1.0000,1.0000,1.0000,1.0000");
    // One of two found among two: (1/2 + 2/24) / 2, as all the others have one score.
    assertThat(table).anyMatch(row -> row.startsWith("half,all,0.2917,"));
    assertThat(table).anyMatch(row -> row.startsWith("ek-fac,300,"));
    assertThat(table).anyMatch(row -> row.startsWith("pixel-cosine,300,"));
    assertThat(run.out())
        .contains("knows finds the hidden source best.", "2 of 24 training images are hidden");
    assertThat(CommandRun.runs("inspect", out.toString())).contains("retrieval", "finished");
  }

  @Test
  void aConditionNeedsAValue() {
    CommandRun empty =
        CommandRun.of(
            command(
                root.resolve("e"), "--target", flow.targets().toString(), "--hidden", "class="));
    assertThat(empty.status()).isEqualTo(2);
    assertThat(empty.err()).contains("condition 'class=' names no value");
  }

  @Test
  void picturesThatNoModelDrewAreTargetsToo() throws IOException {
    Path held = Files.createDirectories(root.resolve("held"));
    for (int i = 0; i < 2; i++) {
      var picture =
          new java.awt.image.BufferedImage(8, 8, java.awt.image.BufferedImage.TYPE_BYTE_GRAY);
      picture.getRaster().setSample(3, 2 + i, 0, 255);
      javax.imageio.ImageIO.write(picture, "png", held.resolve(i + ".png").toFile());
    }
    Path out = root.resolve("pictures");
    CommandRun run =
        CommandRun.of(command(out, "--image", held.toString(), "--hidden", "id=train/00003"));
    assertThat(run.out()).contains("The model did not draw 2 pictures");
    assertThat(Files.readAllLines(out.resolve("retrieval.csv")))
        .anyMatch(row -> row.startsWith("ek-fac,all,"));
  }

  @Test
  void targetsAreChosenByTheirNumbersInAnyOrder() throws IOException {
    Path all = root.resolve("all");
    Path turned = root.resolve("turned");
    List<String> asked =
        List.of("--target", flow.targets().toString(), "--hidden", "id=train/00003");
    CommandRun.runs(command(all, asked.toArray(String[]::new)));
    List<String> chosen = new java.util.ArrayList<>(asked);
    chosen.addAll(List.of("--only", "1,0"));
    CommandRun.runs(command(turned, chosen.toArray(String[]::new)));
    assertThat(precision(turned)).isEqualTo(precision(all));
  }

  private static String precision(Path out) throws IOException {
    return Files.readAllLines(out.resolve("retrieval.csv")).stream()
        .filter(row -> row.startsWith("ek-fac,all,"))
        .map(row -> row.split(",")[2])
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatCannotBeAskedIsRefusedInASentence() throws IOException {
    String[] asked = command(root.resolve("no"), "--target", flow.targets().toString());
    refused(asked, "has no example 'none'", "--hidden", "id=none");
    refused(asked, "0 to 1, got 2", "--hidden", "id=train/00003", "--only", "0,2");
    refused(asked, "names no target", "--hidden", "id=train/00003", "--only", ",");
    refused(asked, "names a target twice", "--hidden", "id=train/00003", "--only", "1,1");
    refused(asked, "needs at least 2 targets", "--hidden", "id=train/00003", "--only", "1");
    assertThat(root.resolve("no")).doesNotExist();
  }

  private static void refused(String[] asked, String said, String... more) throws IOException {
    String[] words = Arrays.copyOf(asked, asked.length + more.length);
    System.arraycopy(more, 0, words, asked.length, more.length);
    CommandRun run = CommandRun.of(words);
    assertThat(run.err()).contains(said);
    assertThat(run.status()).isEqualTo(2);
  }
}
