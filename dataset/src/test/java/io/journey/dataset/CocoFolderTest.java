package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.ids;
import static io.journey.dataset.DatasetFiles.png;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MS COCO in its official layout: the small part that is shipped, and what may go wrong. */
class CocoFolderTest {
  private static final Path SHIPPED = Path.of("..", "data", "coco");

  @TempDir Path folder;

  private Path annotations(String split, String json) throws IOException {
    Path file = folder.resolve("annotations/captions_" + split + ".json");
    Files.createDirectories(file.getParent());
    return Files.writeString(file, json);
  }

  private void images() throws IOException {
    png(folder.resolve("train2017/1.png"), 2, 2, 1);
    png(folder.resolve("train2017/2.png"), 2, 2, 2);
  }

  private static String coco(String images, String annotations) {
    return "{\"info\": {\"year\": 2017}, \"images\": ["
        + images
        + "], \"licenses\": [], \"annotations\": ["
        + annotations
        + "]}";
  }

  private static final String TWO =
      "{\"id\": 10, \"file_name\": \"1.png\"}, {\"file_name\": \"2.png\", \"license\": [{}], \"id\": 20}";
  private static final String FOUR =
      "{\"image_id\": 20, \"id\": 1, \"caption\": \"two \"}, {\"image_id\": 10, \"caption\": \"one\\n\"},"
          + "{\"caption\": \"two\", \"image_id\": 20}, {\"image_id\": 10, \"caption\": \"  \"}";

  @ParameterizedTest
  @CsvSource({"train, 26", "validation, 50"})
  void theShippedPartHasTheCaptionsOfItsAnnotations(String split, int count) {
    Dataset set = Datasets.open("coco:" + SHIPPED + "?size=128&split=" + split).captioned();
    String name = split.equals("train") ? "train2017" : "val2017";
    JsonNode truth = Json.read(SHIPPED.resolve("annotations/captions_" + name + ".json"));

    assertThat(set.size()).isEqualTo(count);
    assertThat(set.shape()).isEqualTo(new ImageShape(3, 128, 128));
    assertThat(set.classNames()).isEmpty();
    assertThat(set.notes().captions()).isEmpty();
    for (JsonNode image : truth.get("images")) {
      List<String> expected = new ArrayList<>();
      for (JsonNode annotation : truth.get("annotations")) {
        if (annotation.get("image_id").equals(image.get("id"))) {
          expected.add(annotation.get("caption").textValue().strip());
        }
      }
      int index = ids(set).indexOf(name + "/" + image.get("file_name").textValue());
      assertThat(expected).hasSize(5);
      assertThat(set.captions(index)).isEqualTo(expected);
    }
  }

  @Test
  void itIsFoundWithoutItsNameAndItsImagesAreThoseOfTheFolder() {
    Dataset found = Datasets.open(SHIPPED + "?size=16&split=all");
    assertThat(found.fingerprint())
        .isEqualTo(Datasets.open("images:" + SHIPPED + "?size=16&split=all").fingerprint());
    assertThat(found.captioned().captions(75)).hasSize(5);
    assertThat(Datasets.open(SHIPPED + "?size=16&limit=3&captions=5").captions(2)).hasSize(5);
  }

  @Test
  void captionsStayInTheOrderOfTheFile() throws IOException {
    images();
    annotations("train2017", coco(TWO, FOUR));
    Dataset set = Datasets.open(folder + "?captions=all");
    assertThat(set.captions(0)).containsExactly("one");
    assertThat(set.captions(1)).containsExactly("two", "two");
  }

  @ParameterizedTest
  @ValueSource(strings = {"images/val2014", "val2014"})
  void otherLayoutsAndReleasesAreRead(String place) throws IOException {
    png(folder.resolve(place).resolve("COCO_val2014_000000000042.png"), 2, 2, 1);
    annotations(
        "val2014",
        "{\"annotations\": [{\"image_id\": \"42\", \"caption\": \"a\"}],"
            + "\"images\": [{\"id\": \"42\", \"file_name\": \"COCO_val2014_000000000042.png\"}]}");
    Dataset set = Datasets.open(folder + "?split=validation&captions=all");
    assertThat(ids(set)).containsExactly(place + "/COCO_val2014_000000000042.png");
    assertThat(set.captions(0)).containsExactly("a");
    assertThat(set.notes().noClasses()).isEmpty();
  }

  @Test
  void whatTheFolderHasNotIsCounted() throws IOException {
    images();
    String more =
        TWO + ", {\"id\": 30, \"file_name\": \"3.png\"}, {\"id\": 40, \"file_name\": \"4.png\"}";
    annotations("train2017", coco(more, FOUR + ", {\"image_id\": 99, \"caption\": \"x\"}"));
    png(folder.resolve("train2017/0.png"), 2, 2, 3);
    Dataset set = Datasets.open(folder + "?uncaptioned=empty");
    assertThat(set.notes().captions())
        .containsExactly(
            "annotations/captions_train2017.json lists 2 images without a file here",
            "annotations/captions_train2017.json does not list 1 file of the folder",
            "annotations/captions_train2017.json has 1 caption of images that it does not list");
    assertRefused(folder + "?captions=all", "1 of the 3 images", "train2017/0.png");
  }

