package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No name leads out of its directory, whatever it is and whatever lies on the way. */
class ConfinedTest {
  @TempDir Path folder;
  private Path inside;

  @BeforeEach
  void makeDirectory() throws IOException {
    inside = Files.createDirectories(folder.resolve("inside"));
    Files.writeString(folder.resolve("secret.txt"), "secret");
    Files.createDirectories(folder.resolve("elsewhere"));
    Files.writeString(folder.resolve("elsewhere/secret.txt"), "secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../secret.txt",
        "a/../../secret.txt",
        "a/..",
        "./a",
        "a//b",
        "a/",
        "/etc/passwd",
        "//host/share",
        "..\\secret.txt",
        "C:\\secret.txt",
        "a\u0000b"
      })
  void aNameThatIsNotOfAFileInsideIsRefused(String name) {
    assertThatThrownBy(() -> Confined.path(inside, name))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("leads out of " + inside)
        .hasMessageContaining("expected a file inside it");
    assertThatThrownBy(() -> Confined.file(inside, name)).isInstanceOf(JourneyException.class);
    assertThatThrownBy(() -> Confined.exists(inside, name)).isInstanceOf(JourneyException.class);
  }

  @Test
  void namesOfPeopleAreTakenAsTheyAre() throws IOException {
    for (String name :
        new String[] {"a", "member-000/unet/config.json", "..a", "a..", "été #2 (x)/ü, \"b\""}) {
      assertThat(Confined.path(inside, name)).isEqualTo(inside.resolve(name));
      assertThat(Confined.exists(inside, name)).isFalse();
    }
    Files.createDirectories(inside.resolve("a/b"));
    Files.writeString(inside.resolve("a/b/c"), "x");
    assertThat(Confined.file(inside, "a/b/c")).isEqualTo(inside.resolve("a/b/c"));
    assertThat(Confined.bytes(inside, "a/b/c", 1)).containsExactly('x');
    assertThat(Confined.path(Path.of(""), "a/b")).isEqualTo(Path.of("a/b"));
    assertThat(Confined.exists(inside, "a/b/c/d")).as("below a file").isFalse();
  }

  @Test
  void aLinkIsRefusedWhereverItIsOnTheWay() throws IOException {
    Files.createSymbolicLink(inside.resolve("link"), folder.resolve("secret.txt"));
    Files.createSymbolicLink(inside.resolve("folder"), folder.resolve("elsewhere"));
    Files.createSymbolicLink(inside.resolve("nowhere"), folder.resolve("none"));
    Files.writeString(inside.resolve("own"), "x");
    Files.createSymbolicLink(inside.resolve("to-own"), inside.resolve("own"));
    for (String name :
        new String[] {"link", "folder/secret.txt", "folder/new", "nowhere", "to-own"}) {
      for (Runnable use :
          new Runnable[] {
            () -> Confined.path(inside, name),
            () -> Confined.file(inside, name),
            () -> Confined.exists(inside, name)
          }) {
        assertThatThrownBy(use::run)
            .as(name)
            .isInstanceOf(JourneyException.class)
            .hasMessageContaining("is a link")
            .hasMessageContaining("expected a file of " + inside);
      }
    }
  }

  /** Whoever types a path may well type that of a link. */
  @Test
  void theDirectoryItselfMayBeALink() throws IOException {
    Files.createSymbolicLink(folder.resolve("named"), folder.resolve("elsewhere"));
    assertThat(Confined.file(folder.resolve("named"), "secret.txt")).hasContent("secret");
  }

  @Test
  void onlyRegularFilesAreRead() throws IOException, InterruptedException {
    Files.createDirectories(inside.resolve("folder"));
    assertThatThrownBy(() -> Confined.file(inside, "folder")).hasMessageContaining("a directory");
    assertThatThrownBy(() -> Confined.file(inside, "none")).hasMessageContaining("no such file");
    Path pipe = inside.resolve("pipe");
    Process made = null;
    try {
      made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    } catch (IOException e) {
      // Not on this system.
    }
    assumeTrue(made != null && made.waitFor(10, TimeUnit.SECONDS) && Files.exists(pipe));
    assertThatThrownBy(() -> Confined.file(inside, "pipe")).hasMessageContaining("no regular file");
  }

  @Test
  void aFileThatIsLargerThanItMayBeIsNotRead() throws IOException {
    Files.write(inside.resolve("large"), new byte[11]);
    assertThat(Confined.bytes(inside, "large", 11)).hasSize(11);
    assertThatThrownBy(() -> Confined.bytes(inside, "large", 10))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("more than 10 bytes");
  }
}
