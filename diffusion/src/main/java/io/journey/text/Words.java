package io.journey.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How CLIP's tokenizer cleans a text and cuts it into words. */
final class Words {
  private static final Pattern BLANKS = Pattern.compile("\\p{IsWhite_Space}+");
  private static final Pattern WORD =
      Pattern.compile(
          "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d"
              + "|\\p{L}+|\\p{N}|[^\\p{IsWhite_Space}\\p{L}\\p{N}]+");

  /** What the pattern keeps whole where it stands at the beginning of a word. */
  private static final List<String> MARKS = List.of(ClipTokenizer.START, ClipTokenizer.END);

  /** İ, the only letter that is two in lower case: an i and a dot above. */
  private static final int DOTTED_I = 0x130;

  private Words() {}

  /** Returns the text composed (NFC), with single blanks and in lower case. */
  static String cleaned(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    String single = BLANKS.matcher(composed).replaceAll(" ");
    StringBuilder lower = new StringBuilder(single.length());
    // Letter by letter: a String's lower case knows where words end, and so two kinds of sigma.
    single
        .codePoints()
        .forEach(
            c -> {
              if (c == DOTTED_I) {
                lower.append("i\u0307");
              } else {
                lower.appendCodePoint(Character.toLowerCase(c));
              }
            });
    return lower.toString();
  }

  /** Returns the words of a cleaned text: runs of letters, single digits, runs of other signs. */
  static List<String> split(String cleaned) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(cleaned);
    while (matcher.find()) {
      String word = matcher.group();
      if (MARKS.contains(word)) {
        // A special token in another case is cut like any text.
        words.addAll(List.of("<|", word.substring(2, word.length() - 2), "|>"));
      } else {
        words.add(word);
      }
    }
    return words;
  }
}
