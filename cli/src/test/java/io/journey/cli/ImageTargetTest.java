package io.journey.cli;

import static io.journey.cli.CommandRun.refuses;
import static io.journey.cli.CommandRun.runs;
import static io.journey.cli.TinyFlow.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.array.Safetensors;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.results.Attribution;
import io.journey.run.Json;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that no model drew: what is asked is the picture itself, at every step. */
class ImageTargetTest {
  private static final int N = 24;
  private static final int SIDE = 8;

  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;
  private static Path images;

  /** Garments as grey PNG files of the model's size, and a model that was trained on them. */
  @BeforeAll
  static void train() throws IOException {
    flow = new TinyFlow(root);
    images = Files.createDirectories(root.resolve("images"));
    Dataset garments = Datasets.open(TinyFlow.DATA);
    for (int i = 0; i < N; i++) {
      float[] image = new float[SIDE * SIDE];
      garments.read(i, image, 0);
      ImageIO.write(GreyPicture.of(image, SIDE), "png", images.resolve(name(i)).toFile());
    }
    Files.writeString(flow.config(), TinyFlow.LEARNT);
    String data = images.toString();
    runs(flow.train("--data", data, "--count", "1"));
    runs(flow.featurize("--data", data, "--draws", "20", "--projection", "none"));
  }

  private static String name(int i) {
    return String.format("%03d.png", i);
  }

  private static String[] ask(Path image, Path out, String... more) {
    List<String> line = new ArrayList<>(List.of(flow.attribute("--out", out.toString())));
    int target = line.indexOf("--target");
    line.set(target, "--image");
    line.set(target + 1, image.toString());
    return with(line.toArray(String[]::new), (Object[]) more);
  }

  @Test
  void aTrainingImageFindsItselfFirstAtLowSteps() {
    Path out = folder.resolve("out");
    String said = runs(ask(images, out));
    assertThat(said)
        .contains("did not draw 24 pictures", "x̂0 is the picture itself", "not how it was drawn");
    Attribution attribution = Attribution.open(out);
    assertThat(said).doesNotContain("as training images are");
    assertThat(attribution.files()).hasSize(N).startsWith("000.png", "001.png");
    int first = 0;
    for (int i = 0; i < N; i++) {
      first += attribution.at(100, i).top(1).get(0).index() == i ? 1 : 0;
    }
    // By chance one of 24 would.
    assertThat(first).isGreaterThanOrEqualTo(N - 2);
  }

  @Test
  void whatIsAskedAboutAreTheFilesPixelsAtEveryStep() throws IOException {
    Path out = folder.resolve("out");
    runs(ask(images.resolve(name(5)), out));
    BufferedImage file = ImageIO.read(images.resolve(name(5)).toFile());
    Safetensors targets = Safetensors.open(out.resolve("targets.safetensors"));
    float[] x0 = targets.floats("x0");
    float[] noisy = targets.floats("xt");
    assertThat(x0).hasSize(2 * SIDE * SIDE);
    for (int i = 0; i < x0.length; i++) {
      int at = i % (SIDE * SIDE);
      int value = file.getRaster().getSample(at % SIDE, at / SIDE, 0);
      assertThat(x0[i]).isEqualTo((float) (value / 127.5 - 1));
      assertThat(noisy[i]).isNotEqualTo(x0[i]);
    }
    assertThat(Json.read(out.resolve("manifest.json")).at("/inputs/asked").asText())
        .contains("how likely the model finds each picture", "no model drew them");
    assertThat(targets.metadata()).doesNotContainKey("model");
  }

