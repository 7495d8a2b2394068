package io.journey.cli;

import static io.journey.cli.CommandRun.refuses;
import static io.journey.cli.CommandRun.runs;
import static io.journey.cli.TinyFlow.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.run.Checksums;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of pictures in files, one of which says that models may not be trained on it. */
class ExportResultsCommandTest {
  private static final int N = 12;
  private static final int SIDE = 8;

  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;
  private static Path images;

  @BeforeAll
  static void attributed() throws IOException {
    flow = new TinyFlow(root);
    images = Files.createDirectories(root.resolve("images"));
    Dataset garments = Datasets.open("../data/fashion-mnist?size=8&limit=" + N);
    for (int i = 0; i < N; i++) {
      float[] image = new float[SIDE * SIDE];
      garments.read(i, image, 0);
      Path file = images.resolve(String.format("%03d.png", i));
      ImageIO.write(GreyPicture.of(image, SIDE), "png", file.toFile());
    }
    Files.writeString(
        images.resolve("007.c2pa.json"),
        "{\"assertions\":[{\"label\":\"cawg.training-mining\",\"data\":{\"entries\":"
            + "{\"cawg.ai_generative_training\":{\"use\":\"notAllowed\"}}}}]}");
    Files.writeString(flow.config(), TinyFlow.CONFIG);
    String data = images.toString();
    runs(flow.train("--data", data));
    runs(flow.sample());
    runs(flow.featurize("--data", data));
    runs(flow.attribute());
  }

  private String[] export(String format, Path out, Object... more) {
    String[] command = {
      "export",
      format,
      "--attribution",
      flow.attribution().toString(),
      "--data",
      images.toString(),
      "--out",
      out.toString()
    };
    return with(command, more);
  }

  @Test
  void everyFormatIsASubcommandThatRuns() throws IOException {
    for (String format :
        new String[] {"arrays", "c2pa", "card", "croissant", "fiftyone", "scores"}) {
      Path out = folder.resolve(format);
      assertThat(runs(export(format, out))).contains("12 training images and 2 targets are in");
      assertThat(out.resolve("manifest.json")).isRegularFile();
      assertThat(runs("inspect", out.toString(), "--verify")).contains(format, "as written");
    }
    String card = Files.readString(folder.resolve("card/README.md"));
    assertThat(card).doesNotContain("datasets:", "base_model:");
  }

  /** Written again beside the same images under the same names. */
  @Test
  void threadsChangeNoByte() {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    runs(export("scores", one, "--images", "png", "--threads", 1));
    runs(export("scores", two, "--images", "png", "--threads", 4));
    for (String file : new String[] {"scores.parquet", "scores-long.parquet", "manifest.json"}) {
      assertThat(Checksums.of(two.resolve(file))).isEqualTo(Checksums.of(one.resolve(file)));
    }
  }

  @Test
  void croissantIsDataForTheNextCommand() {
    runs(export("croissant", folder.resolve("croissant"), "--images", "png"));
    String file = folder.resolve("croissant/croissant.json").toString();
    String out = folder.resolve("page.html").toString();
    runs(flow.report("--data", file, "--out", out));
    assertThat(folder.resolve("page.html")).isRegularFile();
  }

  @Test
  void imagesThatForbidTrainingAreToldByInspectAndOnThePage() throws IOException {
    assertThat(runs("inspect", "--data", images.toString()))
        .contains("1 image with words on training", "007.png: training not allowed");
    runs(flow.report("--data", images.toString(), "--out", folder.resolve("p.html").toString()));
    assertThat(Files.readString(folder.resolve("p.html")))
        .containsOnlyOnce("\"training\":\"training not allowed\"");
  }

  @Test
  void withoutAFormatOrACheckpointTheFormatsAreNamed() {
    refuses("arrays, c2pa, card, croissant, fiftyone, scores", "export");
    refuses("--attribution", "export", "scores");
    refuses("leave --images out", export("card", folder.resolve("x"), "--images", "png"));
    refuses("--strongest", export("card", folder.resolve("x"), "--strongest", 0));
    String other = "../data/fashion-mnist?size=8&limit=12";
    String[] command = export("card", folder.resolve("x"));
    command[5] = other;
    refuses("name the data it was made from", command);
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
