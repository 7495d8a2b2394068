package io.journey.text;

import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that decides which numbers a text becomes.
 *
 * @param ids of symbols
 * @param merges pairs that are joined, first those that stand first
 * @param special tokens that are looked for in a text
 * @param first the id before a text's tokens
 * @param last the id behind them
 * @param padding the id that fills up
 * @param unknown the id of a byte that has none
 */
record ClipVocabulary(
    Map<String, Integer> ids,
    List<BytePairs.Merge> merges,
    List<SpecialToken> special,
    int first,
    int last,
    int padding,
    int unknown) {
  private static final int MAX_LETTERS = 100;

  ClipVocabulary {
    ids = Map.copyOf(ids);
    merges = List.copyOf(merges);
    special = special.stream().sorted(Comparator.comparing(SpecialToken::content)).toList();
  }

  /** Returns one more than the largest id. */
  int size() {
    return 1 + ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
  }

  /**
   * Returns symbols by rising ids.
   *
   * @throws JourneyException if two have one id
   */
  Map<Integer, String> ordered() {
    Map<Integer, String> ordered = new TreeMap<>();
    ids.forEach(
        (symbol, id) -> {
          String twin = ordered.put(id, symbol);
          if (twin != null) {
            throw new JourneyException(
                "A vocabulary gives the number " + id + " twice: fetch the tokenizer again.");
          }
        });
    return ordered;
  }

  /**
   * Returns a vocabulary in which each of some words is one token, laid out as CLIP's: the 256
   * bytes, the 256 bytes that end a word, what is joined, the first token and the last, which fills
   * up too. Any other text is spelled in bytes or in parts of words.
   *
   * <p>Word by word, in the order of the alphabet, the first two symbols it is still made of become
   * a further merge. A merge that stands behind all others changes no word that is already whole.
   *
   * @param words cleaned
   */
  static ClipVocabulary ofWords(List<String> words) {
    Map<String, Integer> ids = new TreeMap<>();
    for (String symbol : ByteSymbols.ordered()) {
      ids.put(symbol, ids.size());
    }
    for (String symbol : ByteSymbols.ordered()) {
      ids.put(symbol + ByteSymbols.END_OF_WORD, ids.size());
    }
    Map<Integer, String> symbols = new TreeMap<>();
    ids.forEach((symbol, id) -> symbols.put(id, symbol));
    List<BytePairs.Merge> merges = new ArrayList<>();
    BytePairs pairs = new BytePairs(ids, merges, 0);
    for (String word : words.stream().distinct().sorted().toList()) {
      if (word.length() > MAX_LETTERS) {
        throw new SettingException(
            "a word to be known may have " + MAX_LETTERS + " letters, got " + word.length());
      }
      List<Integer> parts = pairs.encode(word);
      while (parts.size() > 1) {
        String left = symbols.get(parts.get(0));
        String right = symbols.get(parts.get(1));
        merges.add(new BytePairs.Merge(left, right));
        ids.putIfAbsent(left + right, ids.size());
        int joined = ids.get(left + right);
        symbols.put(joined, left + right);
        pairs.join(parts.get(0), parts.get(1), joined);
        parts = pairs.encode(word);
      }
    }
    int first = ids.size();
    ids.put(ClipTokenizer.START, first);
    ids.put(ClipTokenizer.END, first + 1);
    List<SpecialToken> special =
        List.of(
            new SpecialToken(ClipTokenizer.START, first, false),
            new SpecialToken(ClipTokenizer.END, first + 1, false));
    return new ClipVocabulary(ids, merges, special, first, first + 1, first + 1, first + 1);
  }
}
