package io.journey.results.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Npy;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.results.Attribution;
import io.journey.results.FakeAttribution;
import io.journey.results.groups.GroupScores;
import io.journey.results.groups.GroupScoresRun;
import io.journey.results.groups.Grouping;
import io.journey.run.Checksums;
import io.journey.run.Compute;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four images of names that mean something elsewhere; the first says that training is not allowed.
 */
class ExportTest {
  private static final int[] STEPS = {100, 500, 900};
  private static final List<String> IDS =
      List.of("=HYPERLINK(\"x\").png", "a|b*c_[d](e).png", "b, `c` <i>\".png", "ü $x$ @you.png");

  @TempDir Path root;
  private Path images;
  private Path run;

  @BeforeEach
  void attributionOfOddNames() throws IOException {
    images = Files.createDirectories(root.resolve("images"));
    for (int i = 0; i < IDS.size(); i++) {
      BufferedImage image = new BufferedImage(6, 5, BufferedImage.TYPE_INT_RGB);
      for (int p = 0; p < 30; p++) {
        image.setRGB(p % 6, p / 6, 0x10203 * p * (i + 1) & 0xFFFFFF);
      }
      ImageIO.write(image, "png", images.resolve(IDS.get(i)).toFile());
    }
    Files.writeString(
        images.resolve(IDS.get(0) + ".c2pa.json"),
        "{\"assertions\":[{\"label\":\"cawg.training-mining\",\"data\":{\"entries\":"
            + "{\"cawg.ai_generative_training\":{\"use\":\"notAllowed\"}}}}]}");
    run = fake(data()).write(root.resolve("attribution"), data());
  }

  private static FakeAttribution fake(Dataset data) {
    float[][] finals = {new float[data.shape().numel()], new float[data.shape().numel()]};
    Arrays.fill(finals[1], 0.5f);
    return new FakeAttribution(STEPS, finals, FakeAttribution.noise(2, 3, 2, data.size(), 5));
  }

  private Dataset data() {
    return Datasets.open(images.toString());
  }

  private Attribution attribution() {
    return Attribution.open(run);
  }

  private ExportRequest request(ImageForm form) {
    return new ExportRequest(
        attribution(),
        data(),
        List.of(),
        Optional.ofNullable(form),
        false,
        2,
        new ExportRequest.Names("me/set", "CC0-1.0", "A: \"b\"", "x/y"),
        Optional.empty());
  }

  private static ExportFormat format(String name) {
    return ExportFormat.all().stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
  }

  private static Path export(String name, ExportRequest request, Path out) {
    try (RunContext context = RunContext.of(Compute.JAVA, 2, Progress.SILENT)) {
      new Export(format(name), request).run(out, context);
    }
    return out;
  }

  private Path export(String name, ImageForm form) {
    return export(name, request(form), root.resolve(name + "-" + form));
  }

  @Test
  void formatsAreFoundByTheirNames() {
    assertThat(ExportFormat.all().stream().map(ExportFormat::name))
        .containsExactly("arrays", "c2pa", "card", "croissant", "fiftyone", "scores");
  }

  @Test
  void tablesHaveTheScoresOfTheAttributionToTheLastBit() throws IOException {
    Path out = export("scores", (ImageForm) null);
    ParquetFloats wide = new ParquetFloats(out.resolve(ScoreTables.WIDE));
    ParquetFloats tall = new ParquetFloats(out.resolve(ScoreTables.LONG));
    assertThat(wide.rows()).isEqualTo(IDS.size());
    float[] all = tall.column("score");
    assertThat(all).hasSize(2 * STEPS.length * IDS.size());
    for (int t = 0; t < 2; t++) {
      for (int s = 0; s < STEPS.length; s++) {
        float[] expected = attribution().scores(s, t);
        assertThat(wide.column("score_" + t + "_t" + STEPS[s])).isEqualTo(expected);
        int from = (t * STEPS.length + s) * IDS.size();
        assertThat(Arrays.copyOfRange(all, from, from + IDS.size())).isEqualTo(expected);
      }
    }
    ObjectNode made = Json.parse(wide.note("journey").getBytes(), "note");
    assertThat(made.at("/inputs/attribution").asText())
        .isEqualTo(attribution().manifest().fingerprint());
    assertThat(made.at("/attribution/settings/estimator").asText()).isEqualTo("journey-trak");
    assertThat(made.at("/score").asText()).doesNotContain("f_t");
  }

