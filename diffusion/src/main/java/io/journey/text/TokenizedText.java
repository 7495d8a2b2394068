package io.journey.text;

import java.util.List;

/**
 * A text as numbers of tokens: the first token, the text's own, the last token, then padding.
 *
 * @param ids as many as the tokenizer's length, each in 0 … size − 1
 * @param count of ids before the padding, with the first and the last
 * @param cut how many tokens of the text had no place
 */
public record TokenizedText(List<Integer> ids, int count, int cut) {
  public TokenizedText {
    ids = List.copyOf(ids);
  }

  /** Returns whether the text is longer than the tokenizer takes. */
  public boolean isCut() {
    return cut > 0;
  }

  /** Returns the numbers as an array. */
  public int[] toArray() {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
