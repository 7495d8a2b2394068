package io.journey.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the datasets library reads in the same files (tools/golden/make_captions.py). */
class GoldenCaptionsTest {
  private static final Path FILES = Path.of("src/test/resources/captions");

  private final JsonNode truth = Json.read(FILES.resolve("captions.json")).get("sets");

  /** What is missing has the empty caption; blanks around a caption do not count. */
  private static List<String> asJourneyHasIt(JsonNode captions) {
    List<String> texts = new ArrayList<>();
    for (JsonNode text : captions.isArray() ? captions : List.of(captions)) {
      if (text.isTextual() && !text.textValue().isBlank()) {
        texts.add(text.textValue().strip());
      }
    }
    return texts.isEmpty() ? List.of("") : texts;
  }

  private static void assertCaptions(String spec, JsonNode expected, boolean byLine) {
    Dataset set = Datasets.open(spec);
    int checked = 0;
    for (Map.Entry<String, JsonNode> entry : expected.properties()) {
      for (int i = 0; i < set.size(); i++) {
        if (set.id(i).equals(entry.getKey())) {
          List<String> texts = asJourneyHasIt(entry.getValue());
          List<String> lines = texts.stream().flatMap(String::lines).toList();
          assertThat(set.captions(i)).as(entry.getKey()).isEqualTo(byLine ? lines : texts);
          assertThat(set.example(i).captions()).isEqualTo(set.captions(i));
          checked++;
        }
      }
    }
    assertThat(checked).isEqualTo(set.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "lists", "csv"})
  void foldersWithTables(String name) {
    assertCaptions(FILES.resolve(name) + "?captions=all", truth.get(name), false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "test"})
  void partsWithTables(String part) {
    String spec = FILES.resolve("parts") + "?captions=all&split=" + part;
    assertCaptions(spec, truth.get("parts"), false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&caption=txt"})
  void shardsWithTexts(String option) {
    assertCaptions(FILES.resolve("tar") + "?captions=all" + option, truth.get("tar"), true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"caption", "json"})
  void shardsWithJson(String name) {
    if (name.equals("json")) { // no field of this name
      DatasetFiles.assertRefused(FILES.resolve("tar") + "?caption=json", "no captions named json");
    } else {
      assertCaptions(FILES.resolve("tar") + "?caption=" + name, truth.get("tar"), false);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"plain", "dictionary", "v2", "small-pages", "small-pages-v2", "groups", "all"})
  void listsInParquetInEveryWayOfStoringThem(String name) {
    Path folder = FILES.resolve("repeated");
    String place = name.equals("all") ? folder.toString() : folder.resolve(name + ".parquet") + "";
    assertCaptions(place + "?uncaptioned=empty", truth.get("repeated"), false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/text.parquet?uncaptioned=empty", "sentences?caption=sentences.raw"})
  void otherColumnsOfParquet(String spec) {
    String name = spec.substring(0, Math.min(spec.indexOf('/') & 0xFF, spec.indexOf('?')));
    assertCaptions(
        FILES.resolve(spec.substring(0, spec.indexOf('?'))) + spec.substring(spec.indexOf('?')),
        truth.get(name),
        false);
  }
}
