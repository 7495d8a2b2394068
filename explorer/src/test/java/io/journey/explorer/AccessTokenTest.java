package io.journey.explorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTokenTest {
  @TempDir Path folder;

  @Test
  void aFileKeepsOneTokenForItsOwnerAlone() throws IOException {
    Path file = folder.resolve("token");
    AccessToken made = AccessToken.kept(file);
    assertThat(AccessToken.kept(file)).isEqualTo(made).isNotEqualTo(AccessToken.random());
    assumePosix();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aFileThatOthersMayReadIsRefused() throws IOException {
    assumePosix();
    Path file = folder.resolve("token");
    AccessToken.kept(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    refuses(file, "chmod 600");
  }

  @Test
  void whatIsNoTokenIsRefused() throws IOException {
    Path text = folder.resolve("notes.txt");
    for (String content : new String[] {"", "0123", "g".repeat(48), "0".repeat(4000)}) {
      Files.writeString(text, content);
      own(text);
      refuses(text, "holds no token");
      assertThat(Files.readString(text)).isEqualTo(content);
    }
    refuses(folder, "token");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
    refuses(link, "holds no token");
    refuses(folder.resolve("no/folder/token"), "Cannot keep a token");
  }

  private static void own(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private void assumePosix() {
    Assumptions.assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
  }

  private static void refuses(Path file, String why) {
    assertThatThrownBy(() -> AccessToken.kept(file))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(why);
  }
}