  @Test
  void aTurnedCopyWithACamerasNoteHasTheScoresOfTheUprightOne() throws IOException {
    BufferedImage upright = ImageIO.read(images.resolve(name(3)).toFile());
    BufferedImage turned = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        turned.getRaster().setSample(x, y, 0, upright.getRaster().getSample(SIDE - 1 - y, x, 0));
      }
    }
    Path noted = folder.resolve("noted.png");
    Files.write(noted, withOrientation(turned, 6));
    Path plain = folder.resolve("plain.png");
    ImageIO.write(turned, "png", plain.toFile());
    float[] scores = scores(images.resolve(name(3)), "upright");
    assertThat(scores(noted, "noted")).isEqualTo(scores);
    assertThat(scores(plain, "plain")).isNotEqualTo(scores);
  }

  private float[] scores(Path image, String name) {
    Path out = folder.resolve(name);
    runs(ask(image, out));
    return Attribution.open(out).scores(0, 0);
  }

  /** A PNG with an eXIf chunk behind its header. */
  private static byte[] withOrientation(BufferedImage image, int orientation) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    byte[] chunk =
        ByteBuffer.allocate(4 + 26)
            .put("eXIf".getBytes())
            .put("MM".getBytes())
            .putShort((short) 42)
            .putInt(8)
            .putShort((short) 1)
            .putShort((short) 0x112)
            .putShort((short) 3)
            .putInt(1)
            .putShort((short) orientation)
            .putShort((short) 0)
            .putInt(0)
            .array();
    CRC32 crc = new CRC32();
    crc.update(chunk);
    byte[] bytes = png.toByteArray();
    int header = 8 + 25;
    return ByteBuffer.allocate(bytes.length + 8 + chunk.length)
        .put(bytes, 0, header)
        .putInt(chunk.length - 4)
        .put(chunk)
        .putInt((int) crc.getValue())
        .put(bytes, header, bytes.length - header)
        .array();
  }

  @Test
  void aPatchOfAPictureIsAskedAboutAsThatOfADrawing() {
    Path out = folder.resolve("out");
    runs(ask(images.resolve(name(5)), out, "--mask", "whole", "--mask", "0,0,4,4"));
    Attribution attribution = Attribution.open(out);
    assertThat(attribution.targets()).isEqualTo(2);
    assertThat(attribution.files()).containsExactly("005.png", "005.png");
    assertThat(attribution.scores(0, 0)).isNotEqualTo(attribution.scores(0, 1));
  }

  @Test
  void howAPictureWasChangedIsSaid() throws IOException {
    Path wide = folder.resolve("wide.png");
    BufferedImage image = new BufferedImage(9, 6, BufferedImage.TYPE_INT_ARGB);
    ImageIO.write(image, "png", wide.toFile());
    assertThat(runs(ask(wide, folder.resolve("out"))))
        .contains(
            "Of 1 picture, as training images are: 1 cropped to the largest square in the middle, 1"
                + " enlarged, 1 turned grey, 1 laid on white where transparent.");
  }

  @Test
  void thePageSaysThatNoModelDrewThePicture() throws IOException {
    Path hostile = folder.resolve("<img src=x onerror=1>&\".png");
    Files.copy(images.resolve(name(5)), hostile);
    Path out = folder.resolve("out");
    runs(ask(hostile, out));
    runs(flow.report("--attribution", out.toString(), "--data", images.toString()));
    String page = Files.readString(flow.page());
    assertThat(page)
        .contains("The model did not draw this picture", "how likely", "\"drawn\":false")
        .doesNotContain("The pictures the model made", "<img src=x");
  }

  @Test
  void whatDoesNotFitIsRefusedInASentence() {
    Path one = images.resolve(name(1));
    Path out = folder.resolve("out");
    refuses("the model takes no captions", ask(one, out, "--prompt", "a boot"));
    String[] decided = ask(one, out, "--over-steps", "decided");
    refuses("has no inference steps", decided);
    assertThat(CommandRun.of(decided).out()).isEmpty();
    refuses("the model knows no classes", ask(one, out, "--class", "3"));
    refuses(
        "step 1000 is none of the model's", TinyFlow.changed(ask(one, out), "--timesteps", "1000"));
    refuses("a.png", ask(folder.resolve("a.png"), out));
    refuses("no PNG, JPEG", ask(flow.config(), out));
    refuses(
        "--target and --image are mutually exclusive",
        with(ask(one, out), "--target", flow.targets()));
    assertThat(out).doesNotExist();
  }

  /** Of a model that was also trained without classes, none is a condition, too. */
  @Test
  void aClassIsSaidOrLeftOut() throws IOException {
    TinyFlow classes = new TinyFlow(Files.createDirectories(folder.resolve("classes")));
    Files.writeString(classes.config(), TinyFlow.CONFIG);
    runs(with(classes.train(), "--classes", "--drop-classes", "0.2", "--count", "1"));
    runs(classes.featurize());
    Path one = images.resolve(name(1));
    String[] asked = classes.attribute("--out", folder.resolve("none").toString());
    int target = List.of(asked).indexOf("--target");
    asked[target] = "--image";
    asked[target + 1] = one.toString();
    assertThat(runs(asked)).contains("told no class", "--class");
    String[] bag = TinyFlow.changed(asked, "--out", folder.resolve("bag").toString());
    assertThat(runs(with(bag, "--class", "Bag"))).doesNotContain("told no class");
    String file = "targets.safetensors";
    assertThat(Safetensors.open(folder.resolve("none").resolve(file)).longs("labels"))
        .containsExactly(10);
    assertThat(Safetensors.open(folder.resolve("bag").resolve(file)).longs("labels"))
        .containsExactly(8);
    assertThat(Attribution.open(folder.resolve("none")).scores(0, 0))
        .isNotEqualTo(Attribution.open(folder.resolve("bag")).scores(0, 0));
    refuses("names the class 'Hat'", with(bag, "--class", "Hat"));
    refuses("given 2 times and --image has 1 picture", with(bag, "--class", "1", "--class", "2"));
    runs(classes.report("--attribution", folder.resolve("none").toString()));
    assertThat(Files.readString(classes.page())).contains("\"asked\":\"no class\"");
  }
}
