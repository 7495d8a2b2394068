package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.idxFolder;
import static io.journey.dataset.DatasetFiles.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.JourneyException;
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
    refuses("artist", "no column of texts named artist");
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
    String coco = Path.of("../data/coco").toString();
    for (String spec : List.of(idx, coco)) {
      assertThatThrownBy(() -> Datasets.column(spec, "artist", Progress.SILENT))
          .isInstanceOf(JourneyException.class)
          .hasMessageContainingAll("which has no columns beside its images", "a file of ids");
    }
  }

  private void refuses(String name, String... parts) {
    assertThatThrownBy(() -> column(name))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll(parts)
        .hasMessageMatching("[^\\n]+\\.");
  }
}
