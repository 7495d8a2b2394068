package io.journey.text;

/**
 * A token that is one wherever it stands in a text, even inside a word.
 *
 * @param content as it stands in a text
 * @param id its number
 * @param normalized whether it is looked for in the cleaned text, so in any case; otherwise in the
 *     text as it was written
 */
record SpecialToken(String content, int id, boolean normalized) {
  /** Returns what is looked for. */
  String sought() {
    return normalized ? Words.cleaned(content) : content;
  }
}
