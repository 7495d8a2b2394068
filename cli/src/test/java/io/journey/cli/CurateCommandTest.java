package io.journey.cli;

import static io.journey.cli.CommandRun.refuses;
import static io.journey.cli.CommandRun.runs;
import static io.journey.cli.TinyFlow.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.results.curation.Curation;
import io.journey.results.curation.Issue;
import io.journey.results.curation.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Garments in folders of classes; three of them are there a second time, a little changed. */
class CurateCommandTest {
  private static final int N = 40;
  private static final int COPIES = 3;
  private static final int SIDE = 8;
  private static final String FIRST = "<b>x, y.png";

  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;
  private static String data;

  @BeforeAll
  static void train() throws IOException {
    flow = new TinyFlow(root);
    Path images = Files.createDirectories(root.resolve("images"));
    Dataset garments = Datasets.open("../data/fashion-mnist?size=8");
    for (int i = 0; i < N + COPIES; i++) {
      int source = 50 * (i % N);
      float[] image = new float[SIDE * SIDE];
      garments.read(source, image, 0);
      float[] noise = new float[image.length];
      Seed.of(i).stream().fillGaussian(noise);
      for (int k = 0; k < noise.length; k++) {
        image[k] += i < N ? 0 : 0.02f * noise[k];
      }
      String name = garments.condition(source).words(garments.classNames()).replace('/', ' ');
      Path of = Files.createDirectories(images.resolve(name));
      String file = i == N ? FIRST : String.format("%03d.png", i);
      ImageIO.write(GreyPicture.of(image, SIDE), "png", of.resolve(file).toFile());
    }
    data = images.toString();
    Files.writeString(flow.config(), TinyFlow.CONFIG);
    runs(with(flow.train("--data", data), "--classes"));
    runs(flow.featurize("--data", data));
  }

  private String[] curate(String... more) {
    String[] command = {
      "curate",
      "--features",
      flow.features().toString(),
      "--data",
      data,
      "--out",
      folder.resolve("curation").toString()
    };
    return with(command, (Object[]) more);
  }

  @Test
  void nothingIsDroppedUnlessItIsSaid() throws IOException {
    String said = runs(curate());
    Curation found = Curation.open(folder.resolve("curation"));
    assertThat(found.signals()).hasSize(N + COPIES);
    assertThat(found.suspects(Issue.DUPLICATES)).hasSizeGreaterThanOrEqualTo(COPIES);
    assertThat(said).contains("Near-duplicates: ", "Perhaps mislabelled: ", "curation.html");
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("curation", "curation.html");
    }
    String page = Files.readString(folder.resolve("curation.html"));
    assertThat(page).contains("&lt;b&gt;x, y.png").doesNotContain("<b>x", "<script");
    assertThat(Pattern.compile("https?:").matcher(page).find()).isFalse();
    for (Issue issue : Issue.values()) {
      assertThat(page).contains("id=\"" + issue.word() + "\"");
    }
  }

  @Test
  void whatIsKeptIsWhatTheNextModelIsTrainedOn() throws IOException {
    Path keep = folder.resolve("keep.txt");
    runs(curate("--drop", "duplicates,foreign:2", "--keep", keep.toString()));
    Curation found = Curation.open(folder.resolve("curation"));
    List<String> dropped =
        List.of(Issue.DUPLICATES, Issue.FOREIGN).stream()
            .flatMap(
                issue ->
                    found.ranked(issue).stream()
                        .limit(issue == Issue.FOREIGN ? 2 : N)
                        .map(Signals::id))
            .distinct()
            .toList();
    List<String> expected =
        found.signals().stream().map(Signals::id).filter(id -> !dropped.contains(id)).toList();
    assertThat(dropped).hasSizeGreaterThan(COPIES);
    assertThat(Files.readAllLines(keep)).isEqualTo(expected);
    Path again = folder.resolve("again");
    runs(
        with(
            flow.train("--data", data, "--out", again.toString()),
            "--where",
            "id=@" + keep,
            "--classes"));
    assertThat(Ensemble.open(again).manifest().inputs().path("examples").asInt())
        .isEqualTo(expected.size());
    assertThat(runs(curate("--drop", "twins:1", "--keep", keep.toString())))
        .contains("1 image dropped, " + (N + COPIES - 1) + " kept");
  }

  @Test
  void whatDoesNotFitIsRefusedInASentence() {
    refuses("must say how many", curate("--drop", "mislabels", "--keep", "k"));
    refuses("--keep", curate("--drop", "duplicates"));
    refuses("--drop", curate("--keep", "k"));
    refuses(
        "was made from data with the fingerprint",
        TinyFlow.changed(curate(), "--data", TinyFlow.DATA));
    refuses("too few for 50 supporters", curate("--supporters", "50"));
    refuses("--damping", curate("--damping", "1"));
    assertThat(folder.resolve("curation")).doesNotExist();
  }
}
