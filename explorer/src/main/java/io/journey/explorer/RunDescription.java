package io.journey.explorer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.results.ExampleTable;
import io.journey.run.Json;
import io.journey.sampling.PictureTargets;
import io.journey.sampling.Trajectory;
import io.journey.score.Estimator;
import io.journey.score.FeatureRequirement;
import io.journey.score.TargetDraws;
import java.util.List;

/** What a page is told of a run when it opens. */
final class RunDescription {
  private RunDescription() {}

  /**
   * Describes a run.
   *
   * @param key a part of the addresses of its pictures, another for each start
   */
  static ObjectNode of(ExploredRun run, ImageGroups groups, String key) {
    ObjectNode out = state(run, key);
    out.put("name", run.name());
    RunTargets all = run.targets();
    out.put("width", all.pictureShape().width()).put("height", all.pictureShape().height());
    out.put("images", run.images().size()).put("draws", TargetDraws.DEFAULT);
    ArrayNode estimators = out.putArray("estimators");
    ExploredRun.Answering answering = run.answering();
    if (answering != null) {
      out.set("checkpoints", Json.tree(answering.features().checkpointNames()));
      out.put("function", answering.features().function().toString());
      out.put("preconditioner", answering.features().preconditioner().toString());
      for (Estimator estimator : answering.checkpoints().estimators()) {
        estimators
            .addObject()
            .put("name", estimator.name())
            .put(
                "everyStepAlike", estimator.needs().target() == FeatureRequirement.Target.AVERAGED);
      }
    }
    out.put("prompts", all.takesPrompts());
    out.set("classes", Json.tree(all.takesClasses() ? run.images().classNames() : List.of()));
    out.set("columns", Json.tree(groups.columns()));
    out.put("data", run.images().spec());
    ArrayNode targets = out.putArray("targets");
    for (int number = 0; number < all.size(); number++) {
      targets.add(target(run, number));
    }
    return out;
  }

  /** Describes what may change while a page is open: what is missing, and how many targets. */
  static ObjectNode state(ExploredRun run, String key) {
    ObjectNode out = Json.object().put("key", key).put("count", run.targets().size());
    return out.put("missing", run.missing());
  }

  /** Describes a target. */
  static ObjectNode target(ExploredRun run, int number) {
    RunTargets.Shown shown = run.targets().get(number);
    Trajectory target = shown.trajectory();
    ObjectNode one = Json.object();
    one.put("words", target.condition().words(run.images().classNames()));
    one.put("guidance", target.guidance().isNone() ? "" : target.guidance().toString());
    if (shown.wish() != null) {
      one.putObject("wish")
          .put("prompt", shown.wish().prompt())
          .put("class", shown.wish().number())
          .put("seed", shown.wish().seed());
    }
    if (!target.isDrawn()) {
      one.put("file", target.file());
      one.put("asked", "The model did not draw this picture: " + PictureTargets.ASKED);
    }
    one.set("timesteps", Json.tree(target.timesteps()));
    return one;
  }

  /** Describes the training images: a list of id, class and captions for each, "" where none. */
  static ObjectNode images(List<ExampleTable.Example> examples) {
    ObjectNode out = Json.object();
    ArrayNode list = out.putArray("images");
    for (ExampleTable.Example example : examples) {
      list.addArray().add(example.id()).add(example.className()).add(example.caption());
    }
    return out;
  }
}
