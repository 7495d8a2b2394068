package io.journey.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CroissantFolderTest {
  private static final String HEAD =
      "{'@type':'sc:Dataset','conformsTo':'http://mlcommons.org/croissant/1.1','name':'x',"
          + "'license':'CC0','creator':{'@type':'sc:Person','name':'Jo'},'distribution':[%s],"
          + "'recordSet':[{'@id':'r','key':{'@id':'r/id'},'field':[%s]}]}";
  private static final String PICTURES =
      "{'@type':'cr:FileSet','@id':'p','includes':['pictures/**/*.png']}";
  private static final String IMAGE =
      "{'@id':'r/image','name':'image','dataType':'sc:ImageObject','source':{'fileSet':{'@id':'p'},"
          + "'extract':{'fileProperty':'content'}}}";

  @TempDir Path folder;

  @BeforeEach
  void pictures() throws IOException {
    int colour = 0x102030;
    for (String name : List.of("a", "b", "c")) {
      Path file = folder.resolve("pictures/of/" + name + ".png");
      Files.createDirectories(file.getParent());
      BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
      image.setRGB(1, 2, colour += 0x0A0B0C);
      ImageIO.write(image, "png", file.toFile());
    }
  }

  private Path write(String distribution, String fields) throws IOException {
    String text = HEAD.formatted(distribution, fields).replace('\'', '"');
    return Files.writeString(folder.resolve("croissant.json"), text);
  }

  private Path table(String sum) throws IOException {
    String rows =
        Stream.of("b", "c")
            .map(
                name -> {
                  Path file = folder.resolve("pictures/of/" + name + ".png");
                  return "pictures/of/"
                      + name
                      + ".png,picture "
                      + name
                      + ",kind "
                      + name
                      + ",by "
                      + name
                      + ","
                      + (sum == null ? Checksums.of(file) : sum)
                      + "\n";
                })
            .reduce("path,id,kind,artist,sum\n", String::concat);
    Path table = Files.writeString(folder.resolve("t.csv"), rows);
    String fields =
        field(
                "path",
                "path",
                ",'references':{'fileSet':{'@id':'p'},'extract':{'fileProperty':'fullpath'}}")
            + field("id", "id", "")
            + field("label", "kind", "")
            + field("artist", "artist", "")
            + field("sha256", "sum", "");
    String object =
        "{'@type':'cr:FileObject','@id':'t','contentUrl':'t.csv','sha256':'"
            + Checksums.of(table)
            + "'},";
    return write(object + PICTURES, fields + IMAGE);
  }

  private static String field(String name, String column, String more) {
    return "{'@id':'r/%s','name':'%s','dataType':'sc:Text','source':{'fileObject':{'@id':'t'},'extract':{'column':'%s'}}%s},"
        .formatted(name, name, column, more);
  }

  @Test
  void tableSaysWhichImagesThereAreAndWhatTheyAreCalled() throws IOException {
    Path file = table(null);
    Dataset data = Datasets.open(file.toString());
    assertThat(data.size()).isEqualTo(2);
    assertThat(data.id(0)).isEqualTo("picture b");
    assertThat(data.classNames()).containsExactly("kind b", "kind c");
    float[] found = new float[48];
    float[] expected = new float[48];
    data.read(1, found, 0);
    Datasets.open(folder.resolve("pictures/of").toString()).read(2, expected, 0);
    assertThat(found).isEqualTo(expected);
    assertThat(Datasets.open("croissant:" + folder).fingerprint()).isEqualTo(data.fingerprint());
  }

  @Test
  void fieldsAreColumnsAndTheLicenceIsThatOfEachImage() throws IOException {
    String file = table(null).toString();
    assertThat(Datasets.column(file, "artist", Progress.SILENT))
        .isEqualTo(Map.of("picture b", "by b", "picture c", "by c"));
    assertThat(Datasets.column(file, "license", Progress.SILENT)).containsValue("CC0").hasSize(2);
    assertThat(Datasets.column(file, "creator", Progress.SILENT)).containsValue("Jo").hasSize(2);
  }

  @Test
  void sumsOfImagesAndTablesAreChecked() throws IOException {
    Path wrong = table("0".repeat(64));
    assertThatThrownBy(() -> Datasets.open(wrong.toString()))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("b.png has another SHA-256 than croissant.json says");
    Path file = table(null);
    Files.writeString(folder.resolve("t.csv"), "path,id,kind,artist,sum\n");
    assertThatThrownBy(() -> Datasets.open(file.toString()))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("t.csv has another SHA-256");
  }

  @Test
  void filesWithoutATableAreAllRead() throws IOException {
    Dataset data = Datasets.open(write(PICTURES, IMAGE).toString());
    assertThat(data.size()).isEqualTo(3);
    assertThat(data.id(0)).isEqualTo("pictures/of/a.png");
  }

  /** As the Hugging Face Hub describes its own: Parquet files within a repository. */
  @Test
  void columnOfParquetFilesIsRead() throws IOException {
    Path golden = Path.of("src/test/resources/parquet");
    Path shard;
    try (Stream<Path> all = Files.list(golden)) {
      shard =
          all.filter(f -> f.toString().endsWith(".parquet"))
              .filter(CroissantFolderTest::opens)
              .sorted()
              .findFirst()
              .orElseThrow();
    }
    Path place = folder.resolve("default/train/0000.parquet");
    Files.createDirectories(place.getParent());
    Files.copy(shard, place);
    Dataset expected = Datasets.open(place + "?column=image");
    String repository =
        "{'@type':'cr:FileObject','@id':'repo','contentUrl':'https://example.org/tree/parquet',"
            + "'encodingFormat':'git+https','sha256':'https://example.org/issues/80'},";
    String shards =
        "{'@type':'cr:FileSet','@id':'p','containedIn':{'@id':'repo'},"
            + "'encodingFormat':'application/x-parquet','includes':'default/*/*.parquet'}";
    String image =
        "{'@id':'default/image','dataType':'sc:ImageObject','source':{'fileSet':{'@id':'p'},"
            + "'extract':{'column':'image'},'transform':{'jsonPath':'bytes'}}}";
    Dataset data = Datasets.open(write(repository + shards, image).toString());
    assertThat(data.size()).isEqualTo(expected.size());
    float[] found = new float[data.shape().numel()];
    float[] wanted = new float[data.shape().numel()];
    data.read(0, found, 0);
    expected.read(0, wanted, 0);
    assertThat(found).isEqualTo(wanted);
  }

  /** Written by mlcroissant: tools/golden/make_croissant.py. */
  @Test
  void whatMlcroissantWritesIsRead() throws IOException {
    Dataset data = Datasets.open("src/test/resources/croissant/croissant.json");
    assertThat(data.size()).isEqualTo(3);
    assertThat(data.id(1)).isEqualTo("b.png");
    assertThat(data.classNames()).containsExactly("cat", "dog");
    assertThat(data.condition(0).words(data.classNames())).isEqualTo("dog");
    assertThat(Datasets.column(data.spec(), "artist", Progress.SILENT))
        .isEqualTo(Map.of("a.png", "Ann", "b.png", "Bo, jr", "c.png", "Ann"));
    assertThat(Datasets.column(data.spec(), "creator", Progress.SILENT))
        .containsEntry("c.png", "A collector");
    float[] image = new float[48];
    data.read(2, image, 0);
    assertThat(image[0]).isCloseTo(120 / 127.5f - 1, org.assertj.core.data.Offset.offset(1e-6f));
  }

  private static boolean opens(Path file) {
    try {
      return Datasets.open(file + "?column=image").size() > 0;
    } catch (JourneyException e) {
      return false;
    }
  }

  private void refuses(String distribution, String fields, String said) throws IOException {
    Path file = write(distribution, fields);
    assertThatThrownBy(() -> Datasets.open(file.toString()))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(said);
  }

  @Test
  void nothingIsFetchedAndNothingLeavesTheFolder() throws IOException {
    String columns = field("id", "id", "") + IMAGE;
    for (String url :
        List.of("../t.csv", "/etc/passwd", "https://example.org/t.csv", "a/../../t.csv")) {
      String object = "{'@type':'cr:FileObject','@id':'t','contentUrl':'" + url + "'},";
      String join =
          field(
              "path",
              "path",
              ",'references':{'fileSet':{'@id':'p'},'extract':{'fileProperty':'fullpath'}}");
      refuses(object + PICTURES, join + columns, "which is not there");
    }
    String set = "{'@type':'cr:FileSet','@id':'p','includes':['../**/*.png']}";
    refuses(set, IMAGE, "there is no file of the set");
    String zip =
        "{'@id':'z','contentUrl':'https://example.org/all.zip'},"
            + "{'@type':'cr:FileSet','@id':'p','containedIn':{'@id':'z'},'includes':'*.png'}";
    refuses(zip, IMAGE, "in the archive");
  }

  @Test
  void whatIsNoSuchFileIsSaidInASentence() throws IOException {
    refuses("", IMAGE, "it is not Croissant 1.0 or 1.1");
    refuses(PICTURES, IMAGE.replace("ImageObject", "Text"), "describes no records with images");
    refuses(PICTURES, IMAGE.replace("{'@id':'p'}", "{'@id':'q'}"), "has no q in its distribution");
  }

  @ParameterizedTest
  @CsvSource({
    "*.png, a.png, true",
    "*.png, b/a.png, false",
    "**/*.png, b/a.png, true",
    "**/*.png, a.png, true",
    "**/*.png, xa.png, true",
    "x/**/*.png, x/a.png, true",
    "x/**/*.png, xa.png, false",
    "x/**/y.png, x/ay.png, false",
    "**.png, b/c/a.png, true",
    "?.png, a.png, true",
    "?.png, ab.png, false",
    "a/*/c, a/b/c, true",
    "a/*/c, a/b/d/c, false",
    "'', a, false"
  })
  void patternsOfPaths(String pattern, String path, boolean matches) {
    assertThat(new PathPattern(pattern).matches(path)).isEqualTo(matches);
  }

  /** A regular expression would take longer than the universe is old. */
  @Test
  void patternsTakeNoLongTime() {
    String pattern = "*a".repeat(100) + "b";
    assertThat(new PathPattern(pattern).matches("a".repeat(250))).isFalse();
  }
}
