package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.ids;
import static io.journey.dataset.DatasetFiles.png;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which folder of a path is the class. The expected classes are those that the datasets library
 * answered for the same trees ({@code tools/golden/make_folders.py}).
 */
class NestedFoldersTest {
  private static final Path ANSWERS = Path.of("src/test/resources/folders/trees.json");

  @TempDir Path folder;

  static Stream<JsonNode> trees() {
    return StreamSupport.stream(Json.read(ANSWERS).get("trees").spliterator(), false);
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.textValue()));
    return texts;
  }

  private void images(List<String> paths) throws IOException {
    for (String path : paths) {
      png(folder.resolve(path), 1, 1, 0);
    }
  }

  private void assertAsAnswered(String set, JsonNode tree) {
    tree.get("parts")
        .properties()
        .forEach(
            part -> {
              Dataset found =
                  Datasets.open(
                      set + (tree.get("parts").size() == 1 ? "" : "?split=" + part.getKey()));
              Map<String, String> classes = new LinkedHashMap<>();
              for (int i = 0; i < found.size(); i++) {
                String name =
                    DatasetFiles.label(found, i) < 0
                        ? null
                        : found.classNames().get(DatasetFiles.label(found, i));
                classes.put(found.id(i), name);
              }
              Map<String, String> expected = new LinkedHashMap<>();
              part.getValue()
                  .properties()
                  .forEach(p -> expected.put(p.getKey(), p.getValue().textValue()));
              assertThat(classes).isEqualTo(expected);
              assertThat(found.classNames()).isEqualTo(texts(tree.get("classes")));
              assertThat(ids(found)).doesNotHaveDuplicates();
            });
  }

  @ParameterizedTest
  @MethodSource("trees")
  void classesAreThoseOfTheDatasetsLibrary(JsonNode tree) throws IOException {
    images(texts(tree.get("paths")));

    assertAsAnswered(folder.toString(), tree);
  }

  @ParameterizedTest
  @MethodSource("trees")
  void anArchiveHasTheClassesOfItsFolder(JsonNode tree) throws IOException {
    TarBytes tar = new TarBytes();
    for (String path : texts(tree.get("paths"))) {
      tar.file(path, DatasetFiles.pngBytes(1, 1, 0));
    }
    Path file = Files.write(folder.resolve("set.tar"), tar.finished());

    assertAsAnswered(file.toString(), tree);
  }

  @Test
  void thatThereAreNoClassesIsExplained() throws IOException {
    images(List.of("cats/a.png", "cats/old/b.png", "dogs/c.png"));
    Dataset set = Datasets.open(folder.toString());

    assertThat(set.notes().noClasses())
        .contains("its images lie at different depths, as cats/a.png and cats/old/b.png do");
    assertRefused(folder + "?class=cats", "no class 'cats'", "as cats/a.png and cats/old/b.png do");

    Path one = folder.resolve("dogs");
    assertThat(Datasets.open(one.toString()).notes().noClasses()).as("a flat folder").isEmpty();
  }

  @Test
  void oneClassIsNone() throws IOException {
    images(List.of("x/cats/a.png", "y/cats/b.png"));
    Dataset set = Datasets.open(folder.toString());

    assertThat(set.notes().noClasses()).contains("all its images lie in folders of one name, cats");
    assertThat(set.classNames()).isEmpty();
  }
}
