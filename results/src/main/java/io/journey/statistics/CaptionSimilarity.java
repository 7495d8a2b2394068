package io.journey.statistics;

import io.journey.dataset.Dataset;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What captions alone would predict: the cosine of the words of two texts, rare words weighing more
 * (tf-idf, Salton and Buckley 1988, smoothed as scikit-learn does by default). Words are runs of
 * letters and digits, in small letters. A text is the vector of n(w)·(ln((1 + C)/(1 + C(w))) + 1)
 * over words w: n(w) times it has w; C captions are in the data set, C(w) of them have w.
 */
public final class CaptionSimilarity {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");

  private final Map<String, Double> weights = new HashMap<>();

  private CaptionSimilarity(Dataset data) {
    Map<String, Integer> counts = new HashMap<>();
    long captions = 0;
    for (int i = 0; i < data.size(); i++) {
      for (String caption : data.captions(i)) {
        captions++;
        new HashSet<>(words(caption)).forEach(word -> counts.merge(word, 1, Integer::sum));
      }
    }
    double all = 1.0 + captions;
    counts.forEach((word, count) -> weights.put(word, Math.log(all / (1 + count)) + 1));
  }

  /**
   * Returns the cosine of some texts with the captions of every training image, of several captions
   * their mean.
   *
   * @param data N training images, with captions
   * @param texts T prompts; words that no caption has do not count
   * @return [T, N] in [0, 1]; 0 where either has no word that counts
   */
  public static float[][] cosines(Dataset data, List<String> texts) {
    CaptionSimilarity similarity = new CaptionSimilarity(data);
    List<Map<String, Double>> asked = texts.stream().map(similarity::direction).toList();
    float[][] out = new float[texts.size()][data.size()];
    for (int i = 0; i < data.size(); i++) {
      List<Map<String, Double>> own = data.captions(i).stream().map(similarity::direction).toList();
      for (int t = 0; t < out.length; t++) {
        double sum = 0;
        for (Map<String, Double> caption : own) {
          sum += dot(asked.get(t), caption);
        }
        out[t][i] = (float) (sum / Math.max(1, own.size()));
      }
    }
    return out;
  }

  private static List<String> words(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    return WORD.matcher(composed).results().map(MatchResult::group).toList();
  }

  /** Returns the vector of a text brought to length 1; nothing for a text without known words. */
  private Map<String, Double> direction(String text) {
    Map<String, Double> vector = new HashMap<>();
    for (String word : words(text)) {
      if (weights.containsKey(word)) {
        vector.merge(word, weights.get(word), Double::sum);
      }
    }
    double length = Math.sqrt(dot(vector, vector));
    vector.replaceAll((word, number) -> number / length);
    return vector;
  }

  private static double dot(Map<String, Double> a, Map<String, Double> b) {
    double sum = 0;
    for (Map.Entry<String, Double> entry : a.entrySet()) {
      sum += entry.getValue() * b.getOrDefault(entry.getKey(), 0.0);
    }
    return sum;
  }
}
