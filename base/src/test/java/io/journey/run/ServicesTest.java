package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the class path may name, and what is said of a class path that cannot be used. */
class ServicesTest {
  /** Found by two names. */
  public interface Animal {
    String name();

    String sound();
  }

  public static final class Cat implements Animal {
    @Override
    public String name() {
      return "cat";
    }

    @Override
    public String sound() {
      return "mew";
    }
  }

  public static final class Gull implements Animal {
    @Override
    public String name() {
      return "gull";
    }

    @Override
    public String sound() {
      return "mew";
    }
  }

  @TempDir Path folder;

  private ClassLoader naming(String... classes) throws IOException {
    Path file = folder.resolve("META-INF/services").resolve(Animal.class.getName());
    Files.createDirectories(file.getParent());
    Files.write(file, List.of(classes));
    return new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
  }

  @Test
  void whatIsNamedIsFoundInItsOrder() throws IOException {
    ClassLoader loader = naming(Gull.class.getName(), Cat.class.getName());
    assertThat(Services.load(Animal.class, "animal", loader, List.of(Animal::name)))
        .extracting(Animal::name)
        .containsExactly("gull", "cat");
  }

  @Test
  void twoOfOneNameAreRefusedWhicheverNameItIs() throws IOException {
    ClassLoader loader = naming(Cat.class.getName(), Gull.class.getName());
    assertThatThrownBy(
            () ->
                Services.load(Animal.class, "animal", loader, List.of(Animal::name, Animal::sound)))
        .isInstanceOf(JourneyException.class)
        .hasMessage(
            "More than one animal is called mew, io.journey.run.ServicesTest$Cat and"
                + " io.journey.run.ServicesTest$Gull: leave one of them off the class path.");
  }

  @Test
  void aClassThatIsNotThereIsRefused() throws IOException {
    ClassLoader loader = naming("org.example.Dog");
    assertThatThrownBy(() -> Services.load(Animal.class, "animal", loader, List.of(Animal::name)))
        .isInstanceOf(JourneyException.class)
        .hasMessageStartingWith("A registered animal cannot be loaded: ")
        .hasMessageContaining("org.example.Dog");
  }
}
