package io.journey.cli;

import static io.journey.cli.CommandRun.refuses;
import static io.journey.cli.CommandRun.runs;
import static io.journey.cli.TinyFlow.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.random.Seed;
import io.journey.results.groups.GroupScore;
import io.journey.results.groups.GroupScore.Verdict;
import io.journey.results.groups.GroupScores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that was trained on near-copies of one picture, and asked about that picture. */
class GroupsCommandTest {
  private static final int N = 40;
  private static final int COPIES = 5;
  private static final int SIDE = 8;
  private static final String ARTIST = "<img src=x onerror=1> & \"Søn, 平\"";

  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;
  private static Path images;

  /** Images 0 to 4 are copies of a garment that is not among the others, each with own noise. */
  @BeforeAll
  static void train() throws IOException {
    flow = new TinyFlow(root);
    images = Files.createDirectories(root.resolve("images"));
    Dataset garments = Datasets.open("../data/fashion-mnist?size=8&limit=" + (N + 1));
    List<String> table = new ArrayList<>(List.of("file_name,artist"));
    for (int i = 0; i < N; i++) {
      float[] image = new float[SIDE * SIDE];
      garments.read(i < COPIES ? N : i, image, 0);
      float[] noise = new float[image.length];
      Seed.of(i).stream().fillGaussian(noise);
      for (int k = 0; k < noise.length; k++) {
        image[k] += i < COPIES ? 0.03f * noise[k] : 0;
      }
      String name = String.format("%03d.png", i);
      write(images.resolve(name), image);
      String quoted = '"' + ARTIST.replace("\"", "\"\"") + '"';
      table.add(name + "," + (i < COPIES ? quoted : i < 10 ? "" : "artist " + i % 6));
    }
    float[] source = new float[SIDE * SIDE];
    garments.read(N, source, 0);
    write(root.resolve("source.png"), source);
    Files.write(images.resolve("metadata.csv"), table);
    Files.writeString(flow.config(), TinyFlow.LEARNT);
    String data = images.toString();
    runs(flow.train("--data", data, "--count", "3"));
    runs(flow.featurize("--data", data, "--draws", "10", "--projection", "none"));
    String[] attribute = flow.attribute("--draws", "10", "--timesteps", "50,100,200");
    int target = List.of(attribute).indexOf("--target");
    attribute[target] = "--image";
    attribute[target + 1] = root.resolve("source.png").toString();
    runs(attribute);
  }

  private static void write(Path file, float[] image) throws IOException {
    ImageIO.write(GreyPicture.of(image, SIDE), "png", file.toFile());
  }

  private String[] groups(String column, String... more) {
    String[] command = {
      "groups",
      "--attribution",
      flow.attribution().toString(),
      "--group",
      column,
      "--out",
      folder.resolve("groups").toString()
    };
    return with(command, (Object[]) more);
  }

  @Test
  void theGroupOfTheSourcesCopiesIsFirstAndBeyondChance() {
    String said = runs(groups("artist", "--data", images.toString()));
    GroupScores found = GroupScores.open(folder.resolve("groups"));
    List<GroupScore> ranked = found.of(0, GroupScore.OVERALL);
    assertThat(ranked).hasSize(7);
    GroupScore first = ranked.get(0);
    assertThat(first.group()).isEqualTo(ARTIST);
    assertThat(first.images()).isEqualTo(COPIES);
    assertThat(first.verdict()).isEqualTo(Verdict.TOWARDS);
    assertThat(first.share()).isGreaterThan(3 * first.chanceShare());
    assertThat(first.shareLow()).isLessThan(first.share());
    assertThat(said)
        .contains(
            "Picture 0, “source.png”: Beyond chance over all steps: “"
                + ARTIST
                + "” towards the picture (5 images, +",
            "5 of 40 training images are in no group.");
    assertThat(found.of(0, "100").get(0).group()).isEqualTo(ARTIST);
  }

  @Test
  void clustersOfNearDuplicatesAreAGroup() {
    runs(groups("duplicates", "--data", images.toString(), "--similarity", "0.995"));
    GroupScore first = GroupScores.open(folder.resolve("groups")).of(0, GroupScore.OVERALL).get(0);
    assertThat(first.group()).isEqualTo("like 000.png");
    assertThat(first.images()).isEqualTo(COPIES);
    assertThat(first.verdict()).isEqualTo(Verdict.TOWARDS);
  }

  @Test
  void partsOfAPictureAreNamed() {
    String parts = folder.resolve("parts").toString();
    String[] attribute = flow.attribute("--draws", "2", "--timesteps", "100", "--out", parts);
    int target = List.of(attribute).indexOf("--target");
    attribute[target] = "--image";
    attribute[target + 1] = images.toString();
    runs(with(attribute, "--mask", "whole", "--mask", "0,0,4,4", "--mask", "whole"));
    String[] groups = groups("artist", "--data", images.toString());
    assertThat(runs(TinyFlow.changed(groups, "--attribution", parts)))
        .contains(
            "Picture 0, “000.png”, whole: ",
            "Picture 1, “000.png”, patch 0,0,4,4: ",
            "Picture 2, “001.png”, whole: ")
        .doesNotContain("Picture 80");
  }

  @Test
  void thePageShowsGroupsAndTheirNamesAsText() throws IOException {
    runs(groups("artist", "--data", images.toString()));
    String out = folder.resolve("groups").toString();
    String[] report = flow.report("--data", images.toString(), "--groups", out);
    runs(report);
    String page = Files.readString(flow.page());
    assertThat(page).doesNotContain("<img src=x").contains("\"column\":\"artist\"", "S\u00f8n, 平");
    runs(flow.report("--data", images.toString()));
    assertThat(Files.readString(flow.page())).contains("\"groups\":[]");
    Path other = folder.resolve("other");
    String[] again = flow.attribute("--out", other.toString(), "--draws", "3");
    int target = List.of(again).indexOf("--target");
    again[target] = "--image";
    again[target + 1] = images.resolve("030.png").toString();
    runs(again);
    refuses(
        "groups of another attribution",
        TinyFlow.changed(report, "--attribution", other.toString()));
  }

  @Test
  void whatDoesNotFitIsRefusedInASentence() throws IOException {
    refuses("name it with --data", groups("artist"));
    refuses("No training image has a class", groups("class"));
    refuses("has no texts named painter", groups("painter", "--data", images.toString()));
    refuses("was made from data with the fingerprint", groups("artist", "--data", TinyFlow.DATA));
    refuses(
        "No two training images are near-duplicates",
        groups("duplicates", "--data", images.toString(), "--similarity", "1"));
    String range = "--groupings must be between 99 and 100000";
    refuses(range, groups("folder", "--groupings", "10"));
    refuses(range, groups("folder", "--groupings", "1000000000"));
    refuses(
        "--similarity must be above 0",
        groups("duplicates", "--data", images.toString(), "--similarity", "0"));
    refuses("--group '' names nothing", groups(""));
    refuses("--group '@' names nothing", groups("@"));
    Path table =
        Files.writeString(
            root.resolve("groups.csv"), "id,group\n 000.png,a\n001.png,a\n1.png,b\n001.png,a\n");
    assertThat(runs(groups("@" + table)))
        .contains(
            "Picture 0, “source.png”: ",
            "eyond chance",
            "lists 1 id that no training image has: '1.png'.",
            "lists 1 id more than once: '001.png'.",
            "38 of 40 training images are in no group.");
    refuses("attribution", groups("folder", "--attribution", flow.features().toString()));
  }
}
