package io.journey.results.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Json;
import io.journey.run.StageWork;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A data set of FiftyOne: {@code metadata.json} and {@code samples.json}, in the plain form that
 * its type FiftyOneDataset has taken since version 0.1 and that needs no ids of a database.
 */
public final class FiftyOneSamples implements ExportFormat {
  @Override
  public String name() {
    return "fiftyone";
  }

  @Override
  public String description() {
    return "Write training images with their scores as a data set of FiftyOne.";
  }

  @Override
  public Set<ImageForm> images() {
    return Set.of(ImageForm.FILES, ImageForm.PNG);
  }

  @Override
  public boolean hasVectors() {
    return true;
  }

  @Override
  public void write(ExportContent content, StageWork work) {
    content.images().write(work);
    ObjectNode metadata = Json.object().put("media_type", "image");
    metadata.putObject("info").set("journey", content.provenance());
    work.write("metadata.json", out -> out.write(Json.bytes(metadata)));
    Map<String, List<String>> groups = content.groups();
    int[][] ranks = new int[content.targets()][];
    for (int t = 0; t < ranks.length; t++) {
      ranks[t] = content.ranks(content.overall(t));
    }
    Map<Integer, List<Integer>> influential = content.influential();
    float[][] vectors = content.vectors();
    work.write(
        "samples.json",
        out -> {
          out.write("{\"samples\": [\n".getBytes(StandardCharsets.UTF_8));
          for (int i = 0; i < content.size(); i++) {
            ObjectNode sample = sample(content, i, influential.containsKey(i), groups, ranks);
            sample.set("embedding", Json.tree(vectors[i]));
            out.write(i == 0 ? ' ' : ',');
            out.write(Json.bytes(sample));
          }
          out.write("]}\n".getBytes(StandardCharsets.UTF_8));
        });
  }

  private static ObjectNode sample(
      ExportContent content,
      int i,
      boolean influential,
      Map<String, List<String>> groups,
      int[][] ranks) {
    ObjectNode sample = Json.object().put("filepath", content.images().path(i));
    ArrayNode tags = sample.putArray("tags");
    if (influential) {
      tags.add("influential");
    }
    if (content.consent(i).isFlagged()) {
      tags.add("training_" + content.consent(i).use());
    }
    sample.put("journey_id", content.example(i).id()).put("index", i);
    addTexts(sample, content, groups, i);
    for (int t = 0; t < content.targets(); t++) {
      sample.put("score_" + t, content.overall(t)[i]).put("rank_" + t, ranks[t][i]);
      for (int s = 0; s < content.steps().length; s++) {
        String name = ScoreTables.scoreName(t, content.steps()[s]);
        sample.put(name, content.scores(s, t)[i]);
      }
    }
    return sample;
  }

  private static void addTexts(
      ObjectNode sample, ExportContent content, Map<String, List<String>> groups, int i) {
    String label = content.className(i);
    if (!label.isEmpty()) {
      sample.putObject("ground_truth").put("_cls", "Classification").put("label", label);
    }
    put(sample, "caption", content.caption(i));
    groups.forEach((name, group) -> put(sample, name, group.get(i)));
    put(sample, "generative_training", content.consent(i).use().toString());
  }

  private static void put(ObjectNode sample, String name, String text) {
    if (!text.isEmpty()) {
      sample.put(name, text);
    }
  }
}
