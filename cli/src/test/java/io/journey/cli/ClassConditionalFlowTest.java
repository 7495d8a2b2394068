package io.journey.cli;

import static io.journey.cli.CommandRun.refuses;
import static io.journey.cli.CommandRun.runs;
import static io.journey.cli.TinyFlow.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.array.Safetensors;
import io.journey.run.Json;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that are told the class of every image, from training to every check. */
class ClassConditionalFlowTest {
  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;

  @BeforeAll
  static void goTheWayOnce() throws IOException {
    flow = new TinyFlow(root);
    Files.writeString(flow.config(), TinyFlow.CONFIG);
    for (String[] stage :
        List.of(
            with(flow.train(), "--classes"),
            flow.sample("--labels", "Bag,7"),
            flow.featurize(),
            flow.attribute(),
            flow.report())) {
      runs(stage);
    }
  }

  @Test
  void theModelHasARowForEachClassOfTheDataAndTellsTheirNames() throws IOException {
    Path member = flow.member();
    assertThat(Json.read(member.resolve("unet/config.json")).path("num_class_embeds").asInt())
        .isEqualTo(10);
    assertThat(Json.read(member.resolve("model_index.json")).at("/id2label/8").asText())
        .isEqualTo("Bag");
    Path copy = folder.resolve("copy");
    runs("export", "--checkpoint", member.toString(), "--out", copy.toString());
    assertThat(Json.read(copy.resolve("model_index.json")))
        .isEqualTo(Json.read(member.resolve("model_index.json")));
  }

  @Test
  void trajectoriesAndScoresCarryTheClassesThatWereAskedFor() {
    assertThat(Safetensors.open(flow.targets()).longs("labels")).containsExactly(8, 7);
    assertThat(Safetensors.open(flow.attribution().resolve("targets.safetensors")).longs("labels"))
        .containsExactly(8, 7);
  }

  @Test
  void thePageSaysWhichClassEachPictureWasDrawnAs() throws IOException {
    assertThat(Files.readString(flow.page()))
        .contains("\"asked\":\"Bag\"", "\"asked\":\"Sneaker\"");
  }

