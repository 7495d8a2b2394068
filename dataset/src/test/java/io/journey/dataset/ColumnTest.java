package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.idxFolder;
import static io.journey.dataset.DatasetFiles.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns of texts beside images, whatever their captions are. */
class ColumnTest {
  private static final Path CAPTIONS = Path.of("src/test/resources/captions");

  @TempDir Path folder;

  @BeforeEach
  void threeImages() throws IOException {
    for (String name : List.of("a.png", "b.png", "c.png")) {
      png(folder.resolve(name), 2, 2, 0);
    }
  }

  private Map<String, String> column(String name) {
    return Datasets.column(folder.toString(), name, Progress.SILENT);
  }

  @Test
  void tablesBesideImagesHaveColumns() throws IOException {
    Files.writeString(
        folder.resolve("metadata.csv"),
        "file_name,text,artist\na.png,a cat,\"Ö, <b>\"\nc.png,a dog,B\nb.png,a cow,\n");
    assertThat(column("artist")).isEqualTo(Map.of("a.png", "Ö, <b>", "c.png", "B"));
    assertThat(column("text")).containsEntry("b.png", "a cow").hasSize(3);
    refuses("painter", "painter", "text, artist");
    Files.delete(folder.resolve("metadata.csv"));
    Files.writeString(
        folder.resolve("metadata.jsonl"),
        "{\"file_name\":\"a.png\",\"source\":[\"s\",\"t\"]}\n{\"file_name\":\"b.png\"}\n");
    assertThat(column("source")).isEqualTo(Map.of("a.png", "s"));
    Files.delete(folder.resolve("metadata.jsonl"));
    Files.writeString(folder.resolve("b.licence"), "CC BY\n");
    assertThat(column("licence")).isEqualTo(Map.of("b.png", "CC BY"));
    refuses("artist", "no column named artist");
  }

  @Test
  void numbersAreTextsOfAColumnAndNoCaptions() throws IOException {
    Files.writeString(
        folder.resolve("metadata.jsonl"),
        """
        {"file_name":"a.png","text":"a cat","year":1990,"share":0.5,"free":true,"tags":[7,"x"]}
        {"file_name":"b.png","text":"a cow","year":"1990","share":null,"free":false}
        {"file_name":"c.png","text":"a dog","year":-3}
        """);
    assertThat(column("year")).isEqualTo(Map.of("a.png", "1990", "b.png", "1990", "c.png", "-3"));
    assertThat(column("share")).isEqualTo(Map.of("a.png", "0.5"));
    assertThat(column("free")).isEqualTo(Map.of("a.png", "true", "b.png", "false"));
    assertThat(column("tags")).isEqualTo(Map.of("a.png", "7"));
    refuses("artist", "text, year, share, free, tags");
    assertThatThrownBy(() -> Datasets.open(folder + "?caption=year"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("has a year that is no text but 1990");
  }

  /** The classes that the same files give as labels. */
  @Test
  void parquetHasColumnsOfNumbers() {
    String spec = Path.of("src/test/resources/parquet/plain/zstd-v2.parquet").toString();
    Dataset data = Datasets.open(spec);
    Map<String, String> labels = Datasets.column(spec, "label", Progress.SILENT);
    assertThat(labels).hasSize(data.size());
    for (int i = 0; i < data.size(); i++) {
      assertThat(labels)
          .containsEntry(data.id(i), String.valueOf(data.condition(i).classNumber().getAsInt()));
    }
  }

  /** Written by pyarrow (tools/golden/make_parquet.py). */
  @Test
  void parquetHasColumnsOfEveryKindOfNumber() {
    String spec = Path.of("src/test/resources/parquet/numbers.parquet").toString();
    Map<String, Map<String, String>> expected =
        Map.of(
            "year", Map.of("numbers/00000", "1990", "numbers/00002", "-3"),
            "share", Map.of("numbers/00000", "0.5", "numbers/00001", "1.0E300"),
            "weight",
                Map.of("numbers/00000", "0.25", "numbers/00001", "0.25", "numbers/00002", "4.0"),
            "free", Map.of("numbers/00000", "true", "numbers/00002", "false"));
    expected.forEach(
        (name, texts) ->
            assertThat(Datasets.column(spec, name, Progress.SILENT)).as(name).isEqualTo(texts));
  }

  /** What the annotations of the shipped part say, read as one tree. */
  @Test
  void cocoHasLicencesByName() {
    Map<String, String> found =
        Datasets.column(Path.of("../data/coco").toString(), "license", Progress.SILENT);
    Map<String, String> expected = new HashMap<>();
    for (String split : List.of("train2017", "val2017")) {
      JsonNode tree = Json.read(Path.of("../data/coco/annotations/captions_" + split + ".json"));
      Map<Integer, String> names = new HashMap<>();
      tree.get("licenses").forEach(l -> names.put(l.get("id").intValue(), l.get("name").asText()));
      for (JsonNode image : tree.get("images")) {
        String id = split + "/" + image.get("file_name").asText();
        expected.put(id, names.get(image.get("license").intValue()));
      }
    }
    assertThat(expected).containsAllEntriesOf(found);
    assertThat(found).hasSize(26).containsValue("Attribution-ShareAlike License");
  }

  /** The text that the same column gives as captions. */
  @Test
  void parquetAndTarHaveThemToo() {
    Map<String, String> columns =
        Map.of("/text/text.parquet", "text", "/tar/shard-0000.tar", "txt");
    for (Map.Entry<String, String> entry : columns.entrySet()) {
      String spec = CAPTIONS + entry.getKey();
      Dataset captioned = Datasets.open(spec + "?uncaptioned=empty&caption=" + entry.getValue());
      Map<String, String> expected = new HashMap<>();
      for (int i = 0; i < captioned.size(); i++) {
        if (!captioned.captions(i).get(0).isEmpty()) {
          expected.put(captioned.id(i), captioned.captions(i).get(0));
        }
      }
      assertThat(Datasets.column(spec, entry.getValue(), Progress.SILENT))
          .isEqualTo(expected)
          .isNotEmpty();
    }
  }

  @Test
  void onlyTheExamplesOfTheSpecAreTold() throws IOException {
    Files.writeString(folder.resolve("metadata.csv"), "file_name,k\na.png,1\nb.png,2\nc.png,3\n");
    assertThat(Datasets.column(folder + "?id!=b.png", "k", Progress.SILENT).keySet())
        .containsExactlyInAnyOrder("a.png", "c.png");
  }

  @Test
  void formatsWithoutColumnsSaySo() throws IOException {
    String idx = idxFolder(folder.resolve("idx"), 1, 2).toString();
    assertThatThrownBy(() -> Datasets.column(idx, "artist", Progress.SILENT))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll("has no columns beside its images but label", "a file of ids");
    assertThat(Datasets.column(idx, "label", Progress.SILENT))
        .isEqualTo(Map.of("train/00000", "1", "train/00001", "2"));
    String coco = Path.of("../data/coco").toString();
    assertThatThrownBy(() -> Datasets.column(coco, "artist", Progress.SILENT))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("has no column named artist");
  }

  private void refuses(String name, String... parts) {
    assertThatThrownBy(() -> column(name))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll(parts)
        .hasMessageMatching("[^\\n]+\\.");
  }
}
