package io.journey.results.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.results.Influence;
import io.journey.results.consent.TrainingConsent;
import io.journey.results.groups.GroupScores;
import io.journey.run.Json;
import io.journey.run.StageWork;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A section of a model card of the Hugging Face Hub: Markdown behind YAML. */
public final class ModelCard implements ExportFormat {
  @Override
  public String name() {
    return "card";
  }

  @Override
  public String description() {
    return "Write what was found as a section of a Hugging Face model card (README.md).";
  }

  @Override
  public void write(ExportContent content, StageWork work) {
    String text = front(content) + body(content);
    work.write("README.md", out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String front(ExportContent content) {
    ExportRequest.Names names = content.request().names();
    StringBuilder yaml = new StringBuilder("---\n");
    if (!names.dataset().isEmpty()) {
      yaml.append("datasets:\n- ").append(Markdown.yaml(names.dataset())).append('\n');
    }
    if (!names.baseModel().isEmpty()) {
      yaml.append("base_model: ").append(Markdown.yaml(names.baseModel())).append('\n');
    }
    return yaml.append("tags:\n- training-data-attribution\n- journey\n---\n\n").toString();
  }

  private static String body(ExportContent content) {
    List<String> lines = new ArrayList<>();
    ObjectNode made = content.provenance();
    String estimator = made.at("/attribution/settings/estimator").asText();
    int[] steps = content.steps();
    lines.add("## Training data influence");
    lines.add("");
    lines.add(
        "Which of "
            + content.size()
            + (content.isDrawn()
                ? " training images pushed what this model made, by the estimator "
                : " training images make this model find pictures likely that it did not draw, by the"
                    + " estimator ")
            + Markdown.text(estimator)
            + " at "
            + steps.length
            + " timesteps from "
            + steps[0]
            + " to "
            + steps[steps.length - 1]
            + ". A score is an estimate, not a measurement: positive where "
            + content.positive()
            + ". Scores are over all timesteps, in standard"
            + " deviations of all scores of a timestep (weights: "
            + content.overSteps()
            + ").");
    List<String> titles = content.targetTitles();
    for (int t = 0; t < content.targets(); t++) {
      addTarget(lines, content, t, titles.get(t));
    }
    addConsents(lines, content);
    lines.add("");
    lines.add("### How this was made");
    lines.add("");
    lines.add("```json");
    lines.addAll(new String(Json.bytes(made), StandardCharsets.UTF_8).lines().toList());
    lines.add("```");
    return String.join("\n", lines) + "\n";
  }

  private static void addTarget(
      List<String> lines, ExportContent content, int target, String title) {
    lines.add("");
    lines.add("### Picture " + target + (title.isEmpty() ? "" : ": " + Markdown.text(title)));
    lines.add("");
    for (GroupScores groups : content.request().groups()) {
      lines.add(
          "By " + Markdown.text(groups.column()) + ": " + Markdown.text(groups.sentence(target)));
      lines.add("");
    }
    lines.add("| rank | training image | class | caption | score |");
    lines.add("|---:|---|---|---|---:|");
    int rank = 1;
    for (Influence one :
        content.strongest(content.overall(target), content.request().strongest())) {
      String flag = content.consent(one.index()).isFlagged() ? " ⚠" : "";
      lines.add(
          "| "
              + String.join(
                  " | ",
                  Integer.toString(rank++),
                  Markdown.text(one.exampleId()) + flag,
                  Markdown.text(content.className(one.index())),
                  Markdown.text(content.caption(one.index())),
                  Float.toString(one.score()))
              + " |");
    }
  }

  private static void addConsents(List<String> lines, ExportContent content) {
    lines.add("");
    lines.add("### What these images say of training");
    lines.add("");
    int flagged = 0;
    for (Map.Entry<Integer, List<Integer>> image : content.influential().entrySet()) {
      TrainingConsent consent = content.consent(image.getKey());
      if (consent.isFlagged()) {
        flagged++;
        lines.add(
            "- "
                + Markdown.text(content.example(image.getKey()).id())
                + " says of generative AI training: "
                + consent.use()
                + (consent.words().isEmpty() ? "" : " (" + Markdown.text(consent.words()) + ")"));
      }
    }
    if (flagged == 0) {
      lines.add(
          "None of the images above carries an assertion against generative AI training, or on"
              + " conditions.");
    }
    lines.add("");
    lines.add(
        "Assertions are read from C2PA manifests and sidecars; their signatures are not checked.");
  }
}
