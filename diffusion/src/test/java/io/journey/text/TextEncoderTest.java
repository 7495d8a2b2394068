package io.journey.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors;
import io.journey.nn.Parameter;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.SettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tokenizer and a text model together, and random ones against transformers' reading of them. */
class TextEncoderTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/text/words");

  /** float32 against float64, states of size 1. */
  private static final double FLOAT32 = 1e-5;

  @TempDir Path folder;

  /** What golden/text/words was written by. */
  private static TextEncoder words() {
    return TextEncoder.random(Seed.of(7), List.of("a cat and a dog, flat", "glossy"), 8, 2, 2, 9);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(folder::relativize).sorted().toList();
    }
  }

  /** A failure would mean that models trained with captions of such an encoder lose it. */
  @Test
  void theSameSeedAlwaysGivesTheSameFiles() throws IOException {
    try (TextEncoder encoder = words()) {
      encoder.writeTo(folder);
    }
    List<Path> written = files(folder);
    assertThat(written).hasSize(6);
    for (Path file : written) {
      assertThat(folder.resolve(file)).hasSameBinaryContentAs(GOLDEN.resolve(file));
    }
  }

  @Test
  void transformersReadsTheFilesAndComputesTheSameStates() {
    ObjectNode texts = Json.read(GOLDEN.resolve("texts.json"));
    Safetensors golden = Safetensors.open(GOLDEN.resolve("golden.safetensors"));
    double[] expected = golden.doubles("last_hidden_state");
    long[] ids = golden.longs("ids");
    try (TextEncoder encoder = TextEncoder.open(GOLDEN)) {
      assertThat(encoder.width()).isEqualTo(8);
      assertThat(encoder.tokens()).isEqualTo(9);
      for (int i = 0; i < texts.get("texts").size(); i++) {
        String text = texts.get("texts").get(i).textValue();
        int[] found = encoder.tokenizer().tokenize(text).toArray();
        float[] states = encoder.encode(text);
        assertThat(states).hasSize(72);
        for (int t = 0; t < 9; t++) {
          assertThat(found[t]).as(text).isEqualTo((int) ids[i * 9 + t]);
        }
        for (int d = 0; d < 72; d++) {
          assertThat(Math.abs(states[d] - expected[i * 72 + d])).as(text).isLessThan(FLOAT32);
        }
      }
    }
  }

  @Test
  void writtenAndOpenedAgainItIsTheSame() {
    try (TextEncoder encoder = words()) {
      encoder.writeTo(folder);
      try (TextEncoder again = TextEncoder.open(folder);
          TextEncoder part = TextEncoder.open(folder.resolve("text_encoder"))) {
        for (TextEncoder other : List.of(again, part)) {
          assertThat(other.fingerprint()).isEqualTo(encoder.fingerprint());
          assertThat(other.encode("a cat")).isEqualTo(encoder.encode("a cat"));
        }
      }
    }
  }

  @Test
  void fingerprintsTellEncodersApart() {
    List<String> texts = List.of("a cat and a dog, flat", "glossy");
    try (TextEncoder encoder = words();
        TextEncoder turned =
            TextEncoder.random(
                Seed.of(7), List.of("glossy", "flat dog, a and cat", "cat"), 8, 2, 2, 9);
        TextEncoder seed = TextEncoder.random(Seed.of(8), texts, 8, 2, 2, 9);
        TextEncoder length = TextEncoder.random(Seed.of(7), texts, 8, 2, 2, 10);
        TextEncoder heads = TextEncoder.random(Seed.of(7), texts, 8, 2, 4, 9);
        TextEncoder merged = words()) {
      Parameter weight = merged.model().parameters().list().get(5);
      float[] numbers = weight.get();
      numbers[3] += 0.5f;
      weight.set(numbers);
      assertThat(turned.fingerprint()).isEqualTo(encoder.fingerprint());
      assertThat(
              Stream.of(encoder, seed, length, heads, merged)
                  .map(TextEncoder::fingerprint)
                  .toList())
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void tablesAreStandardGaussian() {
    try (TextEncoder encoder = TextEncoder.random(Seed.of(1), List.of("cat"), 64, 1, 1, 12)) {
      float[] table = encoder.model().parameters().list().get(0).get();
      double sum = 0;
      double squares = 0;
      for (float number : table) {
        sum += number;
        squares += number * number;
      }
      // Of 33 000 numbers: four standard errors.
      assertThat(Math.abs(sum / table.length)).isLessThan(0.022);
      assertThat(Math.abs(squares / table.length - 1)).isLessThan(0.031);
    }
  }

  @Test
  void statesDoNotDependOnThreadsOrOnOtherCaptions() throws Exception {
    try (TextEncoder encoder = words()) {
      List<String> captions = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        captions.add("a cat and ".repeat(i % 4) + (i % 3 == 0 ? "dog" : "flat"));
      }
      float[][] alone = encoder.encode(captions);
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        List<Future<float[]>> together = new ArrayList<>();
        captions.forEach(text -> together.add(threads.submit(() -> encoder.encode(text))));
        for (int i = 0; i < alone.length; i++) {
          assertThat(together.get(i).get()).isEqualTo(alone[i]);
        }
      } finally {
        threads.shutdown();
      }
    }
  }

  @Test
  void captionsThatAreCutAreTold() {
    try (TextEncoder encoder = words()) {
      encoder.encode("a cat");
      assertThat(encoder.notes()).isEmpty();
      encoder.encode("cat ".repeat(9));
      assertThat(encoder.notes())
          .containsExactly(
              "1 caption has more than the 9 tokens the text encoder takes, so the end was cut"
                  + " off, at most 2 tokens, such as of \"cat cat cat cat cat cat cat cat cat \".");
      encoder.encode("cat ".repeat(9));
      encoder.encode("a ".repeat(20));
      assertThat(encoder.notes().get(0))
          .startsWith("2 captions have")
          .contains("13 tokens", "\"a a");
    }
  }

  @Test
  void encodingKeepsNoNativeMemory() {
    try (TextEncoder encoder = words()) {
      encoder.encode("a cat");
      long before = Pointer.totalCount();
      for (int i = 0; i < 50; i++) {
        encoder.encode("a dog");
      }
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
    }
  }

  @Test
  void foldersOfOtherKindsAreRefused() throws IOException {
    refused("holds no text encoder");
    assertThat(TextEncoder.isTextEncoder(folder)).isFalse();
    try (TextEncoder encoder = words()) {
      encoder.writeTo(folder);
    }
    assertThat(TextEncoder.isTextEncoder(folder)).isTrue();
    assertThat(TextEncoder.isTextEncoder(folder.resolve("text_encoder"))).isTrue();
    Files.createDirectory(folder.resolve("text_encoder_2"));
    refused("second text encoder");
    Files.delete(folder.resolve("text_encoder_2"));
    Path config = folder.resolve("tokenizer/tokenizer_config.json");
    String text = Files.readString(config);
    // More than the model has positions for: it decides.
    Files.writeString(config, text.replace(": 9", ": 77"));
    try (TextEncoder encoder = TextEncoder.open(folder)) {
      assertThat(encoder.tokens()).isEqualTo(9);
    }
    try (TextEncoder other =
        TextEncoder.random(
            Seed.of(7), List.of("a rather longer list of words than those"), 8, 2, 2, 9)) {
      other.tokenizer().writeTo(folder.resolve("tokenizer"));
    }
    refused("has the number", "528 tokens");
    Files.move(folder.resolve("tokenizer"), folder.resolve("elsewhere"));
    assertThatThrownBy(() -> TextEncoder.open(folder.resolve("text_encoder")))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("no tokenizer");
  }

  private void refused(String... words) {
    assertThatThrownBy(() -> TextEncoder.open(folder))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void sizesThatDoNotGoTogetherAreRefused() {
    List<String> texts = List.of("cat");
    assertThatThrownBy(() -> TextEncoder.random(Seed.of(1), texts, 8, 1, 3, 9))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("must divide");
    assertThatThrownBy(() -> TextEncoder.random(Seed.of(1), texts, 8, 1, 2, 2))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("3 tokens");
    assertThatThrownBy(() -> TextEncoder.random(Seed.of(1), List.of("x".repeat(101)), 8, 1, 2, 9))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("100 letters");
  }

  /** One byte is another, or the file ends early: 600 times, by a named seed. */
  @Test
  void damagedFilesAreReadOrRefusedInOneSentence() throws IOException {
    try (TextEncoder encoder = words()) {
      encoder.writeTo(folder);
    }
    Path whole = Path.of("src/test/resources/golden/text/tokenizer-json/tokenizer.json");
    List<Path> names = files(folder);
    int refused = 0;
    for (int i = 0; i < 600; i++) {
      RandomStream draw = Seed.of(11).child("damage").child(i).stream();
      Path file = folder.resolve(names.get(draw.nextInt(names.size())));
      byte[] bytes = Files.readAllBytes(file);
      byte[] damaged = bytes.clone();
      int place = draw.nextInt(Math.min(bytes.length, 4000));
      if (draw.nextInt(6) == 0) {
        damaged = Arrays.copyOf(bytes, place);
      } else {
        byte[] signs = "0,\"{}[]:x -9e".getBytes(StandardCharsets.US_ASCII);
        damaged[place] =
            draw.nextInt(2) == 0 ? signs[draw.nextInt(signs.length)] : (byte) draw.nextInt(256);
      }
      Files.write(file, damaged);
      try (TextEncoder encoder = TextEncoder.open(folder)) {
        encoder.encode("a cat, and an unknown!");
      } catch (JourneyException e) {
        refused++;
        assertThat(e.getMessage()).as("damage %d", i).matches("[^\n]*\\.").hasSizeLessThan(2000);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("damage " + i + " of " + file + " at " + place, e);
      }
      Files.write(file, bytes);
    }
    assertThat(refused).isBetween(200, 590);
    // tokenizer.json counts more than the files beside it.
    Files.copy(whole, folder.resolve("tokenizer/tokenizer.json"));
    refused("has the number", "528 tokens");
  }
}
