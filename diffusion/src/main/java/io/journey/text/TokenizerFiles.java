package io.journey.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.AtomicFile;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The files of a CLIP tokenizer, as transformers reads and writes them: {@code tokenizer.json}, or
 * {@code vocab.json} and {@code merges.txt}; beside them {@code tokenizer_config.json} and {@code
 * special_tokens_map.json}, of which the second counts more, unless the first lists the tokens that
 * were added.
 */
final class TokenizerFiles {
  private static final int MAX_SYMBOLS = 1 << 20;
  private static final Set<String> CLASSES = Set.of("CLIPTokenizer", "CLIPTokenizerFast");

  private final TokenizerFolder folder;
  private final ObjectNode whole; // null where there is none
  private final ObjectNode config;
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<BytePairs.Merge> merges = new ArrayList<>();

  private TokenizerFiles(TokenizerFolder folder) {
    this.folder = folder;
    whole = folder.exists(TokenizerFolder.WHOLE) ? folder.json(TokenizerFolder.WHOLE) : null;
    config =
        folder.exists(TokenizerFolder.CONFIG) ? folder.json(TokenizerFolder.CONFIG) : Json.object();
  }

  /** Returns whether a folder has a tokenizer. */
  static boolean isTokenizer(Path folder) {
    return new TokenizerFolder(folder).isTokenizer();
  }

  /**
   * Reads a tokenizer.
   *
   * @throws JourneyException if it is damaged, of another kind, or asks for what is not supported
   */
  static ClipTokenizer read(Path path) {
    TokenizerFolder folder = new TokenizerFolder(path);
    if (!folder.isTokenizer()) {
      throw new JourneyException(
          path
              + " holds no tokenizer (expected vocab.json and merges.txt, or tokenizer.json): fetch"
              + " the folder tokenizer of the model.");
    }
    TokenizerFiles files = new TokenizerFiles(folder);
    files.requireClip();
    files.readSymbols();
    files.readMerges();
    SpecialTokens special = new SpecialTokens(folder, files.whole, files.config, files.ids);
    return new ClipTokenizer(special.vocabulary(files.merges), files.length());
  }

  private void requireClip() {
    List<String> problems = new ArrayList<>();
    String type = config.path("tokenizer_class").asText("CLIPTokenizer");
    if (!CLASSES.contains(type)) {
      problems.add("tokenizer_class " + Failures.quoted(type) + " (only CLIPTokenizer)");
    }
    for (String side : List.of("padding_side", "truncation_side")) {
      String found = config.path(side).asText("right");
      if (!found.equals("right")) {
        problems.add(side + " " + Failures.quoted(found) + " (only right)");
      }
    }
    for (String more : List.of("additional_special_tokens", "extra_special_tokens")) {
      if (!config.path(more).isEmpty()) {
        problems.add(more);
      }
    }
    if (whole != null) {
      JsonNode model = whole.path("model");
      String kind = model.path("type").asText("BPE");
      String end = model.path("end_of_word_suffix").asText("");
      if (!kind.equals("BPE") || !end.equals(ByteSymbols.END_OF_WORD)) {
        problems.add(
            "in tokenizer.json a model "
                + Failures.quoted(kind)
                + " whose words end with \""
                + Failures.quoted(end)
                + "\" (only BPE and </w>, as CLIP has it)");
      }
    }
    if (!problems.isEmpty()) {
      throw new JourneyException(
          folder.path()
              + " asks for what Journey does not support: "
              + String.join(", ", problems)
              + ": name the tokenizer of a CLIP text model.");
    }
  }

  private void readSymbols() {
    String name = whole == null ? TokenizerFolder.VOCABULARY : TokenizerFolder.WHOLE;
    JsonNode found =
        whole == null ? folder.json(TokenizerFolder.VOCABULARY) : whole.path("model").path("vocab");
    JsonType.OBJECT.require(found, "model.vocab", folder.where(name));
    if (found.size() > MAX_SYMBOLS) {
      throw new JourneyException(
          folder.where(name)
              + " has "
              + found.size()
              + " symbols, expected 1048576 at most"
              + TokenizerFolder.FETCH);
    }
    for (Map.Entry<String, JsonNode> symbol : ((ObjectNode) found).properties()) {
      JsonNode id = symbol.getValue();
      if (!JsonType.WHOLE.accepts(id) || id.intValue() < 0 || id.intValue() >= MAX_SYMBOLS) {
        throw new JourneyException(
            folder.where(name)
                + " gives "
                + Failures.quoted(symbol.getKey())
                + " the number "
                + Failures.quoted(id.toString())
                + ", expected a whole number from 0 to 1048575"
                + TokenizerFolder.FETCH);
      }
      ids.put(symbol.getKey(), id.intValue());
    }
  }

