package io.journey.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.GoldenFiles;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids of texts against those of transformers' tokenizer (tools/golden/make_text.py). */
class ClipTokenizerTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/text");

  private static final Map<String, ClipTokenizer> TOKENIZERS = new HashMap<>();

  @TempDir static Path opened;
  @TempDir Path folder;

  /** CLIP's whole vocabulary follows from its merges. */
  @BeforeAll
  static void unpack() throws IOException {
    String merges = GoldenFiles.unzipped(GOLDEN.resolve("merges.txt.gz"));
    ObjectNode ids = Json.object();
    ByteSymbols.ordered().forEach(symbol -> ids.put(symbol, ids.size()));
    ByteSymbols.ordered().forEach(symbol -> ids.put(symbol + "</w>", ids.size()));
    for (String line : merges.split("\n")) {
      ids.put(line.replace(" ", ""), ids.size());
    }
    ids.put("<|startoftext|>", ids.size()).put("<|endoftext|>", ids.size());
    assertThat(ids).hasSize(49408);
    for (String name : List.of("sd1", "sd2")) {
      Path target = Files.createDirectory(opened.resolve(name));
      for (String file : List.of("tokenizer_config.json", "special_tokens_map.json")) {
        Files.copy(GOLDEN.resolve("tokenizer-" + name).resolve(file), target.resolve(file));
      }
      Files.write(target.resolve("vocab.json"), Json.bytes(ids));
      Files.writeString(target.resolve("merges.txt"), merges);
    }
  }

  private static ClipTokenizer tokenizer(String name) {
    return TOKENIZERS.computeIfAbsent(
        name,
        n ->
            ClipTokenizer.open(
                n.equals("json") ? GOLDEN.resolve("tokenizer-json") : opened.resolve(n)));
  }

  private static List<Integer> ids(String name, String text) {
    TokenizedText found = tokenizer(name).tokenize(text);
    return found.ids().subList(0, found.count());
  }

  /**
   * Scripts, composed and decomposed letters, blanks, emoji, special tokens, long texts. A failure
   * would mean that captions reach the model as other words than it was trained with.
   */
  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2", "json"})
  void idsAreThoseOfTransformers(String name) {
    ObjectNode golden =
        Json.parse(
            GoldenFiles.unzipped(GOLDEN.resolve("ids.json.gz")).getBytes(StandardCharsets.UTF_8),
            "ids.json.gz");
    ClipTokenizer tokenizer = tokenizer(name);
    int compared = 0;
    for (JsonNode expected : golden.get(name)) {
      String text = golden.get("texts").get(compared++).textValue();
      TokenizedText found = tokenizer.tokenize(text);
      List<Integer> ids = new ArrayList<>();
      expected.get("ids").forEach(id -> ids.add(id.intValue()));
      assertThat(found.ids()).as(text).isEqualTo(ids);
      assertThat(found.count()).as(text).isEqualTo(expected.get("count").intValue());
      assertThat(found.cut()).as(text).isEqualTo(expected.get("cut").intValue());
    }
    assertThat(compared).isEqualTo(golden.get("texts").size()).isGreaterThan(50);
  }

  /** No mask hides padding, so another padding is another caption to the model. */
  @Test
  void stableDiffusion2PadsWithExclamationMarks() {
    List<Integer> one = tokenizer("sd1").tokenize("a cat").ids();
    List<Integer> two = tokenizer("sd2").tokenize("a cat").ids();
    assertThat(one).hasSize(77).startsWith(49406, 320, 2368, 49407).endsWith(49407);
    assertThat(two).hasSize(77).startsWith(49406, 320, 2368, 49407, 0).endsWith(0);
  }

  /** Its padding is a special token, which is one wherever it stands. */
  @Test
  void exclamationMarksInACaptionArePaddingToStableDiffusion2() {
    assertThat(ids("sd1", "a cat!")).containsExactly(49406, 320, 2368, 256, 49407);
    assertThat(ids("sd2", "a cat!")).containsExactly(49406, 320, 2368, 0, 49407);
  }

  @Test
  void whatIsCutIsTold() {
    TokenizedText whole = tokenizer("sd1").tokenize("cat ".repeat(75));
    assertThat(whole.isCut()).isFalse();
    assertThat(whole.count()).isEqualTo(77);
    TokenizedText cut = tokenizer("sd1").tokenize("cat ".repeat(80));
    assertThat(cut.cut()).isEqualTo(5);
    assertThat(cut.ids()).isEqualTo(whole.ids()).endsWith(49407);
  }

  /** A million letters without a blank are one word. */
  @Test
  void longWordsTakeNoSquareOfTheirLength() {
    ClipTokenizer tokenizer = tokenizer("sd1");
    String word = "ab".repeat(1 << 19);
    Assertions.assertTimeout(
        Duration.ofSeconds(60), () -> assertThat(tokenizer.tokenize(word).isCut()).isTrue());
    assertThatThrownBy(() -> tokenizer.tokenize(word + "a"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("1,048,577 characters");
  }

  @Test
  void everyKnownWordIsOneToken() {
    // Parts of one another, and pairs that another word would have joined otherwise.
    List<String> words = List.of("banana", "an", "anna", "nab", "ban", "x", "élan", "ananab");
    ClipTokenizer tokenizer = new ClipTokenizer(ClipVocabulary.ofWords(words), 12);
    for (String word : words) {
      assertThat(tokenizer.tokenize(word).count()).as(word).isEqualTo(3);
      assertThat(tokenizer.tokenize(" " + word.toUpperCase(java.util.Locale.ROOT)).ids())
          .isEqualTo(tokenizer.tokenize(word).ids());
    }
    assertThat(words.stream().map(tokenizer::tokenize).distinct()).hasSameSizeAs(words);
    assertThat(tokenizer.tokenize("banan").count()).isGreaterThan(3);
  }

  @Test
  void writtenTokenizersAreReadAgain() {
    for (String name : List.of("sd1", "sd2", "json")) {
      ClipTokenizer tokenizer = tokenizer(name);
      tokenizer.writeTo(folder.resolve(name));
      ClipTokenizer again = ClipTokenizer.open(folder.resolve(name));
      assertThat(again.vocabulary()).isEqualTo(tokenizer.vocabulary());
      assertThat(again.length()).isEqualTo(77);
    }
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }

  private void small(String merges) throws IOException {
    write(
        "vocab.json",
        "{\"a\":0,\"b</w>\":1,\"ab</w>\":2,\"<|startoftext|>\":3,\"<|endoftext|>\":4}");
    write("merges.txt", merges);
  }

  private void refused(String... words) {
    assertThatThrownBy(() -> ClipTokenizer.open(folder))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll(words)
        .hasMessageMatching("(?s)[^\n]*\\.");
  }

  @Test
  void theFolderAloneMayHaveNoSettings() throws IOException {
    small("#version: 0.2\na b</w>");
    ClipTokenizer tokenizer = ClipTokenizer.open(folder);
    assertThat(tokenizer.length()).isEqualTo(77);
    TokenizedText found = tokenizer.tokenize("AB b ac");
    // "c" is no symbol: the unknown token.
    assertThat(found.ids().subList(0, found.count())).containsExactly(3, 2, 1, 0, 4, 4);
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    refused("holds no tokenizer");
    small("a b</w> c");
    refused("merges.txt line 1", "a b</w> c", "two symbols");
    small("a c</w>");
    refused("merges.txt line 1", "c</w>", "vocabulary has not");
    small("a b</w>");
    write("vocab.json", "{\"a\": -1}");
    refused("vocab.json", "the number -1");
    write("vocab.json", "{\"a\": 99999999}");
    refused("vocab.json", "99999999");
    write("vocab.json", "[]");
    refused("vocab.json", "not an object");
    write("vocab.json", "{\"a\": 0, \"b</w>\": 1, \"ab</w>\": 2}");
    refused("bos_token", "<|startoftext|>", "vocabulary has not");
    Files.delete(folder.resolve("merges.txt"));
    refused("merges.txt", "no such file");
    Files.createDirectory(folder.resolve("merges.txt"));
    refused("merges.txt", "no regular file");
  }

  @Test
  void filesOfAbsurdSizeAreNotRead() throws IOException {
    small("a b</w>");
    Files.write(folder.resolve("merges.txt"), new byte[(16 << 20) + 1]);
    refused("merges.txt", "16777217 bytes");
  }

  @Test
  void tokenizersOfOtherKindsAreRefused() throws IOException {
    small("a b</w>");
    for (Map.Entry<String, String> one :
        Map.of(
                "{\"tokenizer_class\": \"T5Tokenizer\"}", "T5Tokenizer",
                "{\"padding_side\": \"left\"}", "padding_side left",
                "{\"model_max_length\": 1}", "model_max_length 1",
                "{\"model_max_length\": NaN}", "model_max_length",
                "{\"model_max_length\": \"77\"}", "expected a number",
                "{\"added_tokens_decoder\": {\"5\": {\"content\": \"<cat-toy>\"}}}", "<cat-toy>",
                "{\"added_tokens_decoder\": {\"0\": {\"content\": \"a\", \"rstrip\": true}}}",
                    "rstrip",
                "{\"pad_token\": \"[PAD]\"}", "[PAD]",
                "{\"pad_token\": \"\"}", "empty pad_token",
                "{\"pad_token\": 7}", "pad_token.content")
            .entrySet()) {
      write("tokenizer_config.json", one.getKey());
      refused(one.getValue());
    }
    write("tokenizer_config.json", "{\"model_max_length\": 1e30}");
    assertThat(ClipTokenizer.open(folder).length()).isEqualTo(Integer.MAX_VALUE);
    // As GPT-2's: no symbol ends a word.
    write("tokenizer.json", "{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}}");
    refused("tokenizer.json", "BPE", "</w>");
  }
}
