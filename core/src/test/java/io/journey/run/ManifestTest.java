package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
  @TempDir Path folder;

  private Manifest make(Path directory, int content) {
    try (RunDirectory run =
        RunDirectory.claim(directory, "scores", Json.object().put("k", 5), Json.object())) {
      run.write("a.bin", out -> out.write(content));
      run.finish(Json.object());
    }
    return Manifest.read(directory, "scores");
  }

  @Test
  void verifiedGivesAFileThatIsAsWritten() {
    Manifest manifest = make(folder, 1);
    assertThat(manifest.verified("a.bin")).isEqualTo(folder.resolve("a.bin"));
    assertThat(manifest.lists("a.bin")).isTrue();
    assertThat(manifest.bytes("a.bin")).isEqualTo(1);
    assertThat(manifest.settings()).hasToString("{\"k\":5}");
  }

  @Test
  void oneChangedByteIsFound() throws IOException {
    Manifest manifest = make(folder, 1);
    Files.write(folder.resolve("a.bin"), new byte[] {2});
    assertThatThrownBy(() -> manifest.verified("a.bin"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("a.bin is damaged: its SHA-256 is dbc1b4c900ff…")
        .hasMessageContaining("the manifest says 4bf5122f3445…");
  }

  @Test
  void aLostFileAndAnUnlistedOneAreErrors() throws IOException {
    Manifest manifest = make(folder, 1);
    Files.delete(folder.resolve("a.bin"));
    assertThatThrownBy(() -> manifest.verified("a.bin"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("there is no such file");
    assertThatThrownBy(() -> manifest.verified("b.bin"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("lists no b.bin");
  }

  @Test
  void fingerprintsAreEqualExactlyForEqualResults() {
    String first = make(folder.resolve("1"), 1).fingerprint();
    assertThat(first).isEqualTo(Checksums.of(folder.resolve("1/manifest.json")));
    assertThat(make(folder.resolve("2"), 1).fingerprint()).isEqualTo(first);
    assertThat(make(folder.resolve("3"), 2).fingerprint()).isNotEqualTo(first);
  }

  @Test
  void anotherKindAnUnfinishedRunAndNoDirectoryAreDifferentSentences() {
    make(folder.resolve("done"), 1);
    assertThatThrownBy(() -> Manifest.read(folder.resolve("done"), "features"))
        .hasMessageContaining("holds scores, expected features");
    try (RunDirectory run =
        RunDirectory.claim(folder.resolve("begun"), "scores", Json.object(), Json.object())) {
      run.write("part.txt", out -> out.write(1));
    }
    assertThatThrownBy(() -> Manifest.read(folder.resolve("begun")))
        .hasMessageContaining("is not finished");
    assertThatThrownBy(() -> Manifest.read(folder.resolve("none")))
        .hasMessageContaining("There is no directory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{\"kind\":\"scores\",\"settings\":{},\"inputs\":{}}",
        "{\"kind\":\"scores\",\"settings\":{},\"inputs\":{},\"files\":7}",
        "{\"kind\":\"scores\",\"settings\":null,\"inputs\":{},\"files\":{}}",
        "{\"kind\":3,\"settings\":{},\"inputs\":{},\"files\":{}}",
        "{\"kind\":\"a\",\"kind\":\"b\",\"settings\":{},\"inputs\":{},\"files\":{}}",
        "{\"kind\":\"a\",\"settings\":{},\"inputs\":{},\"files\":{}} more"
      })
  void aManifestThatIsNotJourneysIsRefusedByName(String text) throws IOException {
    Files.writeString(folder.resolve("manifest.json"), text);
    assertThatThrownBy(() -> Manifest.read(folder))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("manifest.json");
  }
}
