package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.ids;
import static io.journey.dataset.DatasetFiles.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionTest {
  @TempDir Path folder;
  @TempDir Path lists;

  @BeforeEach
  void pets() throws IOException {
    for (String name : new String[] {"cats/tom", "cats/kit", "dogs/rex", "eels & co/a,b"}) {
      png(folder.resolve(name + ".png"), 1, 1, name.hashCode() & 0xFFFFFF);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "class=cats | cats/kit.png cats/tom.png",
        "class=dogs,cats | cats/kit.png cats/tom.png dogs/rex.png",
        "class!=cats,dogs | eels & co/a,b.png",
        "class=eels & co | eels & co/a,b.png",
        "id=dogs/rex.png,cats/tom.png | cats/tom.png dogs/rex.png",
        "id!=cats/kit.png,eels & co/a%2Cb.png | cats/tom.png dogs/rex.png",
      })
  void whatSatisfiesTheConditionIsKeptInOrder(String where, String kept) {
    assertThat(String.join(" ", ids(Datasets.open(Datasets.where(folder.toString(), where)))))
        .isEqualTo(kept);
  }

  @Test
  void allConditionsMustHoldBeforeTheLimit() {
    String spec = Datasets.where(folder + "?limit=1", "class=cats");
    assertThat(ids(Datasets.open(Datasets.where(spec, "id!=cats/kit.png"))))
        .containsExactly("cats/tom.png");
    assertRefused(
        Datasets.where(Datasets.where(folder.toString(), "class=cats"), "id=dogs/rex.png"),
        "no example of the classes and ids asked for");
  }

  @Test
  void theSameConditionMayBeGivenAgain() {
    String spec = Datasets.where(folder.toString(), "id!=cats/kit.png");
    assertThat(ids(Datasets.open(Datasets.where(spec, "id!=dogs/rex.png"))))
        .containsExactly("cats/tom.png", "eels & co/a,b.png");
  }

  @Test
  void idsMayStandInAFile() throws IOException {
    Path file =
        Files.writeString(lists.resolve("ids.txt"), "dogs/rex.png\n\n  eels & co/a,b.png\r\n");
    String here = folder.toString();
    assertThat(ids(Datasets.open(Datasets.where(here, "id=@" + file))))
        .containsExactly("dogs/rex.png", "eels & co/a,b.png");
    assertThat(ids(Datasets.open(Datasets.where(here, "id!=@" + file))))
        .containsExactly("cats/kit.png", "cats/tom.png");

    Files.writeString(file, "\n");
    assertRefused(Datasets.where(here, "id=@" + file), "ids.txt is empty");
    Files.write(file, new byte[] {(byte) 0xFF});
    assertRefused(Datasets.where(here, "id=@" + file), "no UTF-8");
    assertRefused(Datasets.where(here, "id=@" + lists.resolve("none")), "none", "no such file");
  }

  @Test
  void whatIsNotThereIsNamed() {
    String here = folder.toString();
    assertRefused(Datasets.where(here, "class=cats,owls"), "no class 'owls'", "cats, dogs");
    assertRefused(Datasets.where(here, "class!=owls"), "no class 'owls'");
    assertRefused(
        Datasets.where(here, "id=cats/tom.png,x,y"),
        "no example 'x' nor 1 other of",
        "cats/kit.png");
    assertRefused(Datasets.where(here, "id!=x"), "no example 'x':");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cats", "class", "class=", "size=3", "label=cats", "class<cats", ""})
  void whatIsNoConditionIsRefused(String where) {
    assertThatThrownBy(() -> Datasets.where("data", where))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll("'" + where + "'", "class=NAME");
  }
}
