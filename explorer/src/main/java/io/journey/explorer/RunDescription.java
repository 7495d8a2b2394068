package io.journey.explorer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.features.FeatureStore;
import io.journey.results.ExampleTable;
import io.journey.run.Json;
import io.journey.sampling.Trajectory;
import io.journey.score.Estimator;
import io.journey.score.FeatureRequirement;
import io.journey.score.TargetDraws;

/** What a page is told of a run when it opens. */
final class RunDescription {
  private RunDescription() {}

  /**
   * Describes a run.
   *
   * @param key a part of the addresses of its pictures, another for each start
   */
  static ObjectNode of(ExploredRun run, String key) {
    FeatureStore features = run.features();
    ObjectNode out = Json.object();
    out.put("name", run.name()).put("key", key);
    out.put("width", run.pictureShape().width()).put("height", run.pictureShape().height());
    out.put("images", features.size()).put("draws", TargetDraws.DEFAULT);
    out.set("checkpoints", Json.tree(features.checkpointNames()));
    out.put("function", features.function().toString());
    out.put("preconditioner", features.preconditioner().toString());
    ArrayNode estimators = out.putArray("estimators");
    for (Estimator estimator : run.checkpoints().estimators()) {
      estimators
          .addObject()
          .put("name", estimator.name())
          .put("everyStepAlike", estimator.needs().target() == FeatureRequirement.Target.AVERAGED);
    }
    out.put("prompts", run.samples().takesPrompts());
    out.set("classes", Json.tree(run.images().classNames()));
    ArrayNode targets = out.putArray("targets");
    for (int number = 0; number < run.targets().size(); number++) {
      targets.add(target(run, number));
    }
    return out;
  }

  /** Describes a target. */
  static ObjectNode target(ExploredRun run, int number) {
    Trajectory target = run.targets().get(number);
    ObjectNode one = Json.object();
    one.put("words", target.condition().words(run.images().classNames()));
    one.put("guidance", target.guidance().isNone() ? "" : target.guidance().toString());
    if (number >= run.ofFile()) {
      Wish wish = run.wish(number);
      one.putObject("wish")
          .put("prompt", wish.prompt())
          .put("class", wish.number())
          .put("seed", wish.seed());
    }
    one.set("timesteps", Json.tree(target.timesteps()));
    return one;
  }

  /** Describes the training images: a list of id, class and caption for each, "" where none. */
  static ObjectNode images(ExploredRun run) {
    Dataset data = run.images();
    ObjectNode out = Json.object();
    ArrayNode list = out.putArray("images");
    boolean classes = !data.classNames().isEmpty(); // Else the words are those of captions.
    int i = 0;
    for (ExampleTable.Example example : run.features().examples()) {
      String caption =
          data.isCaptioned() ? String.join(" / ", data.captions(i)) : example.caption();
      list.addArray().add(example.id()).add(classes ? example.className() : "").add(caption);
      i++;
    }
    return out;
  }
}
