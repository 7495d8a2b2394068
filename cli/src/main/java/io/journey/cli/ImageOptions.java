package io.journey.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.condition.CaptionEncoder;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.dataset.PictureFiles;
import io.journey.dataset.PictureFiles.Picture;
import io.journey.encoding.Encoders;
import io.journey.features.FeatureStore;
import io.journey.model.Checkpoint;
import io.journey.model.ConditioningSpec;
import io.journey.model.Ensemble;
import io.journey.results.Timesteps;
import io.journey.run.Counted;
import io.journey.run.SettingException;
import io.journey.sampling.PictureTargets;
import io.journey.sampling.Trajectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Pictures that no model drew, and the condition that the model is asked about them under. */
final class ImageOptions {
  @Option(
      names = "--image",
      required = true,
      paramLabel = "FILE|DIR",
      description = {
        "A picture, or a folder of them, that the model did not draw: how likely does the model find it"
            + " at each timestep?",
        "It is read, cropped and resized as the training images were."
      })
  private Path image;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description =
          "What the pictures show, for a model of captions: once for all, or once for each (default:"
              + " no words).")
  private List<String> prompts = List.of();

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      description =
          "The class of the pictures, number or name, for a model with classes: once for all, or once"
              + " for each (default: none, where the model was trained without classes, too).")
  private List<String> classes = List.of();

  /**
   * The pictures as targets.
   *
   * @param targets one for each picture
   * @param shape of the pictures
   * @param notes what is asked, in a sentence, and how the pictures were changed, if they were
   */
  record Asked(List<Trajectory> targets, ImageShape shape, List<String> notes) {}

  /**
   * Reads the pictures.
   *
   * @param features whose first checkpoint says what a model takes, and how training images were
   *     changed after they were read
   * @param seed of the noise that they are shown with
   */
  Asked read(Ensemble ensemble, FeatureStore features, Timesteps steps, long seed) {
    try (Checkpoint checkpoint = ensemble.load(features.checkpointNames().get(0));
        Encoders.Opened encoders =
            Encoders.of(ensemble).open(checkpoint.inputs().conditioning().takesCaptions())) {
      return read(checkpoint, features, encoders, steps, seed);
    }
  }

  /**
   * Reads the pictures.
   *
   * @param encoders of the ensemble, which stay open
   */
  Asked read(
      Ensemble ensemble,
      FeatureStore features,
      Encoders.Opened encoders,
      Timesteps steps,
      long seed) {
    try (Checkpoint checkpoint = ensemble.load(features.checkpointNames().get(0))) {
      return read(checkpoint, features, encoders, steps, seed);
    }
  }

  /**
   * Reads the pictures.
   *
   * @param trained the images that the ensemble was trained on: the pictures are changed as they
   *     were
   */
  Asked read(Ensemble ensemble, Dataset trained, Timesteps steps, long seed) {
    try (Checkpoint checkpoint = ensemble.first();
        Encoders.Opened encoders =
            Encoders.of(ensemble).open(checkpoint.inputs().conditioning().takesCaptions())) {
      return read(checkpoint, trained.describe(), encoders, steps, seed);
    }
  }

  private Asked read(
      Checkpoint checkpoint,
      FeatureStore features,
      Encoders.Opened encoders,
      Timesteps steps,
      long seed) {
    return read(checkpoint, features.manifest().data(), encoders, steps, seed);
  }

  private Asked read(
      Checkpoint checkpoint,
      JsonNode described,
      Encoders.Opened encoders,
      Timesteps steps,
      long seed) {
    PictureTargets targets = new PictureTargets(checkpoint, encoders.codec());
    ImageShape shape = targets.pictureShape();
    List<Picture> pictures = PictureFiles.read(image, shape, trained(described));
    List<Condition> conditions = conditions(targets, encoders.text(), pictures.size());
    return new Asked(
        targets.of(pictures, conditions, steps.named(), seed),
        shape,
        Stream.of(note(checkpoint, conditions), PictureFiles.changes(pictures))
            .filter(note -> !note.isEmpty())
            .toList());
  }

  private static List<String> trained(JsonNode described) {
    List<String> steps = new ArrayList<>();
    described.path("transformations").forEach(step -> steps.add(step.asText()));
    return steps;
  }

  private String note(Checkpoint checkpoint, List<Condition> conditions) {
    String none =
        checkpoint.inputs().conditioning().isEmpty() || !(prompts.isEmpty() && classes.isEmpty())
            ? ""
            : " The model was told "
                + (conditions.get(0).captionText().isPresent() ? "no words" : "no class")
                + ": give "
                + (conditions.get(0).captionText().isPresent() ? "--prompt" : "--class")
                + " to ask under one.";
    return "The model did not draw "
        + Counted.of(conditions.size(), "pictures")
        + ": "
        + PictureTargets.ASKED
        + none;
  }

  private List<Condition> conditions(PictureTargets targets, CaptionEncoder encoder, int count) {
    Checkpoint checkpoint = targets.checkpoint();
    ConditioningSpec known = checkpoint.inputs().conditioning();
    if (!prompts.isEmpty() && encoder == null) {
      throw new SettingException(
          "the model takes no captions: leave --prompt '" + prompts.get(0) + "' out");
    }
    if (!classes.isEmpty() && known.classes().isEmpty()) {
      throw new SettingException(
          "the model knows no classes: leave --class " + classes.get(0) + " out");
    }
    if (!prompts.isEmpty()) {
      ConditionOptions.requireText(prompts);
      return each("--prompt", prompts.stream().map(t -> prompt(t, encoder)).toList(), count);
    }
    if (!classes.isEmpty()) {
      return each("--class", classes.stream().map(c -> ofClass(c, checkpoint)).toList(), count);
    }
    Condition untold =
        targets
            .untold(encoder)
            .orElseThrow(
                () ->
                    new SettingException(
                        "the model takes "
                            + known
                            + " and was not trained without one: say the pictures' class with"
                            + " --class"));
    return Collections.nCopies(count, untold);
  }

  private static Condition prompt(String text, CaptionEncoder encoder) {
    return new Condition.Prompt(text).resolve(encoder);
  }

  private Condition ofClass(String text, Checkpoint checkpoint) {
    int number = ConditionOptions.number("--class " + text, text, checkpoint.classNames());
    return checkpoint.inputs().conditioning().ofClass(number);
  }

  private static List<Condition> each(String option, List<Condition> given, int count) {
    if (given.size() == 1) {
      return Collections.nCopies(count, given.get(0));
    }
    if (given.size() != count) {
      throw new SettingException(
          option
              + " is given "
              + given.size()
              + " times and --image has "
              + Counted.of(count, "pictures")
              + ": give one for all, or one for each in the order of their names");
    }
    return new ArrayList<>(given);
  }
}
