package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.Consumer;
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
    ObjectNode content = Json.read(folder.resolve("1/manifest.json"));
    content.remove("sha256");
    byte[] hashed = Checksums.sha256().digest(Json.bytes(content));
    assertThat(first).isEqualTo(HexFormat.of().formatHex(hashed));
    assertThat(make(folder.resolve("2"), 1).fingerprint()).isEqualTo(first);
    assertThat(make(folder.resolve("3"), 2).fingerprint()).isNotEqualTo(first);
  }

  /** Each leaf of each object, changed as little as a hand or a disk would change it. */
  @Test
  void oneChangedCharacterOfAManifestIsFound() throws IOException {
    ObjectNode settings = Json.object().put("seed", 7L).put("projection", "sparse:64");
    settings.putArray("steps").add(100).add(200);
    ObjectNode inputs = Json.object().put("data", "ab12");
    try (RunDirectory run = RunDirectory.claim(folder, "scores", settings, inputs)) {
      run.write("a.bin", out -> out.write(1));
      run.describeData(Json.object().put("transformations", "size=8"));
      run.finish(Json.object());
    }
    Path file = folder.resolve("manifest.json");
    String whole = Files.readString(file);
    for (String[] change :
        new String[][] {
          {"\"seed\" : 7", "\"seed\" : 8"},
          {"\"seed\" : 7", "\"seed\" : \"7\""},
          {"sparse:64", "sparse:65"},
          {"[ 100, 200 ]", "[ 100, 300 ]"},
          {"ab12", "ab13"},
          {"size=8", "size=9"},
          {"\"bytes\" : 1", "\"bytes\" : 2"},
          {"\"format\" : 1", "\"format\" : 2"},
          {"a.bin", "b.bin"},
        }) {
      Files.writeString(file, whole.replace(change[0], change[1]));
      assertThat(Files.readString(file)).as(change[0]).isNotEqualTo(whole);
      assertThatThrownBy(() -> Manifest.read(folder))
          .as(change[0])
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("manifest.json is not as it was written: its SHA-256 is")
          .hasMessageEndingWith("make the directory again.");
      assertThatThrownBy(() -> RunStatus.of(folder)).hasMessageContaining("not as it was written");
    }
    Files.writeString(file, whole);
    assertThat(Manifest.read(folder).settingFields().integer("seed")).isEqualTo(7);
  }

  @Test
  void aManifestWithoutADigestIsRefused() throws IOException {
    make(folder, 1);
    Path file = folder.resolve("manifest.json");
    ObjectNode content = Json.read(file);
    content.remove("sha256");
    Files.write(file, Json.bytes(content));
    assertThatThrownBy(() -> Manifest.read(folder))
        .hasMessageContaining("manifest.json has no sha256 of itself")
        .hasMessageContaining("make the directory again");
  }

  /** A digest anyone can compute: what it covers is still not believed. */
  private void prepared(Consumer<ObjectNode> change) throws IOException {
    Path file = folder.resolve("manifest.json");
    ObjectNode content = Json.read(file);
    change.accept(content);
    content.put("sha256", Manifest.digest(content));
    Files.write(file, Json.bytes(content));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret.txt", "/etc/hostname", "a/../../secret.txt", "..\\secret.txt"})
  void aListedFileOutsideTheDirectoryIsRefused(String name) throws IOException {
    make(folder, 1);
    prepared(
        content -> {
          ObjectNode files = (ObjectNode) content.get("files");
          files.set(name, files.get("a.bin"));
        });
    assertThatThrownBy(() -> Manifest.read(folder))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("leads out of " + folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        "[]",
        "{}",
        "{\"bytes\":1}",
        "{\"bytes\":\"1\",\"sha256\":\"\"}",
        "{\"bytes\":1,\"sha256\":[\"x\",\"y\"]}",
        "{\"bytes\":1,\"sha256\":\"ABC\"}"
      })
  void aListedFileWithoutSizeAndChecksumIsRefused(String entry) throws IOException {
    make(folder, 1);
    byte[] text = ("{\"a.bin\":" + entry + "}").getBytes(StandardCharsets.UTF_8);
    prepared(content -> content.set("files", Json.parse(text, "it")));
    assertThatThrownBy(() -> Manifest.read(folder))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("lists a.bin without its bytes and sha256");
  }

  @Test
  void aFileThatIsALinkIsRefused(@TempDir Path elsewhere) throws IOException {
    Manifest manifest = make(folder, 1);
    Path same = Files.copy(folder.resolve("a.bin"), elsewhere.resolve("a.bin"));
    Files.delete(folder.resolve("a.bin"));
    Files.createSymbolicLink(folder.resolve("a.bin"), same);
    assertThatThrownBy(() -> manifest.verified("a.bin"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("a.bin is a link");
    Path file = folder.resolve("manifest.json");
    Files.move(file, elsewhere.resolve("manifest.json"));
    Files.createSymbolicLink(file, elsewhere.resolve("manifest.json"));
    assertThatThrownBy(() -> Manifest.read(folder)).hasMessageContaining("manifest.json is a link");
    assertThatThrownBy(() -> RunStatus.of(folder)).hasMessageContaining("manifest.json is a link");
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
