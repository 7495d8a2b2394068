package io.journey.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The special tokens of a tokenizer, as transformers finds them in its files: {@code
 * special_tokens_map.json} counts more than {@code tokenizer_config.json}, unless the latter lists
 * the tokens that were added.
 */
final class SpecialTokens {
  private static final int MAX_ADDED = 1000;

  /** In the order in which transformers adds them. */
  static final List<String> NAMED = List.of("bos_token", "eos_token", "unk_token", "pad_token");

  /**
   * A special token as a file has it.
   *
   * @param isText whether it is a text alone, without properties
   */
  private record Declared(String content, boolean normalized, boolean isText) {}

  private final TokenizerFolder folder;
  private final ObjectNode whole; // null where there is none
  private final ObjectNode config;
  private final Map<String, Integer> ids;
  private final Map<String, Declared> found = new TreeMap<>(); // by content
  private final Set<Declared> met = new HashSet<>();

  /**
   * Takes what was read.
   *
   * @param whole {@code tokenizer.json}, or null
   * @param config {@code tokenizer_config.json}
   * @param ids of symbols
   */
  SpecialTokens(
      TokenizerFolder folder, ObjectNode whole, ObjectNode config, Map<String, Integer> ids) {
    this.folder = folder;
    this.whole = whole;
    this.config = config;
    this.ids = ids;
  }

  /** Returns the vocabulary with its special tokens. */
  ClipVocabulary vocabulary(List<BytePairs.Merge> merges) {
    Map<Integer, Declared> added = added();
    added.values().forEach(one -> found.put(one.content(), one));
    Set<String> contents = new HashSet<>(found.keySet());
    boolean overruled =
        !config.has("added_tokens_decoder") && folder.exists(TokenizerFolder.SPECIAL);
    ObjectNode map = overruled ? folder.json(TokenizerFolder.SPECIAL) : Json.object();
    for (String more : List.of("additional_special_tokens", "extra_special_tokens")) {
      if (!map.path(more).isEmpty()) {
        throw new JourneyException(
            folder.where(TokenizerFolder.SPECIAL)
                + " has "
                + more
                + ", which Journey does not support: name a tokenizer without them.");
      }
    }
    Map<String, Integer> named = new HashMap<>();
    for (String name : NAMED) {
      Declared token = named(name, map);
      named.put(name, ids.get(token.content()));
      if (!contents.contains(token.content())) {
        declare(token);
      }
    }
    List<SpecialToken> tokens = new ArrayList<>();
    found.forEach(
        (content, t) -> tokens.add(new SpecialToken(content, ids.get(content), t.normalized())));
    return new ClipVocabulary(
        ids,
        merges,
        tokens,
        named.get("bos_token"),
        named.get("eos_token"),
        named.get("pad_token"),
        named.get("unk_token"));
  }

  private Declared named(String name, ObjectNode map) {
    JsonNode node = map.has(name) ? map.get(name) : config.path(name);
    if (node.isMissingNode() || node.isNull()) {
      node = Json.tree(name.equals("bos_token") ? ClipTokenizer.START : ClipTokenizer.END);
    }
    Declared token =
        declared(node, name, map.has(name) ? TokenizerFolder.SPECIAL : TokenizerFolder.CONFIG);
    if (!ids.containsKey(token.content())) {
      throw new JourneyException(
          folder.path()
              + " names "
              + name
              + " \""
              + Failures.quoted(token.content())
              + "\", which the vocabulary has not"
              + TokenizerFolder.FETCH);
    }
    return token;
  }

  /**
   * As transformers: of two with properties the first counts, of one with and one without the
   * second.
   */
  private void declare(Declared token) {
    boolean again =
        met.stream()
            .anyMatch(m -> m.content().equals(token.content()) && m.isText() == token.isText());
    if (!again) {
      found.put(token.content(), token);
      met.add(token);
    }
  }

  /** The tokens added to the vocabulary, by their ids. */
  private Map<Integer, Declared> added() {
    Map<Integer, Declared> added = new TreeMap<>();
    if (config.has("added_tokens_decoder")) {
      for (Map.Entry<String, JsonNode> one : config.get("added_tokens_decoder").properties()) {
        add(
            added,
            one.getKey(),
            declared(one.getValue(), "added_tokens_decoder", TokenizerFolder.CONFIG),
            TokenizerFolder.CONFIG);
      }
      return added;
    }
    if (folder.exists(TokenizerFolder.ADDED)) {
      for (Map.Entry<String, JsonNode> one : folder.json(TokenizerFolder.ADDED).properties()) {
        String content = one.getKey();
        boolean special = ids.containsKey(content);
        add(
            added,
            one.getValue().asText(),
            new Declared(content, !special, false),
            TokenizerFolder.ADDED);
      }
    }
    if (whole != null && whole.path("added_tokens") instanceof ArrayNode list) {
      for (JsonNode one : list) {
        add(
            added,
            one.path("id").asText(),
            declared(one, "added_tokens", TokenizerFolder.WHOLE),
            TokenizerFolder.WHOLE);
      }
    }
    return added;
  }

  private void add(Map<Integer, Declared> added, String id, Declared token, String file) {
    Integer known = ids.get(token.content());
    if (known == null || !String.valueOf(known).equals(id)) {
      throw new JourneyException(
          folder.where(file)
              + " adds the token \""
              + Failures.quoted(token.content())
              + "\" to the vocabulary, as textual inversion does, which Journey does not support:"
              + " name a tokenizer without it.");
    }
    added.put(known, token);
    if (added.size() > MAX_ADDED) {
      throw new JourneyException(
          folder.where(file)
              + " adds more than "
              + MAX_ADDED
              + " tokens, expected a few"
              + TokenizerFolder.FETCH);
    }
  }

  private Declared declared(JsonNode node, String name, String file) {
    if (node.isTextual()) {
      requireContent(node.textValue(), name, file);
      return new Declared(node.textValue(), false, true);
    }
    JsonType.TEXT.require(node.path("content"), name + ".content", folder.where(file));
    List<String> unlike = new ArrayList<>();
    for (String option : List.of("lstrip", "rstrip", "single_word")) {
      if (node.path(option).asBoolean()) {
        unlike.add(option);
      }
    }
    if (!unlike.isEmpty()) {
      throw new JourneyException(
          folder.where(file)
              + " has "
              + name
              + " with "
              + String.join(", ", unlike)
              + ", which Journey does not support: name another tokenizer.");
    }
    requireContent(node.get("content").textValue(), name, file);
    boolean special = file.equals(TokenizerFolder.SPECIAL) || node.path("special").asBoolean();
    return new Declared(
        node.get("content").textValue(), node.path("normalized").asBoolean(!special), false);
  }

  private void requireContent(String content, String name, String file) {
    if (content.isBlank()) {
      throw new JourneyException(
          folder.where(file)
              + " has an empty "
              + name
              + ", expected a token"
              + TokenizerFolder.FETCH);
    }
  }
}
