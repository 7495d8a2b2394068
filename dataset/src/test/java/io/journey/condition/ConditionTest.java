package io.journey.condition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.array.Safetensors;
import io.journey.condition.Condition.Caption;
import io.journey.condition.Condition.ClassLabel;
import io.journey.condition.Condition.Prompt;
import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConditionTest {
  @TempDir Path folder;

  private Safetensors written(List<Condition> conditions) {
    Path file = folder.resolve("t.safetensors");
    Safetensors.Writer writer = new Safetensors.Writer().add("x", new float[] {1}, 1);
    ConditionColumn.add(writer, conditions);
    AtomicFile.write(file, writer::writeTo);
    return Safetensors.open(file);
  }

  private static List<Condition> classes(Integer... numbers) {
    return Stream.of(numbers).<Condition>map(ClassLabel::new).toList();
  }

  @Test
  void otherConditionsHaveOtherFingerprints() {
    List<Condition> all =
        Stream.concat(Stream.of(Condition.NONE), IntStream.range(0, 300).mapToObj(ClassLabel::new))
            .toList();
    assertThat(all.stream().map(c -> new java.math.BigInteger(c.fingerprint())).distinct())
        .hasSize(301);
  }

  @Test
  void aNegativeNumberIsNoClass() {
    assertThatThrownBy(() -> new ClassLabel(-1)).hasMessageContaining("at least 0, got -1");
  }

  @Test
  void rowsThatShareAConditionShareItsEntry() {
    Conditioning batch = Conditioning.of(classes(7, 2, 7, 7));
    assertThat(batch.entries()).isEqualTo(classes(7, 2));
    assertThat(batch.ofRows()).containsExactly(0, 1, 0, 0);
    assertThat(batch.classNumbers()).containsExactly(7, 2, 7, 7);
    assertThat(Conditioning.repeated(Condition.NONE, 3).entries()).hasSize(1);
  }

  @Test
  void aRowWithoutAClassHasNoNumber() {
    Conditioning mixed = Conditioning.of(List.of(new ClassLabel(1), Condition.NONE));
    assertThatThrownBy(mixed::classNumbers)
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("the images have none");
  }

  @Test
  void filesKeepConditions() {
    assertThat(ConditionColumn.read(written(classes(3, 0, 3)), 3, "")).isEqualTo(classes(3, 0, 3));
    List<Condition> none = List.of(Condition.NONE, Condition.NONE);
    assertThat(ConditionColumn.read(written(none), 2, "")).isEqualTo(none);
    assertThat(written(none).names()).containsExactly("x");
    assertThatThrownBy(() -> written(List.of(Condition.NONE, new ClassLabel(1))))
        .isInstanceOf(NoSuchElementException.class);
    Safetensors three = written(classes(1, 2, 3));
    assertThatThrownBy(() -> ConditionColumn.read(three, 2, "sample it again"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll("labels of shape [3], expected [2]", "sample it again");
  }

  @Test
  void aDamagedLabelIsRefused() {
    Path file = folder.resolve("d.safetensors");
    AtomicFile.write(file, new Safetensors.Writer().add("labels", new long[] {1, -1}, 2)::writeTo);
    assertThatThrownBy(() -> ConditionColumn.read(Safetensors.open(file), 2, "sample it again"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("has the label -1: sample it again.");
  }

  @Test
  void wordsAreNamesWhereTheyAreKnown() {
    assertThat(new ClassLabel(1).words(List.of("cat", "dog"))).isEqualTo("dog");
    assertThat(new ClassLabel(2).words(List.of("cat", "dog"))).isEqualTo("class 2");
    assertThat(Condition.NONE.words(List.of("cat"))).isEmpty();
  }

  private static TextStates states(float first) {
    return TextStates.of(new float[] {first, 2, 3, 4, 5, 6}, 3, 2);
  }

  @Test
  void captionsAreEqualIfTextsAndStatesAre() {
    Caption caption = new Caption("a cat", states(1));
    assertThat(caption).isEqualTo(new Caption("a cat", states(1)));
    assertThat(caption.fingerprint()).isEqualTo(new Caption("a cat", states(1)).fingerprint());
    List<Condition> others =
        List.of(
            new Caption("a cat", states(2)),
            new Caption("a dog", states(1)),
            new Caption("a cat", TextStates.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3)),
            new Prompt("a cat"),
            new Prompt("a dog"));
    for (Condition other : others) {
      assertThat(other).isNotEqualTo(caption);
      assertThat(other.fingerprint()).isNotEqualTo(caption.fingerprint());
    }
    assertThat(others.stream().map(c -> new java.math.BigInteger(c.fingerprint())).distinct())
        .hasSize(5);
    assertThat(caption.words(List.of("dog"))).isEqualTo("a cat");
    assertThat(caption.isNone()).isFalse();
    assertThat(caption.classNumber()).isEmpty();
  }

  @Test
  void statesAreThoseThatWereGiven() {
    float[] given = {1, 2, 3, 4, 5, 6};
    TextStates held = TextStates.of(given, 3, 2);
    given[0] = 9;
    float[] read = new float[8];
    held.read(read, 1);
    assertThat(read).containsExactly(0, 1, 2, 3, 4, 5, 6, 0);
    assertThat(held.fingerprint())
        .isEqualTo(TextStates.fingerprint(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
    assertThatThrownBy(() -> TextStates.of(given, 2, 2))
        .hasMessageContaining("2 tokens of 2 numbers are no 6 numbers");
  }

  @Test
  void aPromptIsResolvedByWhoeverHasTheEncoder() {
    CaptionEncoder encoder = text -> states(text.length());
    Condition resolved = new Prompt("a cat").resolve(encoder);
    assertThat(resolved).isEqualTo(new Caption("a cat", states(5)));
    assertThat(resolved.resolve(encoder)).isSameAs(resolved);
    assertThat(resolved.stored()).isEqualTo(new Prompt("a cat"));
    assertThat(new Prompt("a cat").stored()).isEqualTo(new Prompt("a cat"));
    assertThat(new ClassLabel(1).resolve(encoder)).isEqualTo(new ClassLabel(1));
  }

  @Test
  void conditionsTravelBetweenProcesses() throws Exception {
    for (Condition condition :
        List.of(new Caption("a", states(1)), new Prompt("b"), new ClassLabel(2), Condition.NONE)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      new ObjectOutputStream(bytes).writeObject(condition);
      var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));
      assertThat(in.readObject()).isEqualTo(condition);
    }
  }

  @Test
  void filesKeepTextsWithoutTheirStates() {
    List<Condition> captions =
        List.of(
            new Caption("two\nlines \"quoted\"", states(1)),
            new Caption("", states(2)),
            new Prompt("é😀"));
    Safetensors file = written(captions);
    assertThat(file.names()).containsExactly("x");
    assertThat(ConditionColumn.read(file, 3, ""))
        .isEqualTo(captions.stream().map(Condition::stored).toList());
    assertThatThrownBy(() -> ConditionColumn.read(file, 2, "sample it again"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("has 3 prompts, expected 2: sample it again.");
    assertThat(ConditionColumn.json(captions)).hasToString(file.metadata().get("prompts"));
    assertThatThrownBy(() -> written(List.of(new Prompt("a"), Condition.NONE)))
        .isInstanceOf(NoSuchElementException.class);
  }

  /** What is summed over the rows of an entry must be of one image. */
  @Test
  void imagesNeverShareAnEntryButTheirDrawsDo() {
    Caption same = new Caption("a cat", states(1));
    assertThat(Conditioning.of(List.of(same, same, same)).entries()).hasSize(1);
    Conditioning images = Conditioning.ofImages(List.of(List.of(same), List.of(same)), 3);
    assertThat(images.entries()).containsExactly(same, same);
    assertThat(images.ofRows()).containsExactly(0, 1, 0, 1, 0, 1);
    assertThat(images.captions()).containsExactly(same, same);
  }

  @Test
  void drawsOfAnImageGoThroughItsConditionsInTurn() {
    Caption a = new Caption("a", states(1));
    Caption b = new Caption("b", states(2));
    Caption c = new Caption("c", states(3));
    List<List<Caption>> images = List.of(List.of(a, b, a, b, a), List.of(c));
    Conditioning two = Conditioning.ofImages(images, 5);
    assertThat(two.entries()).containsExactly(a, c, b, c);
    for (int row = 0; row < 10; row++) {
      Caption expected = row % 2 == 1 ? c : images.get(0).get(row / 2);
      assertThat(two.entries().get(two.ofRows()[row])).isEqualTo(expected);
    }
    Conditioning six =
        Conditioning.ofImages(List.of(List.of(a, b, a, b, a), List.of(a, b, c, a, b)), 5);
    assertThat(six.entries()).hasSize(10); // Neither two nor three entries fit both.
  }

  @Test
  void aBatchWithoutCaptionsIsRefusedByModelsOfCaptions() {
    assertThatThrownBy(() -> Conditioning.repeated(Condition.NONE, 2).captions())
        .isInstanceOf(JourneyException.class)
        .hasMessageStartingWith("The model was trained with captions and the images have none: ");
    assertThatThrownBy(() -> Conditioning.repeated(new Prompt("a cat"), 2).captions())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'a cat' was not resolved");
  }
}
