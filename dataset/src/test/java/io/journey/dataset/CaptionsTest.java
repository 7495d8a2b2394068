package io.journey.dataset;

import static io.journey.dataset.DatasetFiles.assertRefused;
import static io.journey.dataset.DatasetFiles.ids;
import static io.journey.dataset.DatasetFiles.png;
import static io.journey.dataset.DatasetFiles.pngBytes;
import static io.journey.dataset.DatasetFiles.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When captions are read, what they are part of, and files of text beside images. */
class CaptionsTest {
  @TempDir Path folder;

  /** Three images, the last without a caption. */
  private void three() throws IOException {
    png(folder.resolve("a.png"), 2, 2, 0x102030);
    png(folder.resolve("b.png"), 2, 2, 0x405060);
    png(folder.resolve("c.png"), 2, 2, 0x708090);
    write("a.txt", " a red cat \n\n  a cat, red\n");
    write("b.txt", "a dog");
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static List<List<String>> captions(Dataset set) {
    return IntStream.range(0, set.size()).mapToObj(set::captions).toList();
  }

  @Test
  void aSetThatIsNotAskedForCaptionsIsWhatItWas() throws IOException {
    three();
    Dataset set = Datasets.open(folder.toString());
    for (String name : List.of("a.txt", "b.txt")) {
      Files.delete(folder.resolve(name));
    }
    Dataset without = Datasets.open(folder.toString());

    assertThat(set.isCaptioned()).isFalse();
    assertThat(captions(set)).containsOnly(List.of());
    assertThat(set.fingerprint()).isEqualTo(without.fingerprint());
    assertThat(set.describe()).isEqualTo(without.describe());
    assertThat(set.spec()).isEqualTo(folder.toString());
  }

  /** Damaged captions must not take a set from those who never needed them. */
  @Test
  void whatNobodyAsksForIsNotRead() throws IOException {
    three();
    String before = Datasets.open(folder.toString()).fingerprint();
    Files.write(folder.resolve("a.txt"), new byte[] {(byte) 0xFF});
    write("metadata.jsonl", "{{{");
    assertThat(Datasets.open(folder.toString()).fingerprint()).isEqualTo(before);
    assertThat(Datasets.open(folder + "?captions=none").fingerprint()).isEqualTo(before);
    assertRefused(folder + "?captions=all", "metadata.jsonl: line 1", "not valid JSON");
  }

  @Test
  void askingLaterIsAskingInTheSpec() throws IOException {
    three();
    Dataset set = Datasets.open(folder + "?id!=c.png");
    Dataset later = set.captioned();
    Dataset atOnce = Datasets.open(folder + "?id!=c.png&captions=all");

    assertThat(captions(later))
        .containsExactly(List.of("a red cat", "a cat, red"), List.of("a dog"))
        .isEqualTo(captions(atOnce));
    assertThat(later.fingerprint()).isEqualTo(atOnce.fingerprint()).isNotEqualTo(set.fingerprint());
    assertThat(later.spec()).isEqualTo(atOnce.spec());
    assertThat(later.captioned()).isSameAs(later);
    assertThat(read(later, 1)).containsExactly(read(set, 1));
    assertThat(later.describe().toString()).endsWith(",\"captions\":3}");
    Dataset missing = Datasets.open(folder.toString()).captioned(Uncaptioned.EMPTY);
    assertThat(missing.spec()).isEqualTo(folder + "?captions=all&uncaptioned=empty");
    assertThat(Datasets.open(missing.spec()).fingerprint()).isEqualTo(missing.fingerprint());
  }

  @Test
  void everyCaptionItsOrderAndItsPlaceCountInTheFingerprint() throws IOException {
    Set<String> prints = new java.util.HashSet<>();
    png(folder.resolve("a.png"), 2, 2, 0x102030);
    png(folder.resolve("b.png"), 2, 2, 0x405060);
    for (String texts :
        List.of("x\ny|z", "y\nx|z", "x|y\nz", "x|z", "xy|z", "x \n  y | z ", "x|x")) {
      write("a.txt", texts.substring(0, texts.indexOf('|')));
      write("b.txt", texts.substring(texts.indexOf('|') + 1));
      prints.add(Datasets.open(folder + "?captions=all").fingerprint());
    }
    assertThat(prints).hasSize(6); // blanks around a caption are no part of it
  }

  @Test
  void soManyAreTakenAsTheSpecSays() throws IOException {
    three();
    write("c.txt", "1\n2\n3");
    assertThat(captions(Datasets.open(folder + "?captions=first")))
        .containsExactly(List.of("a red cat"), List.of("a dog"), List.of("1"));
    assertThat(Datasets.open(folder + "?captions=2").captions(2)).containsExactly("1", "2");
    assertThat(Datasets.open(folder + "?captions=9").fingerprint())
        .isEqualTo(Datasets.open(folder + "?captions=all").fingerprint());
    for (String wrong : new String[] {"0", "-1", "some", "2.5"}) {
      assertRefused(
          folder + "?captions=" + wrong, "captions=" + wrong, "all, first, none or a number");
    }
    assertRefused(folder + "?captions=none&caption=txt", "captions=none and caption=");
    assertThatThrownBy(() -> Datasets.open(folder + "?captions=none").captioned())
        .hasMessageContaining("says captions=none");
  }

  @Test
  void aNumberIsNoCaptionAndNotAMissingOne() throws IOException {
    three();
    Files.delete(folder.resolve("a.txt"));
    write(
        "metadata.jsonl",
        "{\"file_name\": \"a.png\", \"text\": \"a cat\"}\n{\"file_name\": \"b.png\", \"text\": 42}\n");
    assertRefused(folder + "?captions=all", "metadata.jsonl: line 2 has a text", "42", "in quotes");
  }

  @Test
  void aTableWhoseCaptionsHaveAnotherNameSaysItsColumns() throws IOException {
    three();
    Files.delete(folder.resolve("a.txt"));
    Files.delete(folder.resolve("b.txt"));
    write("metadata.csv", "file_name,prompt\na.png,a cat\nb.png,a dog\nc.png,a cow\n");
    assertThatThrownBy(() -> Datasets.open(folder.toString()).captioned())
        .isInstanceOf(MissingCaptions.class)
        .hasMessageContaining("metadata.csv has the columns prompt: say which")
        .hasMessageContaining("?caption=NAME")
        .hasMessageNotContaining("{class}");
    assertThat(captions(Datasets.open(folder + "?caption=prompt")).get(1)).containsExactly("a dog");
  }

  @Test
  void imagesWithoutACaptionAreRefusedOrHaveTheEmptyOne() throws IOException {
    three();
    write("b.txt", " \n");
    assertRefused(
        folder + "?captions=all", "2 of the 3 images", "b.png, c.png", "uncaptioned=empty", "id!=");
    Dataset set = Datasets.open(folder + "?uncaptioned=empty");
    assertThat(captions(set))
        .containsExactly(List.of("a red cat", "a cat, red"), List.of(""), List.of(""));
    assertThat(set.isCaptioned()).isTrue();
    Files.delete(folder.resolve("a.txt"));
    assertRefused(folder + "?uncaptioned=empty", "has no captions", "metadata.jsonl");
  }

  @Test
  void selectionsAndSubsetsKeepCaptions() throws IOException {
    three();
    write("c.txt", "a cup");
    png(folder.resolve("bad.png"), 2, 2, 0);
    write("bad.png", "no picture");
    write("bad.txt", "bad");
    Dataset set = Datasets.open(folder + "?skip=unreadable&captions=first");
    assertThat(ids(set)).containsExactly("a.png", "b.png", "c.png");
    assertThat(captions(set))
        .containsExactly(List.of("a red cat"), List.of("a dog"), List.of("a cup"));
    assertThat(captions(Datasets.open(folder + "?id=c.png,a.png&captions=all&limit=5")))
        .containsExactly(List.of("a red cat", "a cat, red"), List.of("a cup"));
    assertThat(captions(Subset.of(set, 1, 2))).containsExactly(List.of("a dog"), List.of("a cup"));
    Dataset images = Datasets.open(folder + "?skip=unreadable");
    Dataset part = Subset.of(images, 1, 2).captioned();
    assertThat(captions(part)).containsExactly(List.of("a dog"), List.of("a cup"));
    assertThat(part.fingerprint()).isEqualTo(Subset.of(images.captioned(), 1, 2).fingerprint());
    assertThat(part.spec()).endsWith("&captions=all");
  }

  @Test
  void anotherProcessFindsTheSameCaptionsOrSaysSo() throws Exception {
    three();
    Dataset set = Datasets.open(folder + "?uncaptioned=empty");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ObjectOutputStream(bytes).writeObject(set);
    assertThat(captions((Dataset) opened(bytes.toByteArray()))).isEqualTo(captions(set));
    write("b.txt", "another dog");
    assertThatThrownBy(() -> opened(bytes.toByteArray())).hasMessageContaining("captions");
  }

  private static Object opened(byte[] bytes) throws Exception {
    return new ObjectInputStream(new ByteArrayInputStream(bytes)).readObject();
  }

  @Test
  void captionsAreMadeOfClasses() throws IOException {
    png(folder.resolve("post_impressionism/a.png"), 2, 2, 1);
    png(folder.resolve("R&D, 50%/b.png"), 2, 2, 2);
    assertThat(captions(Datasets.open(folder + "?caption=a {class} painting")))
        .containsExactly(List.of("a R&D, 50% painting"), List.of("a post impressionism painting"));
    assertThat(Datasets.open(folder + "?caption={class} %26 {class}, what=1?").captions(1))
        .containsExactly("post impressionism & post impressionism, what=1?");
    assertRefused(folder + "?caption=a {label}", "a {label}", "{class}");
    assertRefused(folder + "?caption={class", "{class}");
    png(folder.resolve("flat/x.png"), 2, 2, 1);
    assertRefused(folder.resolve("flat") + "?caption=a {class}", "has no classes");
    assertThat(
            Datasets.open("../data/fashion-mnist?limit=1&caption=a photo of a {class}").captions(0))
        .containsExactly("a photo of a Ankle boot");
    assertRefused("../data/fashion-mnist?limit=1&captions=all", "has no captions", "{class}");
  }

  @Test
  void endingsOfFilesBesideImagesAreChosen() throws IOException {
    three();
    write("c.caption", "a cup");
    write("c.cap", "another");
    assertThat(Datasets.open(folder + "?captions=all").captions(2)).containsExactly("a cup");
    assertThat(Datasets.open(folder + "?caption=cap&id=c.png").captions(0))
        .containsExactly("another");
    write("b.caption", "x");
    assertRefused(
        folder + "?captions=all", "b.txt and b.caption", "caption=txt or caption=caption");
    assertThat(Datasets.open(folder + "?caption=txt&id=b.png").captions(0))
        .containsExactly("a dog");
    assertRefused(folder + "?caption=none", "no captions named none");
  }

  @Test
  void textIsKeptAsItIs() throws IOException {
    png(folder.resolve("a.png"), 2, 2, 1);
    write("a.txt", "\ufeffa\u001b[31m  b\u202e\tc\u0000");
    assertThat(Datasets.open(folder + "?captions=all").captions(0))
        .containsExactly("a\u001b[31m  b\u202e\tc\u0000");
  }

  @Test
  void hostileFilesBesideImagesAreRefused() throws IOException {
    png(folder.resolve("in/a.png"), 2, 2, 1);
    Path text = folder.resolve("in/a.txt");
    String spec = folder.resolve("in") + "?captions=all";
    Files.write(text, new byte[] {'a', (byte) 0xC3});
    assertRefused(spec, "a.txt is not UTF-8");
    Files.write(text, new byte[(1 << 20) + 1]);
    assertRefused(spec, "a.txt", "more than a megabyte");
    Files.writeString(text, "x".repeat((1 << 16) + 1));
    assertRefused(spec, "a.txt", "more than 65536 characters");
    Files.delete(text);
    Files.writeString(folder.resolve("secret"), "s");
    Files.createSymbolicLink(text, folder.resolve("secret"));
    assertRefused(spec, "a.txt", "link", "links=follow");
    assertThat(Datasets.open(spec + "&links=follow").captions(0)).containsExactly("s");
    Files.delete(text);
    Files.createSymbolicLink(text, folder.resolve("gone"));
    assertRefused(spec, "a.txt");
    Files.delete(text);
    Files.createSymbolicLink(text, Path.of("/dev/zero"));
    assertRefused(spec + "&links=follow", "a.txt is a pipe, socket or device");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"file_name\": \"a.png\", \"text\": \"x\", \"caption\": \"y\"}|several columns that may hold",
        "{\"text\": \"x\"}|line 1 has no file_name",
        "{\"file_name\": \"../a.png\", \"text\": \"x\"}|outside of its folder",
        "{\"file_name\": \"/etc/passwd\", \"text\": \"x\"}|outside of its folder",
        "{\"file_name\": \"C:\\\\a.png\", \"text\": \"x\"}|outside of its folder",
        "{\"file_name\": \"a.png\", \"text\": \"\\ud800\"}|half of a character",
        "[1]|not an object",
        "{\"file_name\": \"a.png\" \"text\": \"x\"}|line 1 is not valid JSON",
        "{\"file_name\": \"other.png\", \"text\": \"x\"}|metadata.jsonl has 1 row of images that are not read",
      })
  void hostileLinesOfMetadataAreRefused(String line, String expected) throws IOException {
    png(folder.resolve("a.png"), 2, 2, 1);
    write("metadata.jsonl", line + "\n");
    assertRefused(folder + "?captions=all", expected);
  }