  @Test
  void annotationsOfOtherImagesAreRefused() throws IOException {
    images();
    annotations("train2017", coco("{\"id\": 1, \"file_name\": \"7.png\"}", ""));
    assertRefused(folder + "?captions=all", "lists 1 image, and none of them", "1.png");
    assertRefused("coco:" + folder.resolve("train2017"), "no annotations/captions_*.json");
    png(folder.resolve("val2017/1.png"), 2, 2, 1);
    assertRefused(
        folder + "?split=validation&captions=all", "there is no annotations/captions_val2017.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|no object with lists",
        "{\"images\": 5}|images that is no one list",
        "{\"images\": [5]}|images that hold no objects",
        "{\"images\": []}|lists 0 images",
        "{\"a\": 1}|has no list images",
        "{\"images\": [{\"id\": 1}]}|one of its images without file_name",
        "{\"images\": [{\"id\": {}, \"file_name\": \"1.png\"}]}|one of its images without id",
        "{\"images\": [{\"id\": 1, \"file_name\": \"../secret.png\"}]}|outside of its folder",
        "{\"images\": [{\"id\": 1, \"file_name\": \"/etc/passwd\"}]}|outside of its folder",
        "{\"images\": [{\"id\": 1, \"file_name\": \"1.png\"}, {\"id\": 1, \"file_name\": \"2.png\"}]}|image 1 a second time",
        "{\"images\": [{\"id\": 1, \"file_name\": \"1.png\"}]}|has no list annotations",
        "{\"images\": [{\"id\": 1, \"file_name\": \"1.png\"}], \"annotations\": [{\"image_id\": 1}]}|without caption",
        "{\"images\": [{\"id\": 1, \"file_name\": \"1.png\"}], \"images\": []}|images that is no one list",
        "{\"images\": [{\"id\": 1, \"file_name\": \"1.png\"}], \"annotations\": []} x|no JSON with captions",
        "{\"images\": [{\"id\": 1, \"file_name\": \"1.png\"}], \"annotations\": []} {}|goes on behind its end",
        "{\"images\": [{\"id\": 1|no JSON with captions (byte",
      })
  void damagedAnnotationsAreRefused(String json, String expected) throws IOException {
    images();
    annotations("train2017", json);
    assertRefused(folder + "?captions=all", "captions_train2017.json", expected);
    assertThat(Datasets.open(folder.toString()).size()).isEqualTo(2);
  }

  @Test
  void hostileAnnotationsAreRefused() throws IOException {
    images();
    Path file = annotations("train2017", "{\"a\":" + "[".repeat(100_000));
    assertRefused(folder + "?captions=all", "no JSON with captions");
    Files.writeString(
        file, coco(TWO, "{\"image_id\": 10, \"caption\": \"" + "x".repeat(2 << 20) + "\"}"));
    assertRefused(folder + "?captions=all", "no JSON with captions");
    Files.write(file, new byte[] {'{', '"', (byte) 0xFF, '"', ':', '1', '}'});
    assertRefused(folder + "?captions=all", "no JSON with captions");
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("/etc/hostname"));
    assertRefused(folder + "?captions=all", "link", "links=follow");
  }

  /** As many captions as COCO has: read front to back, in seconds. */
  @Test
  void sixHundredThousandCaptionsAreRead() throws IOException {
    images();
    Path file = folder.resolve("annotations/captions_train2017.json");
    Files.createDirectories(file.getParent());
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("{\"images\": [" + TWO);
      for (int i = 0; i < 118_285; i++) {
        out.write(",{\"id\": " + (100 + i) + ", \"file_name\": \"" + (100 + i) + ".jpg\"}");
      }
      out.write("], \"annotations\": [{\"image_id\": 10, \"caption\": \"one\"}");
      for (int i = 0; i < 600_000; i++) {
        String text = "a person rides a bicycle past number " + i;
        int image = i % 3 == 0 ? 20 : 100 + i % 118_285;
        out.write(
            ",{\"image_id\": " + image + ", \"id\": " + i + ", \"caption\": \"" + text + "\"}");
      }
      out.write("]}");
    }
    Dataset set = Datasets.open(folder + "?captions=all");
    assertThat(set.captions(1))
        .hasSize(200_000)
        .endsWith("a person rides a bicycle past number 599997");
    assertThat(set.notes().captions())
        .containsExactly(
            "annotations/captions_train2017.json lists 118285 images without a file here");
  }
}
