package io.journey.results.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.results.ExampleTable.Example;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is in which group. */
class GroupingTest {
  private static final List<Example> EXAMPLES =
      List.of(
          new Example("b/x/1.png", "cat"),
          new Example("a/2.png", ""),
          new Example("3.png", "dog"),
          new Example("b/x/4, \"4\".png", "cat"));

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("groups.csv"), text);
  }

  @Test
  void classesAndFoldersAreTakenFromTheScores() {
    Grouping classes = Grouping.ofExamples(Grouping.CLASS, EXAMPLES);
    assertThat(classes.names()).containsExactly("cat", "dog");
    assertThat(classes.members()).containsExactly(0, -1, 1, 0);
    Grouping folders = Grouping.ofExamples(Grouping.FOLDER, EXAMPLES);
    assertThat(folders.names()).containsExactly("a", "b/x");
    assertThat(folders.members()).containsExactly(1, 0, -1, 1);
    assertThatThrownBy(() -> Grouping.ofExamples(Grouping.CLASS, EXAMPLES.subList(1, 2)))
        .isInstanceOf(JourneyException.class)
        .hasMessage("No training image has a class: group by another column.");
  }

  @Test
  void aTableOfIdsInAnyOrderGivesGroups() throws IOException {
    String table =
        "\ufeffnote,group,id\n,\"Ø, <b>\",\"b/x/4, \"\"4\"\".png\"\n,,3.png\n,Z,a/2.png\n";
    Grouping grouping = Grouping.ofFile(file(table), EXAMPLES);
    assertThat(grouping.names()).containsExactly("Z", "Ø, <b>");
    assertThat(grouping.members()).containsExactly(-1, 0, -1, 1);
    assertThat(grouping.column()).isEqualTo("@groups.csv");
  }

  @Test
  void aTableThatIsNoneIsRefusedInASentence() throws IOException {
    refuses(file("image,artist\n3.png,x\n"), "does not begin with the columns id and group");
    refuses(file("id,group\n3.png,x\n3.png,y\n"), "puts 3.png into both x and y");
    refuses(file("id,group\n3.png,x,y\n"), "of 3 fields where its first line has 2");
    refuses(file("id,group\nnone.png,x\n"), "lists none of the training images", "b/x/1.png");
    refuses(file(""), "lists none");
    refuses(file("id,group\n3.png,\"x\n"), "is no table (Missing closing quote", "end every text");
    refuses(folder.resolve("nothing.csv"), "Cannot read", "nothing.csv");
  }

  /** What a model was told in place of a class is a caption, and no class. */
  @Test
  void captionsAreNoClasses() {
    List<Example> captioned =
        List.of(new Example("1", "a cat", "a cat"), new Example("2", "a dog", "a dog"));
    assertThatThrownBy(() -> Grouping.ofExamples(Grouping.CLASS, captioned))
        .hasMessage("No training image has a class: group by another column.");
    List<Example> classed = List.of(new Example("1", "cat", "a cat"), new Example("2", "", "dog"));
    assertThat(Grouping.ofExamples(Grouping.CLASS, classed).members()).containsExactly(0, -1);
  }

  @Test
  void idsThatNoImageHasAndThoseListedTwiceAreTold() throws IOException {
    Grouping grouping =
        Grouping.ofFile(
            file("id , group\n 3.png ,x\nu,x\nv,y\n3.png, x\nw,y\nz,y\nu,y\na/2.png,\n"), EXAMPLES);
    assertThat(grouping.members()).containsExactly(-1, -1, 0, -1);
    assertThat(grouping.without()).isEqualTo(3);
    assertThat(grouping.notes())
        .containsExactly(
            folder.resolve("groups.csv")
                + " lists 4 ids that no training image has: 'u', 'v', 'w' and 1 more.",
            folder.resolve("groups.csv") + " lists 1 id more than once: '3.png'.");
    assertThat(Grouping.ofFile(file("id,group\n3.png,x\n"), EXAMPLES).notes()).isEmpty();
  }

  private static void refuses(Path file, String... parts) {
    assertThatThrownBy(() -> Grouping.ofFile(file, EXAMPLES))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll(parts)
        .hasMessageMatching("[^\\n]+\\.");
  }
}