  @Test
  void scoresThatAreNumbersSayOfWhat() throws IOException {
    FakeAttribution change = fake(data());
    change.unit = Attribution.CHANGE;
    run = change.write(root.resolve("change"), data());
    Path out = export("scores", request(null), root.resolve("scores-of-change"));
    ParquetFloats wide = new ParquetFloats(out.resolve(ScoreTables.WIDE));
    assertThat(Json.parse(wide.note("journey").getBytes(), "note").at("/score").asText())
        .contains("what f_t, the loss of the target at that step, would gain");
  }

  /** Over all steps the mean of scores in deviations: in double precision, an image at a time. */
  @Test
  void scoresOverAllStepsAreMeansInDeviations() throws IOException {
    Path out = export("scores", (ImageForm) null);
    float[] found = new ParquetFloats(out.resolve(ScoreTables.WIDE)).column("score_1");
    float[] vectors =
        new ParquetFloats(out.resolve(ScoreTables.WIDE)).column("embedding", "list", "element");
    for (int i = 0; i < IDS.size(); i++) {
      double sum = 0;
      for (int s = 0; s < STEPS.length; s++) {
        float[] row = attribution().scores(s, 1);
        double mean = (0.0 + row[0] + row[1] + row[2] + row[3]) / 4;
        double squares = 0;
        for (float value : row) {
          squares += (value - mean) * (value - mean) / 4;
        }
        double z = row[i] / Math.sqrt(squares);
        sum += z / 3;
        assertThat((double) vectors[i * 6 + 3 + s]).isCloseTo(z, within(1e-6));
      }
      assertThat((double) found[i]).isCloseTo(sum, within(1e-6));
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double most) {
    return org.assertj.core.data.Offset.offset(most);
  }

  @Test
  void scoresOfTheWholeTrajectoryAreThoseThatWereAskedFor() throws IOException {
    FakeAttribution asked = fake(data());
    asked.overSteps = true;
    run = asked.write(root.resolve("over"), data());
    Path out = export("scores", (ImageForm) null);
    float[] found = new ParquetFloats(out.resolve(ScoreTables.WIDE)).column("score_1");
    assertThat(found).isEqualTo(attribution().overSteps().orElseThrow().scores(1));
  }

  /** The other reader is the one of data sets. */
  @Test
  void embeddedImagesAndIdsAreReadBack() {
    Path table = export("scores", ImageForm.EMBEDDED).resolve(ScoreTables.WIDE);
    Dataset back = Datasets.open(table + "?column=image");
    assertThat(back.size()).isEqualTo(IDS.size());
    float[] expected = new float[90];
    float[] found = new float[90];
    for (int i = 0; i < IDS.size(); i++) {
      data().read(i, expected, 0);
      back.read(i, found, 0);
      assertThat(found).isEqualTo(expected);
    }
    Map<String, String> ids = Datasets.column(table + "?column=image", "id", Progress.SILENT);
    assertThat(ids.get(back.id(2))).isEqualTo(data().id(2));
    assertThat(Set.copyOf(ids.values())).isEqualTo(Set.copyOf(IDS));
    Map<String, String> said =
        Datasets.column(table + "?column=image", "generative_training", Progress.SILENT);
    assertThat(said).hasSize(1).containsEntry(back.id(place(IDS.get(0))), "notAllowed");
  }

  private int place(String id) {
    return IDS.stream().sorted().toList().indexOf(id);
  }

  @Test
  void tableOfManyRowsHasThemAll() throws IOException {
    int rows = 2 * ParquetWriter.ROWS + 5;
    List<Column> columns =
        List.of(
            Column.numbers("x", i -> i / 3f),
            Column.texts("t", i -> i % 3 == 0 ? "" : "text " + i % 7));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ParquetWriter.write(bytes, columns, rows, Map.of("k", "v"));
    Path file = Files.write(root.resolve("t.parquet"), bytes.toByteArray());
    float[] found = new ParquetFloats(file).column("x");
    assertThat(found).hasSize(rows);
    for (int i = 0; i < rows; i++) {
      assertThat(found[i]).isEqualTo(i / 3f);
    }
    assertThat(new ParquetFloats(file).groups()).isEqualTo(3);
  }

  @Test
  void arraysAreTargetsTimesTrainingImages() {
    Path out = export("arrays", (ImageForm) null);
    Npy step = Npy.map(out.resolve("scores-t0500.npy"));
    assertThat(step.shape()).containsExactly(2, 4);
    float[] found = new float[8];
    step.read(0, found, 0, 8);
    for (int t = 0; t < 2; t++) {
      assertThat(Arrays.copyOfRange(found, 4 * t, 4 * t + 4)).isEqualTo(attribution().scores(1, t));
    }
    ObjectNode index = Json.read(out.resolve("index.json"));
    assertThat(index.at("/train/1/id").asText()).isEqualTo(data().id(1));
    assertThat(index.at("/files/2/file").asText()).isEqualTo("scores-t0500.npy");
  }

  @Test
  void samplesOfFiftyOneNameTheirFilesAndScores() {
    Path out = export("fiftyone", ImageForm.PNG);
    JsonNode samples = Json.read(out.resolve("samples.json")).get("samples");
    assertThat(samples).hasSize(4);
    for (int i = 0; i < 4; i++) {
      assertThat(out.resolve(samples.get(i).get("filepath").textValue())).isRegularFile();
      float score = (float) samples.get(i).get("score_1_t900").doubleValue();
      assertThat(score).isEqualTo(attribution().scores(2, 1)[i]);
    }
    assertThat(samples.get(place(IDS.get(0))).get("tags").toString())
        .contains("training_notAllowed");
  }

  @Test
  void pathsAreRelativeOrAbsolute() {
    JsonNode relative = Json.read(export("fiftyone", ImageForm.FILES).resolve("samples.json"));
    assertThat(relative.at("/samples/0/filepath").asText()).isEqualTo("../images/" + data().id(0));
    ExportRequest absolute = request(ImageForm.FILES).withAbsolute(true);
    Path out = export("fiftyone", absolute, root.resolve("absolute"));
    JsonNode found = Json.read(out.resolve("samples.json")).at("/samples/0/filepath");
    assertThat(Path.of(found.asText())).isAbsolute().isRegularFile();
    assertThatThrownBy(() -> export("croissant", absolute, root.resolve("c")))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("leave --paths absolute out");
  }

  @Test
  void cardEscapesWhatMarkdownAndYamlWouldRead() throws IOException {
    String card = Files.readString(export("card", (ImageForm) null).resolve("README.md"));
    assertThat(card).startsWith("---\ndatasets:\n- \"me/set\"\nbase_model: \"x/y\"\ntags:\n");
    List<String> rows = card.lines().filter(line -> line.matches("\\| \\d \\|.*")).toList();
    assertThat(rows).hasSize(4);
    for (String row : rows) {
      String plain = row.replaceAll("\\\\[\\\\`*_{}\\[\\]<>|~&@$=]", "");
      assertThat(plain.chars().filter(c -> c == '|')).hasSize(6);
      assertThat(plain.replaceAll("\\d-\\d", "")).doesNotContain("<", "`", "*", "[", "@", "$");
    }
    assertThat(card).contains("says of generative AI training: notAllowed");
  }

  @Test
  void markdownIsEscapedWhereItMeansSomething() {
    assertThat(Markdown.text("a-b (c): d. 3.5")).isEqualTo("a-b (c): d. 3.5");
    assertThat(Markdown.text("- a")).isEqualTo("\\- a");
    assertThat(Markdown.text("12. a")).isEqualTo("12\\. a");
    assertThat(Markdown.text("# a\nb")).isEqualTo("\\# a\\\\u000ab");
    assertThat(Markdown.text("see https://x.org, www.x.org"))
        .isEqualTo("see https\\://x.org, www\\.x.org");
    assertThat(Markdown.text("[x](y) <b>|`$@")).isEqualTo("\\[x\\](y) \\<b\\>\\|\\`\\$\\@");
    assertThat(Markdown.yaml("a: \"b\"\n- c")).isEqualTo("\"a: \\\"b\\\"\\\\u000a- c\"");
  }

  @Test
  void cardWithoutNamesHasNone() throws IOException {
    ExportRequest nameless = request(null).withNames(new ExportRequest.Names("", "", "", ""));
    Path out = export("card", nameless, root.resolve("nameless"));
    assertThat(Files.readString(out.resolve("README.md"))).startsWith("---\ntags:\n");
  }

  @Test
  void sidecarsNameThePictureAndItsIngredientsByTheirHashes() {
    Path out = export("c2pa", (ImageForm) null);
    ObjectNode sidecar = Json.read(out.resolve("target-001.png.c2pa.json"));
    JsonNode made = sidecar.at("/assertions/0/data/actions/0");
    assertThat(made.get("digitalSourceType").asText()).endsWith("/trainedAlgorithmicMedia");
    JsonNode found = sidecar.at("/assertions/1/data");
    assertThat(found.at("/picture/hash").asText())
        .isEqualTo(Checksums.of(out.resolve("target-001.png")));
    assertThat(found.get("images")).hasSize(2);
    for (JsonNode image : found.get("images")) {
      String hash = Checksums.of(images.resolve(image.get("id").textValue()));
      assertThat(image.get("hash").asText()).isEqualTo(hash);
      assertThat(sidecar.get("ingredients").toString()).contains("urn:journey:sha256:" + hash);
      int index = IDS.stream().sorted().toList().indexOf(image.get("id").textValue());
      assertThat((float) image.at("/scores/900").doubleValue())
          .isEqualTo(attribution().scores(2, 1)[index]);
    }
  }

  /** Who did not draw a picture does not say where it came from. */
  @Test
  void sidecarOfAPictureFromElsewhereDoesNotSayThatAModelMadeIt() throws IOException {
    FakeAttribution asked = fake(data());
    asked.inputs.putArray(Attribution.FILES).add("one.png").add("two.png");
    run = asked.write(root.resolve("asked"), data());
    Path out = export("c2pa", (ImageForm) null);
    String sidecar = Files.readString(out.resolve("target-000.png.c2pa.json"));
    assertThat(sidecar)
        .contains("one.png", "made the model find the picture more likely")
        .doesNotContain("trainedAlgorithmicMedia", "inputTo", "what it became");
    assertThat(Json.parse(sidecar.getBytes(StandardCharsets.UTF_8), "it").get("ingredients"))
        .isEmpty();
    assertThat(Files.readString(export("card", (ImageForm) null).resolve("README.md")))
        .contains("that it did not draw", "find the picture more likely")
        .doesNotContain("what this model made", "what it became");
  }

  @Test
  void croissantHasTheHashOfEveryFile() throws IOException {
    Path out = export("croissant", ImageForm.PNG);
    JsonNode json = Json.read(out.resolve("croissant.json"));
    assertThat(json.get("license").asText()).isEqualTo("CC0-1.0");
    for (JsonNode file : json.get("distribution")) {
      if (file.has("contentUrl")) {
        Path there = out.resolve(file.get("contentUrl").asText());
        assertThat(file.get("sha256").asText()).isEqualTo(Checksums.of(there));
      }
    }
  }

  @Test
  void croissantReadsBack() {
    Dataset back =
        Datasets.open(export("croissant", ImageForm.PNG).resolve("croissant.json").toString());
    assertThat(back.fingerprint()).isEqualTo(data().fingerprint());
    Map<String, String> said = Datasets.column(back.spec(), "generative_training", Progress.SILENT);
    assertThat(said).isEqualTo(Map.of(IDS.get(0), "notAllowed"));
    assertThat(Datasets.column(back.spec(), "creator", Progress.SILENT))
        .containsEntry(IDS.get(1), "A: \"b\"");
  }

  /** Written beside the files of the data set itself. */
  @Test
  void croissantOfTheFilesThemselvesReadsBack() throws IOException {
    Path out = export("croissant", ImageForm.FILES);
    for (String name : List.of("croissant.json", "images.parquet", "journey.json")) {
      Files.copy(out.resolve(name), images.resolve(name));
    }
    Dataset back = Datasets.open("croissant:" + images);
    assertThat(back.fingerprint()).isEqualTo(data().fingerprint());
  }

  @Test
  void vectorsOfANetworkTakeThePlaceOfScores() throws IOException {
    float[][] vectors = {{1, -2}, {3, 4}, {0.5f, 6}, {7, Float.MIN_VALUE}};
    ExportRequest.Embedding embedding = new ExportRequest.Embedding("net", "f".repeat(64), vectors);
    ExportRequest embedded = request(null).withEmbedding(Optional.of(embedding));
    Path out = export("scores", embedded, root.resolve("embedded"));
    ParquetFloats table = new ParquetFloats(out.resolve(ScoreTables.WIDE));
    assertThat(table.column("embedding", "list", "element"))
        .containsExactly(1, -2, 3, 4, 0.5f, 6, 7, Float.MIN_VALUE);
    assertThat(Json.parse(table.note("journey").getBytes(), "note").get("vectors").asText())
        .isEqualTo("net");
    assertThatThrownBy(() -> export("card", embedded, root.resolve("c")))
        .isInstanceOf(SettingException.class)
        .hasMessage("the format card has no vectors of images: leave --embedding out");
  }

  @Test
  void groupsAreColumns() {
    Grouping halves =
        new Grouping(
            "by: hand", List.of("first", "=second"), new int[] {0, 1, 1, -1}, Json.object());
    try (RunContext context = RunContext.of(Compute.JAVA, 1, Progress.SILENT)) {
      new GroupScoresRun(attribution(), halves, 99, 1).run(root.resolve("groups"), context);
    }
    ExportRequest grouped =
        request(ImageForm.EMBEDDED)
            .withGroups(GroupScores.open(List.of(root.resolve("groups")), attribution()));
    Path table = export("scores", grouped, root.resolve("grouped")).resolve(ScoreTables.WIDE);
    Map<String, String> found =
        Datasets.column(table + "?column=image", "group_by_hand", Progress.SILENT);
    assertThat(found).hasSize(3).containsEntry("scores/00001", "=second");
  }

  @Test
  void sameContentGivesTheSameBytes() throws IOException {
    for (ExportFormat format : ExportFormat.all()) {
      ImageForm form = format.images().isEmpty() ? null : ImageForm.PNG;
      Path one = export(format.name(), request(form), root.resolve("one-" + format.name()));
      Path two = export(format.name(), request(form), root.resolve("two-" + format.name()));
      Set<String> seen = new HashSet<>();
      try (Stream<Path> files = Files.walk(one)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String name = one.relativize(file).toString();
          if (!name.equals("timing.json") && !name.equals(".lock")) {
            assertThat(two.resolve(name)).hasSameBinaryContentAs(file);
            seen.add(name);
          }
        }
      }
      assertThat(seen).as(format.name()).contains("manifest.json").hasSizeGreaterThan(1);
    }
  }

