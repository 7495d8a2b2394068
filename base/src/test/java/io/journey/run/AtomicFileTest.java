package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void theHashIsThatOfTheContent() {
    Path file = folder.resolve("new/folder/a");
    assertThat(AtomicFile.write(file, "abc".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        .isEqualTo(Checksums.of(file));
  }

  @Test
  void contentThatFailsLeavesTheOldFileAndNoOther() throws IOException {
    Path file = folder.resolve("a");
    AtomicFile.write(file, new byte[] {1});
    assertThatThrownBy(() -> writeThenFail(file, new IllegalStateException("defect")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> writeThenFail(file, new OutOfMemoryError("heap")))
        .isInstanceOf(OutOfMemoryError.class);
    AtomicFile.Content unreadable =
        out -> {
          out.write(new byte[100_000]);
          throw new IOException("input ended");
        };
    assertThatThrownBy(() -> AtomicFile.write(file, unreadable))
        .isInstanceOf(JourneyException.class)
        .hasMessage("Cannot write " + file + ": input ended.");
    assertThat(Files.readAllBytes(file)).containsExactly(1);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  private static void writeThenFail(Path file, Throwable failure) {
    AtomicFile.write(
        file,
        out -> {
          out.write(new byte[100_000]);
          if (failure instanceof RuntimeException e) {
            throw e;
          }
          throw (Error) failure;
        });
  }

  /** The device /dev/full answers every write like a disk without space. */
  @Test
  void aFullDiskIsNamedAndLeavesNothing() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no /dev/full here: not testable");
    AtomicFile.Content content = out -> Files.write(full, new byte[100_000]);
    assertThatThrownBy(() -> AtomicFile.write(folder.resolve("a"), content))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("the disk is full");
    assertThat(folder).isEmptyDirectory();
  }

  /** Whoever can write into a folder must not choose which file elsewhere is emptied. */
  @Test
  void aTemporaryFileThatIsALinkIsNotWrittenThrough() throws IOException {
    Path precious = Files.writeString(folder.resolve("precious.txt"), "precious");
    for (Path target : new Path[] {precious, folder.resolve("not-there-yet")}) {
      Path link = Files.createSymbolicLink(folder.resolve("a.tmp"), target);
      assertThatThrownBy(() -> AtomicFile.write(folder.resolve("a"), new byte[] {1}))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("a.tmp is a link, expected nothing")
          .hasMessageEndingWith("delete it.");
      Files.delete(link);
    }
    assertThat(precious).hasContent("precious");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(precious);
    }
  }

  /** A link in the place of the file itself is replaced: what it leads to is not touched. */
  @Test
  void aFileThatIsALinkIsReplaced() throws IOException {
    Path precious = Files.writeString(folder.resolve("precious.txt"), "precious");
    Files.createSymbolicLink(folder.resolve("a"), precious);
    AtomicFile.write(folder.resolve("a"), new byte[] {1});
    assertThat(precious).hasContent("precious");
    assertThat(folder.resolve("a")).hasBinaryContent(new byte[] {1});
    assertThat(Files.isSymbolicLink(folder.resolve("a"))).isFalse();
  }

  @Test
  void twoWritersOfOneFileDoNotMix() {
    Path file = folder.resolve("shared");
    AtomicFile.write(
        file,
        out -> {
          out.write(1);
          assertThatThrownBy(() -> AtomicFile.write(file, new byte[] {2}))
              .isInstanceOf(JourneyException.class)
              .hasMessageContaining("shared is being written by another run");
        });
    assertThat(file).hasBinaryContent(new byte[] {1});
  }
}
