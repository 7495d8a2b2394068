package io.journey.condition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.array.Safetensors;
import io.journey.condition.Condition.ClassLabel;
import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
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
    assertThat(batch.distinct()).isEqualTo(classes(7, 2));
    assertThat(batch.ofRows()).containsExactly(0, 1, 0, 0);
    assertThat(batch.classNumbers()).containsExactly(7, 2, 7, 7);
    assertThat(Conditioning.repeated(Condition.NONE, 3).distinct()).hasSize(1);
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
}
