package io.journey.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A figure has the same bytes on every machine. */
class FigureBytesTest {
  @TempDir Path folder;

  /**
   * Made by Java 17 of Debian and Java 25 of Adoptium. Who changes how figures look changes them;
   * whoever has not and sees this fail has a Java that draws in another way.
   */
  private static final Map<String, String> EXPECTED =
      new TreeMap<>(
          Map.of(
              "bars.png",
              "4301291237c26c9d",
              "bars.svg",
              "31ffe936899153ff",
              "lines.png",
              "4fee07257b978193",
              "lines.svg",
              "fe28cbeeb705dfdf",
              "pictures.png",
              "1a7e80b2c8aa8546",
              "pictures.svg",
              "acc51fa161fe2195",
              "ratios.png",
              "0a25c80923d6a909",
              "ratios.svg",
              "581ed9260869f324",
              "slanted.png",
              "3feee565645286f4",
              "slanted.svg",
              "5127b89dd34728f0"));

  @Test
  void figuresHaveTheBytesTheyHadElsewhere() throws Exception {
    Map<String, String> found = new TreeMap<>();
    for (Map.Entry<String, Figure> figure : SampleFigures.all().entrySet()) {
      found.put(figure.getKey() + ".svg", digest(Figures.svg(figure.getValue())));
      found.put(figure.getKey() + ".png", digest(Figures.png(figure.getValue())));
    }
    assertThat(found).isEqualTo(EXPECTED);
  }

  /** In a Java that finds no font, and fails where it looks for one. */
  @Test
  void noFontOfTheMachineIsAskedFor() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.awt.headless=true",
            "-Dsun.font.fontmanager=there.is.None",
            "-Duser.language=tr",
            "-cp",
            System.getProperty("java.class.path"),
            SampleFigures.class.getName(),
            folder.toString());
    builder.environment().put("FONTCONFIG_FILE", folder.resolve("none.conf").toString());
    builder.environment().put("FONTCONFIG_PATH", folder.toString());
    assertThat(builder.inheritIO().start().waitFor()).isZero();
    assertThat(digests(folder)).isEqualTo(EXPECTED);
  }

  private static Map<String, String> digests(Path folder) throws Exception {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        digests.put(file.getFileName().toString(), digest(Files.readAllBytes(file)));
      }
    }
    return digests;
  }

  private static String digest(byte[] bytes) throws IOException, NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
    return HexFormat.of().formatHex(digest, 0, 8);
  }
}
