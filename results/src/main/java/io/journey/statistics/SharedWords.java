package io.journey.statistics;

import io.journey.dataset.Dataset;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The simplest rival of an attribution where images have captions: the share of a prompt's words
 * that an image's captions have, |P ∩ C| / |P|. P are the distinct content words of the prompt, C
 * those of all captions of the image together.
 *
 * <p>A word is a longest run of letters, digits and their marks, or one ideograph, in small letters
 * after Unicode's normalization NFKC. Articles, prepositions, pronouns, auxiliary verbs and the
 * like of English are no content words. Forms of a word are different words ("dog", "dogs"), and
 * scripts without blanks between words match whole phrases, except for ideographs.
 */
public final class SharedWords {
  private static final Pattern WORD =
      Pattern.compile("\\p{IsIdeographic}|[\\p{L}\\p{M}\\p{N}&&[^\\p{IsIdeographic}]]+");

  private static final Set<String> FUNCTION_WORDS =
      Set.of(
          ("a an the and or but nor if than then so as of in on at by for from with without to into"
                  + " onto upon over under near next beside besides between behind below above"
                  + " beneath through during against along across around about off out up down is"
                  + " are was were be been being am has have had having do does did doing will would"
                  + " can could may might this that these those there here it its he his him she her"
                  + " hers they them their theirs i me my we us our you your who whom whose which"
                  + " what where when while very some any each every other another such s t")
              .split(" "));

  private final List<List<String>> words;

  /** The examples with each word of each prompt. */
  private final List<List<BitSet>> having;

  private SharedWords(List<List<String>> words) {
    this.words = words;
    this.having =
        words.stream().map(list -> list.stream().map(word -> new BitSet()).toList()).toList();
  }

  /**
   * Looks for the words of some prompts in all captions of a data set.
   *
   * @param dataset N examples; no word is found where its captions are not asked for
   * @param prompts T texts
   */
  public static SharedWords of(Dataset dataset, List<String> prompts) {
    SharedWords found = new SharedWords(prompts.stream().map(SharedWords::contentWords).toList());
    for (int i = 0; i < dataset.size(); i++) {
      Set<String> present = new HashSet<>();
      dataset.captions(i).forEach(caption -> present.addAll(contentWords(caption)));
      for (int t = 0; t < prompts.size(); t++) {
        for (int w = 0; w < found.words(t).size(); w++) {
          found.having.get(t).get(w).set(i, present.contains(found.words(t).get(w)));
        }
      }
    }
    return found;
  }

  /** Returns the distinct content words of a text, in its order. */
  public static List<String> contentWords(String text) {
    String normal = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    List<String> words = new ArrayList<>();
    WORD.matcher(normal)
        .results()
        .map(match -> match.group())
        .filter(word -> !FUNCTION_WORDS.contains(word))
        .distinct()
        .forEach(words::add);
    return words;
  }

  /** Returns the content words of a prompt. */
  public List<String> words(int prompt) {
    return words.get(prompt);
  }

  /** Returns how many examples have a word of a prompt in a caption. */
  public int count(int prompt, int word) {
    return having.get(prompt).get(word).cardinality();
  }

  /** Returns how many of these examples have a word of a prompt in a caption. */
  public int count(int prompt, int word, int[] examples) {
    int count = 0;
    for (int example : examples) {
      count += having.get(prompt).get(word).get(example) ? 1 : 0;
    }
    return count;
  }

  /**
   * Returns the share of a prompt's content words that an example's captions have.
   *
   * @return in [0, 1]; 0 where the prompt has no content word
   */
  public double share(int prompt, int example) {
    int count = 0;
    for (BitSet examples : having.get(prompt)) {
      count += examples.get(example) ? 1 : 0;
    }
    return count == 0 ? 0 : (double) count / having.get(prompt).size();
  }

  /** Returns how many examples have at least one word of a prompt in a caption. */
  public int countOfAny(int prompt) {
    BitSet any = new BitSet();
    having.get(prompt).forEach(any::or);
    return any.cardinality();
  }
}
