package io.journey.results.groups;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.OverSteps;
import io.journey.results.TargetNames;
import io.journey.results.groups.GroupScores.Assigned;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.FileStage;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.SettingException;
import io.journey.run.StageWork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes {@link GroupScores} as a run directory.
 *
 * @param attribution finished, on disk
 * @param grouping of its training images
 * @param groupings random ones that the real one is compared with, from 99 to {@link
 *     #MOST_GROUPINGS}
 * @param seed of the random groupings
 */
public record GroupScoresRun(Attribution attribution, Grouping grouping, int groupings, long seed)
    implements FileStage<GroupScores> {
  /** Random groupings where nothing else is said: p is a multiple of 0.001. */
  public static final int DEFAULT_GROUPINGS = 999;

  /** The most random groupings: more digits of p than anybody needs. */
  public static final int MOST_GROUPINGS = 100_000;

  /** What sums are in. */
  private static final String UNIT =
      "standard deviations of all scores at a step; over all steps the mean over steps, by the"
          + " weights named in over_steps";

  private record Settings(String group, int groupings, long seed, JsonNode groups) {}

  public GroupScoresRun {
    if (groupings < 99 || groupings > MOST_GROUPINGS) {
      throw new SettingException(
          "random groupings must be between 99 and " + MOST_GROUPINGS + ", got " + groupings);
    }
    if (grouping.members().length != attribution.size()) {
      throw new JourneyException(
          "The attribution has "
              + Counted.of(attribution.size(), "training images")
              + ", the groups are of "
              + grouping.members().length
              + ": group the images it was made from.");
    }
  }

  @Override
  public String kind() {
    return GroupScores.KIND;
  }

  @Override
  public Record settings() {
    JsonNode more = grouping.settings().isEmpty() ? null : grouping.settings();
    return new Settings(grouping.column(), groupings, seed, more);
  }

  @Override
  public ObjectNode inputs() {
    return Json.object()
        .put("attribution", attribution.manifest().fingerprint())
        .put("assigned", grouping.fingerprint());
  }

  @Override
  public GroupScores open(Path directory) {
    return GroupScores.open(directory);
  }

  @Override
  public void write(StageWork work) {
    int targets = attribution.targets();
    List<List<GroupScore>> found = new ArrayList<>();
    for (int t = 0; t < targets; t++) {
      found.add(null);
    }
    Seed random = Seed.of(seed).child("groupings");
    work.workers()
        .forEach(
            targets,
            t ->
                found.set(
                    t, new TargetGroups(attribution, grouping, t).compute(random, groupings)));
    List<GroupScore> all = found.stream().flatMap(List::stream).toList();
    write(work, GroupScores.TABLE, Csv.table(GroupScore.class, all));
    write(work, GroupScores.ASSIGNED, Csv.table(Assigned.class, assigned()));
    work.write(GroupScores.JSON, out -> out.write(Json.bytes(json(found))));
  }

  private static void write(StageWork work, String name, String text) {
    work.write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private List<Assigned> assigned() {
    List<Assigned> rows = new ArrayList<>();
    for (int i = 0; i < attribution.size(); i++) {
      int group = grouping.members()[i];
      String name = group < 0 ? "" : grouping.names().get(group);
      rows.add(new Assigned(i, attribution.examples().get(i).id(), name));
    }
    return rows;
  }

  private ObjectNode json(List<List<GroupScore>> found) {
    ObjectNode json = Json.object().put("group", grouping.column());
    json.put("rule", GroupScores.RULE).put("unit", UNIT);
    json.put("over_steps", attribution.overSteps().map(OverSteps::kind).orElse("equal"));
    json.put("images", attribution.size());
    int[] sizes = grouping.sizes();
    ArrayNode groups = json.putArray("groups");
    int grouped = 0;
    for (int g = 0; g < sizes.length; g++) {
      groups.addObject().put("group", grouping.names().get(g)).put("images", sizes[g]);
      grouped += sizes[g];
    }
    json.put("without_group", attribution.size() - grouped);
    ArrayNode targets = json.putArray("targets");
    List<String> names = TargetNames.of(attribution);
    for (List<GroupScore> ofTarget : found) {
      Map<String, List<GroupScore>> ofGroups =
          ofTarget.stream().collect(Collectors.groupingBy(GroupScore::group));
      List<GroupScore> overall =
          ofTarget.stream()
              .filter(GroupScore::isOverall)
              .sorted(Comparator.comparingDouble(one -> -one.z()))
              .toList();
      ObjectNode target = targets.addObject().put("target", ofTarget.get(0).target());
      target.put("name", names.get(ofTarget.get(0).target()));
      target.put("verdict", GroupScores.sentence(grouping.column(), ofTarget));
      ArrayNode ranked = target.putArray("groups");
      for (GroupScore one : overall) {
        ObjectNode group = numbers(ranked.addObject().put("group", one.group()), one);
        ArrayNode steps = group.putArray("steps");
        ofGroups.get(one.group()).stream()
            .filter(at -> at != one)
            .forEach(
                at ->
                    numbers(
                        steps.addObject().put("timestep", Integer.parseInt(at.timestep())), at));
      }
    }
    return json;
  }

  private static ObjectNode numbers(ObjectNode out, GroupScore one) {
    put(out, "sum", one.sum());
    interval(out, "interval", one.low(), one.high());
    put(out, "chance", one.chance());
    put(out, "chance_deviation", one.chanceDeviation());
    put(out, "z", one.z());
    put(out, "p", one.p());
    put(out, "share", one.share());
    interval(out, "share_interval", one.shareLow(), one.shareHigh());
    put(out, "chance_share", one.chanceShare());
    return out.put("verdict", one.verdict().name().toLowerCase(Locale.ROOT));
  }

  private static void put(ObjectNode out, String name, double value) {
    if (!Double.isNaN(value)) {
      out.put(name, value);
    }
  }

  private static void interval(ObjectNode out, String name, double low, double high) {
    if (!Double.isNaN(low)) {
      out.putArray(name).add(low).add(high);
    }
  }
}