  @Test
  void whatAFormatCannotWriteIsRefused() {
    assertThatThrownBy(() -> export("fiftyone", ImageForm.EMBEDDED))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "the format fiftyone has no images as embedded, only as files or png: choose one of them");
    assertThatThrownBy(() -> export("card", ImageForm.PNG))
        .isInstanceOf(SettingException.class)
        .hasMessage("the format card names no images: leave --images out");
  }

  @Test
  void imagesWithinALargerFileAreWrittenAsPng() throws IOException {
    Path table = export("scores", ImageForm.EMBEDDED).resolve(ScoreTables.WIDE);
    Dataset within = Datasets.open(table + "?column=image");
    Path scores = fake(within).write(root.resolve("within"), within);
    ExportRequest files =
        request(ImageForm.FILES).withAttribution(Attribution.open(scores)).withData(within);
    assertThatThrownBy(() -> export("fiftyone", files, root.resolve("refused")))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("add --images png");
    ExportRequest left = files.withImages(Optional.empty());
    Path out = export("fiftyone", left, root.resolve("left"));
    String name = String.format(Locale.ROOT, "images/%06d.png", 3);
    assertThat(Datasets.open(out.resolve("images").toString()).size()).isEqualTo(4);
    assertThat(Files.readString(out.resolve("samples.json"))).contains(name);
  }
}
