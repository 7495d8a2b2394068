package io.journey.explorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.journey.condition.Condition;
import io.journey.dataset.PictureFiles;
import io.journey.features.FeatureStore;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.results.Timesteps;
import io.journey.sampling.PictureTargets;
import io.journey.sampling.Trajectory;
import io.journey.score.Attributor;
import io.journey.tensor.TestContext;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that a person drops on the page, against what the command line makes of their files. */
class DroppedPictureTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir static Path shared;

  private static ExplorerSources sources;
  private static Explorer explorer;
  private static Visitor visitor;

  @BeforeAll
  static void start() {
    sources = TinyRun.in(shared);
    explorer = Explorer.start(sources, 0, TestContext.TWO);
    visitor = new Visitor(explorer);
  }

  @AfterAll
  static void end() {
    explorer.close();
  }

  /** A picture with a dark corner, see-through elsewhere, of no square. */
  static byte[] picture(String format, int type) throws IOException {
    BufferedImage image = new BufferedImage(30, 20, type);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(40, 90, 160));
    graphics.fillRect(0, 0, 14, 9);
    graphics.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, format, out);
    return out.toByteArray();
  }

  /** The same with a camera's note that it lies on its side. */
  private static byte[] turned() throws IOException {
    byte[] jpeg = picture("jpeg", BufferedImage.TYPE_INT_RGB);
    byte[] tiff = {
      'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0
    };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    int length = 2 + 6 + tiff.length;
    out.write(new byte[] {(byte) 0xFF, (byte) 0xE1, 0, (byte) length, 'E', 'x', 'i', 'f', 0, 0});
    out.write(tiff);
    out.write(jpeg, 2, jpeg.length - 2);
    return out.toByteArray();
  }

  private static JsonNode dropped(String query, byte[] file) throws IOException {
    String answer = visitor.post("/api/picture?" + query, file);
    assertThat(Visitor.status(answer)).as(answer).isEqualTo(200);
    String body = Visitor.body(answer);
    return MAPPER.readTree(body.substring(body.indexOf('{'), body.lastIndexOf('}') + 1));
  }

  private static Trajectory asTheCommandLineDoes(Path file, int[] steps) {
    try (Checkpoint checkpoint = Ensemble.open(sources.checkpoints()).first()) {
      PictureTargets targets = new PictureTargets(checkpoint, LatentCodec.IDENTITY);
      return targets
          .of(
              PictureFiles.read(file, targets.pictureShape(), List.of()),
              List.of(Condition.NONE),
              steps,
              0)
          .get(0);
    }
  }

  @Test
  void aPictureIsAskedAboutAsAttributeAsksAboutItsFile() throws IOException {
    Map<String, byte[]> pictures = new LinkedHashMap<>();
    pictures.put("alpha.png", picture("png", BufferedImage.TYPE_INT_ARGB));
    pictures.put("turned.jpg", turned());
    pictures.put("plain.bmp", picture("bmp", BufferedImage.TYPE_INT_RGB));
    for (Map.Entry<String, byte[]> one : pictures.entrySet()) {
      JsonNode target = dropped("name=" + one.getKey(), one.getValue());
      assertThat(target.path("file").asText()).isEqualTo(one.getKey());
      assertThat(target.path("asked").asText()).contains("did not draw", " is the picture itself");
      int[] steps = MAPPER.convertValue(target.path("timesteps"), int[].class);
      Path file = Files.write(shared.resolve(one.getKey()), one.getValue());
      Trajectory expected = asTheCommandLineDoes(file, steps);
      int step = steps[4];
      float[] scores =
          Attributor.of(Ensemble.open(sources.checkpoints()), FeatureStore.open(sources.features()))
              .withDraws(8)
              .attribute(expected, Timesteps.of(step), TestContext.TWO)
              .scores(0, 0);
      String question =
          "{\"client\":\"p\",\"target\":"
              + target.path("target").asInt()
              + ",\"step\":"
              + step
              + ",\"estimator\":\"ek-fac\",\"draws\":8}";
      float largest = 0;
      for (float score : scores) {
        largest = Math.max(largest, Math.abs(score));
      }
      assertThat(largest).isPositive();
      assertThat(ExplorerTest.last(visitor.post("/api/ask", question)))
          .as(one.getKey())
          .containsExactly(scores, within(2e-4f * largest));
      assertThat(Visitor.status(visitor.get("/api/run"))).isEqualTo(200);
    }
    assertThat(asTheCommandLineDoes(shared.resolve("turned.jpg"), new int[] {9}).image())
        .as("the note of the camera counts")
        .isNotEqualTo(asTheCommandLineDoes(shared.resolve("plain.bmp"), new int[] {9}).image());
  }

  @Test
  void aBadPictureIsRefusedInOneSentence() throws IOException {
    byte[] png = picture("png", BufferedImage.TYPE_INT_ARGB);
    byte[] bomb = png.clone();
    bomb[16] = 0; // 60 000 × 60 000 pixels, says the header.
    bomb[17] = 0;
    bomb[18] = (byte) 0xEA;
    bomb[19] = 0x60;
    System.arraycopy(bomb, 16, bomb, 20, 4);
    Map<String, byte[]> bad = new LinkedHashMap<>();
    bad.put("name=empty.png", new byte[0]);
    bad.put("name=text.png", "no picture at all".getBytes(StandardCharsets.UTF_8));
    bad.put("name=cut.png", Arrays.copyOf(png, png.length - 30));
    bad.put("name=bomb.png", bomb);
    bad.put("name=classed.png&class=3", png);
    bad.put("name=worded.png&prompt=a%20shoe", png);
    bad.put("name=x.png&class=-1", png);
    bad.put("name=" + "y".repeat(121), png);
    bad.put("name=%ff%fe&prompt=%zz", "x".getBytes(StandardCharsets.UTF_8));
    for (Map.Entry<String, byte[]> one : bad.entrySet()) {
      String answer = visitor.post("/api/picture?" + one.getKey(), one.getValue());
      assertThat(Visitor.status(answer)).as(one.getKey() + "\n" + answer).isEqualTo(400);
      assertThat(Visitor.body(answer).strip()).hasSizeBetween(10, 400).doesNotContain("\n");
    }
    String told =
        visitor.post("/api/picture?name=..%2F..%2Fetc%2Fcut.png", bad.get("name=cut.png"));
    assertThat(Visitor.body(told)).startsWith("cut.png ").doesNotContain("etc");
    assertThat(Visitor.status(visitor.post("/api/picture?name=long.png", new byte[21 << 20])))
        .isIn(413, 0); // Or it has closed before all was sent.
    assertThat(dropped("name=good.png", png).path("file").asText()).isEqualTo("good.png");
  }
}
