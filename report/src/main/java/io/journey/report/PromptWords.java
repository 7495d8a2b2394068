package io.journey.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.statistics.SharedWords;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a target's prompt and the captions of its strongest images have in common, for a page. */
final class PromptWords {
  /** Words of a prompt that have a row. */
  static final int ROWS = 24;

  private final Evidence evidence;
  private final int target;
  private final int[] steps;

  /**
   * @param steps indices into the attribution's steps, in the order of the page
   */
  PromptWords(Evidence evidence, int target, int[] steps) {
    this.evidence = evidence;
    this.target = target;
    this.steps = steps;
  }

  /**
   * Adds {@code words}: the strongest images of each step that have each word, in {@code rows}, and
   * their mean share of the prompt's words, beside that of all images ({@code chance}) and of the
   * images whose captions have most of them ({@code best}). Adds nothing where the prompt has no
   * words.
   */
  void addTo(ObjectNode out) {
    SharedWords captions = evidence.captions();
    List<String> words = captions.words(target);
    if (words.isEmpty()) {
      return;
    }
    ObjectNode table = out.putObject("words");
    ArrayNode rows = table.putArray("rows");
    ArrayNode absent = table.putArray("absent");
    int left = 0;
    for (int word = 0; word < words.size(); word++) {
      if (captions.count(target, word) == 0) {
        absent.add(shown(words.get(word)));
      } else if (rows.size() == ROWS) {
        left++;
      } else {
        addRow(rows.addObject().put("word", shown(words.get(word))), word);
      }
    }
    table.put("left", left);
    ArrayNode shares = table.putArray("shares");
    for (int step : steps) {
      shares.add(Numbers.cents(meanShare(evidence.top()[step][target])));
    }
    addBaselines(table);
  }

  private void addRow(ObjectNode row, int word) {
    SharedWords captions = evidence.captions();
    double chance = (double) evidence.k() * captions.count(target, word) / evidence.size();
    row.put("chance", Numbers.cents(chance));
    ArrayNode at = row.putArray("at");
    for (int step : steps) {
      at.add(captions.count(target, word, evidence.top()[step][target]));
    }
  }

  private static String shown(String word) {
    return Evidence.beginning(Html.line(word));
  }

  private double meanShare(int[] examples) {
    double sum = 0;
    for (int example : examples) {
      sum += evidence.captions().share(target, example);
    }
    return sum / examples.length;
  }

  private void addBaselines(ObjectNode table) {
    List<Double> shares = new ArrayList<>();
    for (int example = 0; example < evidence.size(); example++) {
      shares.add(evidence.captions().share(target, example));
    }
    shares.sort(Collections.reverseOrder());
    table.put("chance", Numbers.cents(mean(shares)));
    table.put("best", Numbers.cents(mean(shares.subList(0, evidence.k()))));
  }

  private static double mean(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }
}
