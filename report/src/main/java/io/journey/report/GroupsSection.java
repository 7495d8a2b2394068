package io.journey.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.results.Attribution;
import io.journey.results.groups.GroupScore;
import io.journey.results.groups.GroupScores;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What a page draws of the scores of groups. */
final class GroupsSection {
  /** Groups shown of a target: those that are farthest from chance. */
  static final int SHOWN = 12;

  private GroupsSection() {}

  /**
   * Adds them to what a page draws from.
   *
   * @param shown indices into the attribution's steps, rising: those with a column
   */
  static void addTo(ObjectNode page, List<GroupScores> all, Attribution attribution, int[] shown) {
    ArrayNode list = page.putArray("groups");
    for (GroupScores groups : all) {
      ObjectNode out = list.addObject().put("column", Html.line(groups.column()));
      ArrayNode targets = out.putArray("targets");
      for (int t = 0; t < attribution.targets(); t++) {
        addTarget(targets.addObject(), groups, t, attribution.steps(), shown);
      }
    }
  }

  private static void addTarget(
      ObjectNode out, GroupScores groups, int target, int[] steps, int[] shown) {
    List<GroupScore> overall = groups.of(target, GroupScore.OVERALL);
    List<GroupScore> told =
        overall.stream()
            .sorted(Comparator.comparingDouble(one -> -Math.abs(one.z())))
            .limit(SHOWN)
            .sorted(Comparator.comparingDouble(one -> -one.z()))
            .toList();
    out.put("sentence", groups.sentence(target));
    out.put("more", overall.size() - told.size());
    List<List<GroupScore>> columns = new ArrayList<>();
    for (int c = shown.length - 1; c >= 0; c--) {
      columns.add(groups.of(target, Integer.toString(steps[shown[c]])));
    }
    ArrayNode rows = out.putArray("rows");
    for (GroupScore one : told) {
      ObjectNode row = rows.addObject().put("name", Html.line(one.group()));
      row.put("images", one.images()).put("z", Numbers.tenths(one.z()));
      row.put("p", one.p()).put("beyond", one.verdict().isBeyondChance());
      if (!Double.isNaN(one.low()) && one.chanceDeviation() > 0) {
        row.putArray("interval")
            .add(Numbers.tenths((one.low() - one.chance()) / one.chanceDeviation()))
            .add(Numbers.tenths((one.high() - one.chance()) / one.chanceDeviation()));
        row.putArray("share").add(one.share()).add(one.shareLow()).add(one.shareHigh());
      }
      row.put("chance", one.chanceShare());
      ArrayNode at = row.putArray("steps");
      for (List<GroupScore> column : columns) {
        column.stream()
            .filter(other -> other.group().equals(one.group()))
            .forEach(
                other ->
                    at.addArray()
                        .add(Numbers.tenths(other.z()))
                        .add(other.verdict().isBeyondChance() ? 1 : 0));
      }
    }
  }
}