  private void readMerges() {
    if (whole == null) {
      int number = 0;
      for (String line : folder.text(TokenizerFolder.MERGES).split("\r?\n", -1)) {
        number++;
        if (!line.isEmpty() && !line.startsWith("#version")) {
          merges.add(merge(line, TokenizerFolder.MERGES + " line " + number));
        }
      }
      return;
    }
    JsonNode list = whole.path("model").path("merges");
    if (!list.isArray()) {
      throw new JourneyException(
          folder.where(TokenizerFolder.WHOLE)
              + " has no list model.merges"
              + TokenizerFolder.FETCH);
    }
    for (JsonNode one : list) {
      String place = TokenizerFolder.WHOLE + " merge " + (merges.size() + 1);
      boolean isPair = one.size() == 2 && JsonType.TEXTS.accepts(one);
      merges.add(
          isPair
              ? known(one.get(0).textValue(), one.get(1).textValue(), place)
              : merge(one.asText(), place));
    }
  }

  private BytePairs.Merge merge(String line, String place) {
    int blank = line.indexOf(' ');
    if (blank < 0 || line.indexOf(' ', blank + 1) >= 0) {
      throw new JourneyException(
          folder.path()
              + ", "
              + place
              + ", is \""
              + Failures.quoted(line)
              + "\", expected two symbols with a blank between"
              + TokenizerFolder.FETCH);
    }
    return known(line.substring(0, blank), line.substring(blank + 1), place);
  }

  private BytePairs.Merge known(String left, String right, String place) {
    for (String symbol : List.of(left, right, left + right)) {
      if (!ids.containsKey(symbol)) {
        throw new JourneyException(
            folder.path()
                + ", "
                + place
                + ", has \""
                + Failures.quoted(symbol)
                + "\", which the vocabulary has not"
                + TokenizerFolder.FETCH);
      }
    }
    return new BytePairs.Merge(left, right);
  }

  private int length() {
    JsonNode length = config.path("model_max_length");
    if (length.isMissingNode() || length.isNull()) {
      return ClipTokenizer.LENGTH;
    }
    JsonType.NUMBER.require(length, "model_max_length", folder.where(TokenizerFolder.CONFIG));
    // 1e30 where transformers was told none.
    double value = length.doubleValue();
    if (!(value >= 2)) {
      throw new JourneyException(
          folder.where(TokenizerFolder.CONFIG)
              + " has model_max_length "
              + Failures.quoted(length.toString())
              + ", expected 2 at least"
              + TokenizerFolder.FETCH);
    }
    return (int) Math.min(value, Integer.MAX_VALUE);
  }

  /**
   * Writes the files that every version of transformers reads, for {@link #read}.
   *
   * @param files takes a name without folders and a content
   */
  static void write(ClipTokenizer tokenizer, BiConsumer<String, AtomicFile.Content> files) {
    ClipVocabulary vocabulary = tokenizer.vocabulary();
    ObjectNode ids = Json.object();
    Map<Integer, String> ordered = vocabulary.ordered();
    ordered.forEach((id, symbol) -> ids.put(symbol, id));
    StringBuilder merges = new StringBuilder("#version: 0.2\n");
    vocabulary
        .merges()
        .forEach(m -> merges.append(m.left()).append(' ').append(m.right()).append('\n'));
    ObjectNode special = Json.object();
    int[] named = {
      vocabulary.first(), vocabulary.last(), vocabulary.unknown(), vocabulary.padding()
    };
    for (int i = 0; i < named.length; i++) {
      String content = ordered.get(named[i]);
      boolean normalized =
          vocabulary.special().stream()
              .anyMatch(token -> token.content().equals(content) && token.normalized());
      special.set(SpecialTokens.NAMED.get(i), object(content, normalized));
    }
    ObjectNode config = Json.object();
    config.put("tokenizer_class", "CLIPTokenizer");
    config.put("model_max_length", tokenizer.length());
    config.put("do_lower_case", true);
    special
        .properties()
        .forEach(one -> config.put(one.getKey(), one.getValue().get("content").asText()));
    byte[] lines = merges.toString().getBytes(StandardCharsets.UTF_8);
    files.accept(TokenizerFolder.VOCABULARY, out -> out.write(Json.bytes(ids)));
    files.accept(TokenizerFolder.MERGES, out -> out.write(lines));
    files.accept(TokenizerFolder.SPECIAL, out -> out.write(Json.bytes(special)));
    files.accept(TokenizerFolder.CONFIG, out -> out.write(Json.bytes(config)));
  }

  private static ObjectNode object(String content, boolean normalized) {
    return Json.object()
        .put("content", content)
        .put("lstrip", false)
        .put("normalized", normalized)
        .put("rstrip", false)
        .put("single_word", false);
  }
}
