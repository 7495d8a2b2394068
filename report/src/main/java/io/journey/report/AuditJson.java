package io.journey.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.results.audit.Audit;
import io.journey.results.audit.Audit.LeftOut;
import io.journey.results.audit.Judgement;
import io.journey.results.audit.RankedImage;
import io.journey.results.groups.GroupScore;
import io.journey.results.groups.GroupScores;
import io.journey.run.Json;
import java.util.List;
import java.util.Locale;

/**
 * The report of an audit for programs.
 *
 * @param ranked the strongest images
 * @param halvesDisagree the error that the projection leaves in a score; NaN where it is not known
 */
record AuditJson(
    Audit audit,
    List<RankedImage> ranked,
    double halvesDisagree,
    List<GroupScores> groups,
    List<String> warnings,
    List<String> limits) {

  /**
   * Builds it.
   *
   * @param repeat what is needed to repeat the audit
   */
  ObjectNode build(ObjectNode repeat) {
    ObjectNode json = Json.object().put("kind", "journey audit").put("format", 1);
    json.put("verdict", lower(audit.verdict())).put("words", audit.verdict().words());
    json.set("sentences", Json.tree(audit.judgements().stream().map(this::words).toList()));
    json.put("measured", audit.isDrawn() ? "l2 of the picture drawn again" : "mean ln of the loss");
    json.put("trained", audit.isOnward() ? "on from the checkpoint" : "from the beginning");
    ObjectNode rule = json.putObject("rule");
    rule.put("level", audit.rule().level()).put("times_random", audit.rule().timesRandom());
    rule.put("times_seed", audit.rule().timesSeed());
    rule.put("words", audit.rule().words(audit.randomSets(), audit.moves()));
    rule.put("power", AuditWords.power(audit));
    ArrayNode candidates = json.putArray("candidates");
    audit.judgements().forEach(one -> add(candidates.addObject(), one));
    ArrayNode of = json.putArray("groups");
    groups.forEach(one -> add(of.addObject(), one));
    ObjectNode images = json.putObject("images");
    images.put("unit", "standard deviations of all scores of a step, mean over steps");
    if (!Double.isNaN(halvesDisagree)) {
      images.put("projection_error", halvesDisagree);
    }
    ArrayNode rows = images.putArray("ranked");
    ranked.forEach(one -> add(rows.addObject(), one));
    json.set("warnings", Json.tree(warnings));
    json.set("limits", Json.tree(limits));
    json.set("repeat", repeat);
    return json;
  }

  private String words(Judgement one) {
    return AuditWords.of(audit, one);
  }

  private static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  private void add(ObjectNode out, Judgement one) {
    out.put("name", one.candidate()).put("images", one.images());
    out.put("verdict", lower(one.verdict())).put("p", one.p());
    out.put("change", one.change()).put("random", one.random());
    out.put("largest_random", one.largest()).put("other_seed", one.seed());
    ArrayNode changes = out.putArray("random_sets");
    AuditWords.random(audit, one).forEach(changes::add);
    ArrayNode ids = out.putArray("ids");
    audit.left().stream()
        .filter(row -> row.candidate().equals(one.candidate()))
        .map(LeftOut::id)
        .forEach(ids::add);
  }

  private static void add(ObjectNode out, GroupScores scores) {
    out.put("column", scores.column()).put("sentence", scores.sentence(0));
    ArrayNode ranked = out.putArray("ranked");
    for (GroupScore one : scores.of(0, GroupScore.OVERALL)) {
      ObjectNode row = ranked.addObject().put("group", one.group()).put("images", one.images());
      row.put("sum", one.sum()).put("chance", one.chance());
      row.put("chance_deviation", one.chanceDeviation()).put("z", one.z()).put("p", one.p());
      if (!Double.isNaN(one.low())) {
        row.putArray("interval").add(one.low()).add(one.high());
      }
      row.put("verdict", lower(one.verdict()));
    }
  }

  private static void add(ObjectNode out, RankedImage one) {
    out.put("id", one.image().exampleId()).put("words", one.image().className());
    out.put("score", one.image().score());
    if (!Double.isNaN(one.low())) {
      out.putArray("interval").add(one.low()).add(one.high());
    }
  }
}
