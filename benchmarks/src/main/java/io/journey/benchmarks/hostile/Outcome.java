package io.journey.benchmarks.hostile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Json;
import java.nio.charset.StandardCharsets;

/**
 * What became of a case.
 *
 * @param name the case: original and number
 * @param how what was done to which file
 * @param detail the sentence, or the exception and where it came from
 * @param millis processor time in milliseconds
 */
public record Outcome(String name, Verdict verdict, String how, String detail, long millis) {
  private static final int LONGEST = 600;

  /** Equal for cases that most likely have one cause. */
  public String kind() {
    String cause =
        verdict == Verdict.DEFECT || verdict == Verdict.STACK || verdict == Verdict.UNCLEAR
            ? detail.replaceAll("[-+]?\\d[\\d.,eE+-]*", "N").replaceAll("'[^']*'|\"[^\"]*\"", "Q")
            : "";
    int frame = detail.indexOf(" at io.journey.");
    if (frame >= 0) {
      String from = detail.substring(frame);
      cause = detail.replaceAll("[:;(].*", "") + from.replaceAll("[;(].*", "");
    }
    String shown = cause.length() > 160 ? cause.substring(0, 160) : cause;
    return reader() + " " + verdict.word() + " " + shown;
  }

  /** The group it is counted in. */
  public String reader() {
    return name.substring(0, name.indexOf('/'));
  }

  /** One line of JSON. */
  public String line() {
    ObjectNode json = Json.object();
    json.put("case", name).put("verdict", verdict.name()).put("how", how);
    String shown = detail.length() > LONGEST ? detail.substring(0, LONGEST) : detail;
    json.put("detail", shown).put("millis", millis);
    return json.toString();
  }

  static Outcome parse(String line) {
    ObjectNode json = Json.parse(line.getBytes(StandardCharsets.UTF_8), "a worker's line");
    return new Outcome(
        json.path("case").asText(),
        Verdict.valueOf(json.path("verdict").asText()),
        json.path("how").asText(),
        json.path("detail").asText(),
        json.path("millis").asLong());
  }
}