  @Test
  void otherHostileTablesAreRefused() throws IOException {
    png(folder.resolve("a.png"), 2, 2, 1);
    Path lines = folder.resolve("metadata.jsonl");
    String spec = folder + "?captions=all";
    Files.writeString(lines, "{\"a\":".repeat(2000));
    assertRefused(spec, "line 1 is not valid JSON");
    Files.write(lines, new byte[] {'{', (byte) 0xFF});
    assertRefused(spec, "line 1 is not UTF-8");
    Files.writeString(lines, "{\"file_name\": \"" + "x".repeat(1 << 20) + "\"}");
    assertRefused(spec, "line of more than a megabyte, line 1");
    Files.writeString(lines, "{\"file_name\": \"a.png\", \"text\": \"x\"}");
    assertRefused(folder + "?caption=title", "no texts named title: it has text");
    assertThat(Datasets.open(folder + "?caption=text").captions(0)).containsExactly("x");
    write("metadata.csv", "file_name,text\na.png,x\n");
    assertRefused(spec, "both metadata.jsonl and metadata.csv");
    Files.delete(lines);
    assertThat(Datasets.open(spec).captions(0)).containsExactly("x");
    write("metadata.csv", "name,text\na.png,x\n");
    assertRefused(spec, "no column file_name");
    write("metadata.csv", "file_name,text\na.png,x, y\n");
    assertRefused(spec, "a row of 3 fields", "2", "line", "quotes");
    write("metadata.csv", "file_name,text\na.png,\"x\n");
    assertRefused(spec, "metadata.csv is no table");
    Files.write(
        folder.resolve("metadata.csv"),
        "file_name,text\na.png,\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(spec, "metadata.csv is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz"})
  void filesOfAKeyInATarFileAreItsCaptions(String name) throws IOException {
    TarBytes tar = new TarBytes();
    tar.file("t/1.txt", "one\nuno").file("t/1.png", pngBytes(2, 2, 1));
    tar.file("t/2.png", pngBytes(2, 2, 2))
        .file("t/2.json", "{\"caption\": [\"two\", \"due\"], \"n\": 1}");
    tar.file("t/3.png", pngBytes(2, 2, 3)).file("t/3.json", "{\"n\": 3}");
    byte[] bytes = tar.finished();
    Files.write(folder.resolve(name), name.endsWith("gz") ? DatasetFiles.gzip(bytes) : bytes);
    String spec = folder.resolve(name).toString();
    assertThat(captions(Datasets.open(spec + "?uncaptioned=empty")))
        .containsExactly(List.of("one", "uno"), List.of("two", "due"), List.of(""));
    assertRefused(spec + "?captions=all", "1 of the 3 images", "t/3.png");
    assertThat(Datasets.open(spec).fingerprint())
        .isEqualTo(
            Datasets.open(spec).captioned(Uncaptioned.EMPTY).isCaptioned()
                ? Datasets.open(spec + "?captions=none").fingerprint()
                : "");
  }

  @Test
  void hostileTextsInATarFileAreRefusedWhenAskedFor() throws IOException {
    TarBytes tar =
        new TarBytes().file("1.png", pngBytes(2, 2, 1)).file("1.txt", new byte[(1 << 20) + 1]);
    Path file = Files.write(folder.resolve("a.tar"), tar.finished());
    assertThat(Datasets.open(file.toString()).size()).isEqualTo(1);
    assertRefused(file + "?captions=all", "1.txt", "more than a megabyte");
    tar = new TarBytes().file("1.png", pngBytes(2, 2, 1)).file("1.txt", new byte[] {(byte) 0xFF});
    Files.write(file, tar.finished());
    assertRefused(file + "?captions=all", "1.txt is not UTF-8");
    tar =
        new TarBytes()
            .file("1.png", pngBytes(2, 2, 1))
            .file("1.json", "{\"text\": \"a\", \"caption\": \"b\"}");
    Files.write(file, tar.finished());
    assertRefused(file + "?captions=all", "1.json", "caption, text", "caption=caption");
    assertThat(Datasets.open(file + "?caption=text").captions(0)).containsExactly("a");
  }

  /** A folder and a tar file of it are one set, with their captions too. */
  @Test
  void aFolderAndItsTarFileHaveTheSameCaptions() throws IOException {
    three();
    TarBytes tar = new TarBytes();
    for (String name : List.of("a.png", "a.txt", "b.png", "b.txt", "c.png")) {
      tar.file(name, Files.readAllBytes(folder.resolve(name)));
    }
    Path packed = Files.write(folder.resolve("set.tar.part"), tar.finished());
    assertThat(Datasets.open("tar:" + packed + "?uncaptioned=empty").fingerprint())
        .isEqualTo(Datasets.open("images:" + folder + "?uncaptioned=empty").fingerprint());
    assertThat(ids(Datasets.open(folder.toString())).stream().collect(Collectors.joining(" ")))
        .isEqualTo("a.png b.png c.png");
  }
}