  @Test
  void aClassChangesThePictureAndNotItsNoise() {
    Path all = folder.resolve("all.safetensors");
    runs(flow.sample("--out", all.toString(), "--count", "12"));
    Safetensors drawn = Safetensors.open(all);
    assertThat(drawn.longs("labels")).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1);
    Safetensors targets = Safetensors.open(flow.targets());
    // Picture 0 as class 0 and as class 8: the same x_T, another end.
    assertThat(drawn.part("xt", 0, 64)).isEqualTo(targets.part("xt", 0, 64));
    assertThat(drawn.part("image", 0, 64)).isNotEqualTo(targets.part("image", 0, 64));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10    | --labels must be 0 to 9, got 10",
        "-1    | --labels must be 0 to 9, got -1",
        "cat   | labels cat names the class 'cat', the model has T-shirt/top, Trouser",
        "''     | --labels is empty",
        "1,    | labels 1, names the class ''",
      })
  void aClassTheModelDoesNotKnowIsRefused(String labels, String sentence) {
    Path out = folder.resolve("t.safetensors");
    refuses(sentence, flow.sample("--out", out.toString(), "--labels", labels));
    assertThat(folder).isEmptyDirectory();
  }

  private String[] on(String... classes) throws IOException {
    for (String name : classes) {
      Path picture = folder.resolve("data").resolve(name).resolve("a.png");
      Files.createDirectories(picture.getParent());
      ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY), "png", picture.toFile());
    }
    return new String[] {
      "train",
      "--data",
      folder.resolve("data") + "?channels=1",
      "--from",
      flow.checkpoints().toString(),
      "--training-steps",
      "1",
      "--out",
      folder.resolve("on").toString()
    };
  }

  /** As number 0 of these data, a bag would be learned under a T-shirt's number. */
  @Test
  void classesWithOtherNumbersThanTheModelsAreNotTrainedOn() throws IOException {
    refuses("the class Bag as number 8, in the data it is number 0", on("Bag", "Zebra"));
    assertThat(folder.resolve("on")).doesNotExist();
  }

  /** A refused command says nothing of what it would have done. */
  @Test
  void namesOfClassesAreNotAnnouncedBeforeARefusal() throws IOException {
    Files.createDirectories(folder.resolve("on"));
    Files.writeString(folder.resolve("on/notes.txt"), "a directory of somebody else");
    CommandRun run = CommandRun.of(on("cat", "dog"));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  /** The last class would become that of no class. */
  @Test
  void aModelWithoutARowForDroppedClassesIsNotTrainedOnWithThem() throws IOException {
    refuses("has no row for dropped classes", with(on("cat", "dog"), "--drop-classes", "0.2"));
    assertThat(folder.resolve("on")).doesNotExist();
  }

  @Test
  void otherClassesGetTheirNamesAndItIsSaid() throws IOException {
    assertThat(runs(on("cat", "dog")))
        .contains("Class 0 is T-shirt/top in", "and cat in the data", "Class 1 is Trouser in")
        .doesNotContain("Class 2");
    assertThat(
            Json.read(folder.resolve("on/member-000/model_index.json"))
                .at("/id2label/0")
                .textValue())
        .isEqualTo("cat");
  }

  private String[] evaluate(String name, Object... more) {
    String[] common = {"evaluate", name, "--out", folder.resolve(name).toString()};
    return with(common, more);
  }

  @Test
  void everyCheckRuns() throws IOException {
    String data = TinyFlow.DATA;
    Path classifier = folder.resolve("classifier");
    runs(evaluate("classifier", "--data", data, "--epochs", 1));
    Object[] asked = {
      "--checkpoints", flow.checkpoints(), "--data", data, "--target", flow.targets()
    };
    String told =
        runs(
            with(
                evaluate("lds", asked),
                "--timesteps",
                "300,600",
                "--features",
                flow.features(),
                "--subsets",
                6,
                "--draws",
                4,
                "--target-draws",
                2,
                "--ground-truth",
                folder.resolve("truth")));
    assertThat(told).contains("ek-fac: LDS");
    runs(
        with(
            evaluate("stability", asked),
            "--projection",
            "sparse:64",
            "--draws",
            1,
            "--target-draws",
            2,
            "--timesteps",
            "300"));
    Object[] removal = {
      "--attribution",
      "trak=" + flow.attribution(),
      "--random-sets",
      1,
      "--other-seeds",
      1,
      "--models",
      folder.resolve("models"),
      "--remove",
      6
    };
    runs(with(with(evaluate("forget", asked), removal)));
    runs(
        with(
            with(evaluate("retrain", asked), removal),
            "--timestep",
            300,
            "--delta",
            200,
            "--samples",
            5,
            "--embedding",
            "classifier:" + classifier));
    runs(
        evaluate(
            "seeds",
            "--checkpoints",
            flow.checkpoints(),
            "--count",
            3,
            "--inference-steps",
            5,
            "--labels",
            "Bag,Coat"));
    assertThat(Json.read(folder.resolve("seeds/manifest.json")).at("/settings/labels").toString())
        .isEqualTo("[8,4]");
    runs(
        evaluate(
            "emergence",
            "--checkpoint",
            flow.member(),
            "--target",
            flow.targets(),
            "--classifier",
            classifier,
            "--samples",
            2,
            "--timesteps",
            "300,600"));
  }

  @Test
  void journeyTrakScoresThemToo() {
    Path features = folder.resolve("features");
    Path out = folder.resolve("scores");
    runs(flow.featurize("--out", features.toString(), "--preconditioner", "none"));
    runs(flow.attribute("--features", features.toString(), "--out", out.toString()));
    assertThat(Json.read(out.resolve("manifest.json")).at("/settings/estimator").asText())
        .isEqualTo("journey-trak");
  }

  /** Images without class folders. */
  private Path withoutClasses() throws IOException {
    Path images = Files.createDirectories(folder.resolve("images"));
    for (int i = 0; i < 3; i++) {
      java.awt.image.BufferedImage picture =
          new java.awt.image.BufferedImage(8, 8, java.awt.image.BufferedImage.TYPE_BYTE_GRAY);
      picture.getRaster().setSample(i, i, 0, 200);
      javax.imageio.ImageIO.write(picture, "png", images.resolve(i + ".png").toFile());
    }
    return images;
  }

  @Test
  void dataWithoutClassesAreRefusedBeforeAnyWork() throws IOException {
    String data = withoutClasses() + "?channels=1";
    Path out = folder.resolve("out");
    refuses(
        "0.png of the data has none: name data whose images have classes",
        flow.featurize("--data", data, "--out", out.toString()));
    refuses(
        "--classes needs data whose images have classes",
        with(flow.train("--data", data, "--out", out.toString()), "--classes"));
    Path config = folder.resolve("classes.json");
    Files.writeString(
        config, TinyFlow.CONFIG.replace("\"layers", "\"num_class_embeds\": 3, \"layers"));
    String[] train = flow.train("--config", config.toString(), "--out", out.toString());
    refuses(
        "0.png of the data has none",
        flow.train("--config", config.toString(), "--out", out.toString(), "--data", data));
    // Fashion-MNIST has ten.
    refuses(
        "the model takes images of the classes 0 to 2, train/00000 of the data has class 9", train);
    assertThat(out).doesNotExist();
  }

  @Test
  void targetsWithoutAClassAreRefusedBeforeAnyWork() throws IOException {
    // As a file of another program would be, or of a version that lost them.
    Safetensors drawn = Safetensors.open(flow.targets());
    Safetensors.Writer writer = new Safetensors.Writer();
    drawn.metadata().forEach(writer::metadata);
    for (String name : List.of("xt", "x0", "image")) {
      long[] shape = drawn.shape(name).stream().mapToLong(n -> n).toArray();
      writer.add(name, drawn.floats(name), shape);
    }
    writer.add("timesteps", drawn.longs("timesteps"), drawn.longs("timesteps").length);
    Path file = folder.resolve("unlabelled.safetensors");
    try (var out = Files.newOutputStream(file)) {
      writer.writeSealedTo(out);
    }
    Path out = folder.resolve("scores");
    String sentence = "samples images of the classes 0 to 9, a target has no class";
    refuses(sentence, flow.attribute("--target", file.toString(), "--out", out.toString()));
    refuses(
        sentence,
        evaluate(
            "lds",
            "--checkpoints",
            flow.checkpoints(),
            "--data",
            TinyFlow.DATA,
            "--target",
            file,
            "--timesteps",
            "300",
            "--features",
            flow.features(),
            "--subsets",
            6,
            "--draws",
            4,
            "--ground-truth",
            folder.resolve("truth")));
    assertThat(out).doesNotExist();
    assertThat(folder.resolve("truth")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"timestep", "identity"})
  void classesWithoutATableAreDrawnByNameOrNumber(String type) throws IOException {
    TinyFlow other = new TinyFlow(Files.createDirectories(folder.resolve("other")));
    Files.writeString(
        other.config(),
        TinyFlow.CONFIG.replace("\"layers", "\"class_embed_type\": \"" + type + "\", \"layers"));
    runs(other.train("--count", "1"));
    runs(other.sample("--count", "11"));
    assertThat(Safetensors.open(other.targets()).longs("labels"))
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
    runs(other.featurize());
    runs(other.attribute());
    // Its own folder tells no names, and any number is a class.
    Path unnamed = folder.resolve("unet");
    try (var files = Files.list(other.member().resolve("unet"))) {
      Files.createDirectories(unnamed);
      for (Path file : files.toList()) {
        Files.copy(file, unnamed.resolve(file.getFileName()));
      }
    }
    String out = folder.resolve("t.safetensors").toString();
    refuses(
        "the model takes any class, 0 and above",
        other.sample("--checkpoint", unnamed.toString(), "--out", out));
    runs(other.sample("--checkpoint", unnamed.toString(), "--out", out, "--labels", "700"));
  }
}
