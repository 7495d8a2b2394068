package io.journey.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.dataset.Transformations.Orient;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pictures of every format, decoded as Pillow decodes them, or refused because they are damaged.
 * {@code tools/golden/make_pictures.py} wrote them; {@code target/parity-pictures.md} gets the
 * table that docs/parity-pictures.md shows.
 */
class GoldenPicturesTest {
  private static final Path FOLDER = Path.of("src/test/resources/pictures");
  private static final JsonNode VALUES = values();

  /** Levels of 255. 16 bits are rounded here and cut off there; the rest is meant to be equal. */
  private static final Map<String, Integer> TOLERANCE =
      Map.of("png", 1, "jpeg", 0, "webp", 0, "gif", 0, "bmp", 0, "dib", 0);

  private static final Map<String, List<Integer>> ERRORS = new TreeMap<>();
  private static final Map<String, Integer> REFUSED = new TreeMap<>();

  private static JsonNode values() {
    Path file = FOLDER.resolve("values.json.gz");
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return Json.parse(in.readAllBytes(), file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<String> whole() {
    return names(false);
  }

  static Stream<String> damaged() {
    return names(true);
  }

  private static Stream<String> names(boolean damaged) {
    List<String> names = new ArrayList<>();
    VALUES.fieldNames().forEachRemaining(names::add);
    return names.stream().filter(name -> VALUES.get(name).isNull() == damaged);
  }

  private static Pixels decode(String name) {
    return new StoredImage.InFile(SourceFile.of(FOLDER.resolve(name))).decode(Orient.UPRIGHT);
  }

  private static String format(String name) {
    return name.substring(0, name.indexOf('-'));
  }

  @ParameterizedTest
  @MethodSource("whole")
  void picturesAreDecodedAsByPillow(String name) {
    JsonNode truth = VALUES.get(name);
    Pixels pixels = decode(name).withChannels(3);
    int height = truth.get("height").asInt();
    int width = truth.get("width").asInt();
    assertThat(pixels.shape()).isEqualTo(new ImageShape(3, height, width));
    byte[] expected = Base64.getDecoder().decode(truth.get("rgb").asText());
    float[] found = new float[pixels.shape().numel()];
    pixels.read(found, 0);

    int largest = 0;
    int at = 0;
    for (int i = 0; i < found.length; i++) {
      int plane = i / (height * width);
      int value = expected[3 * (i % (height * width)) + plane] & 0xFF;
      int error = Math.abs(Math.round((found[i] + 1) * 127.5f) - value);
      if (error > largest) {
        largest = error;
        at = i;
      }
    }
    ERRORS.computeIfAbsent(format(name), f -> new ArrayList<>()).add(largest);
    assertThat(largest)
        .as("largest error, at number %d (order C, H, W)", at)
        .isLessThanOrEqualTo(TOLERANCE.get(format(name)));
  }

  @ParameterizedTest
  @MethodSource("damaged")
  void damagedPicturesAreRefused(String name) {
    assertThatThrownBy(() -> decode(name))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(name)
        .hasMessageMatching("[^\\n]+\\.");
    REFUSED.merge(format(name), 1, Integer::sum);
  }

  @AfterAll
  static void theTableIsThatOfThePage() throws IOException {
    StringBuilder table =
        new StringBuilder(
            "| format | pictures | largest error | tolerance | damaged, refused |\n"
                + "|---|---|---|---|---|\n");
    ERRORS.forEach(
        (format, errors) ->
            table.append(
                String.format(
                    "| %s | %d | %d | %d | %d |%n",
                    format,
                    errors.size(),
                    errors.stream().mapToInt(e -> e).max().orElse(0),
                    TOLERANCE.get(format),
                    REFUSED.getOrDefault(format, 0))));
    Files.writeString(Path.of("target/parity-pictures.md"), table);
    int tried =
        ERRORS.values().stream().mapToInt(List::size).sum()
            + REFUSED.values().stream().mapToInt(n -> n).sum();
    if (tried == VALUES.size()) { // not where some were asked for only
      assertThat(Path.of("../docs/parity-pictures.md")).content().contains(table);
    }
  }
}
