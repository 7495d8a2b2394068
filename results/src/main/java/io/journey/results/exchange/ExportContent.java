package io.journey.results.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.condition.ConditionColumn;
import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.results.Attribution;
import io.journey.results.ExampleTable;
import io.journey.results.Influence;
import io.journey.results.OverSteps;
import io.journey.results.StepScores;
import io.journey.results.consent.TrainingConsent;
import io.journey.results.groups.GroupScores;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.StageWork;
import io.journey.run.Versions;
import io.journey.statistics.Moments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the formats tell: scores, training images, targets, and what they were made from. */
public final class ExportContent {
  private static final String OVERALL =
      "; over all steps the weighted mean of scores in standard deviations of all scores of their step";

  private final Export export;
  private final ExportRequest request;
  private final ObjectNode settings;
  private final ExportImages images;
  private final Attribution attribution;
  private final Dataset data;
  private final float[][][] scores; // [steps][targets][N], as far as they were asked for
  private final float[][] overall;
  private final TrainingConsent[] consents;
  private Safetensors targetTensors;

  /** Returns whether a model drew the targets; if not, they are pictures from elsewhere. */
  boolean isDrawn() {
    return request.attribution().files().isEmpty();
  }

  /** Returns what a positive score says. */
  String positive() {
    return isDrawn()
        ? "training on the image pushed the picture towards what it became"
        : "training on the image made the model find the picture more likely";
  }

  /** Returns what a score is. */
  String unit() {
    String change =
        attribution.isChange()
            ? "; what f_t, the loss of the target at that step, would gain to first order if the image"
                + " had never been met"
            : "";
    return "positive: " + positive() + change + OVERALL;
  }

  ExportContent(Export export, StageWork work) {
    this.export = export;
    this.request = export.request();
    this.settings = work.settings();
    this.images = new ExportImages(request, work.directory());
    this.attribution = request.attribution();
    this.data = request.data();
    this.scores = new float[attribution.steps().length][attribution.targets()][];
    this.overall = new float[attribution.targets()][];
    this.consents = new TrainingConsent[attribution.size()];
  }

  /** Returns what was asked for. */
  public ExportRequest request() {
    return request;
  }

  /** Returns the number of training images N. */
  public int size() {
    return attribution.size();
  }

  /** Returns the number of targets. */
  public int targets() {
    return attribution.targets();
  }

  /** Returns the attributed timesteps t, rising. */
  public int[] steps() {
    return attribution.steps();
  }

  /** Returns a training image by its names. */
  public ExampleTable.Example example(int index) {
    return attribution.examples().get(index);
  }

  /** Returns the class of a training image, "" where the data have no classes. */
  public String className(int index) {
    return data.classNames().isEmpty() ? "" : example(index).className();
  }

  /** Returns the caption of a training image, "" where it has none. */
  public String caption(int index) {
    String known = example(index).caption();
    List<String> captions = data.captions(index);
    return known.isEmpty() && !captions.isEmpty() ? captions.get(0) : known;
  }

  /**
   * Returns the scores of all training images, [N], as the attribution has them.
   *
   * @param step an index into {@link #steps}
   */
  public float[] scores(int step, int target) {
    float[] known = scores[step][target];
    return known == null ? scores[step][target] = attribution.scores(step, target) : known;
  }

  /**
   * Returns the scores over all steps, [N]: those that the attribution has, or where it has none
   * the mean over steps of scores in standard deviations of their step.
   */
  public float[] overall(int target) {
    if (overall[target] == null) {
      Optional<OverSteps> asked = attribution.overSteps();
      overall[target] = asked.isPresent() ? asked.get().scores(target) : mean(target);
    }
    return overall[target];
  }

  private float[] mean(int target) {
    double[] sums = new double[size()];
    int steps = steps().length;
    for (int s = 0; s < steps; s++) {
      float[] row = scores(s, target);
      double deviation = Moments.of(row).deviation();
      for (int i = 0; deviation > 0 && i < sums.length; i++) {
        sums[i] += row[i] / deviation / steps;
      }
    }
    float[] mean = new float[sums.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) sums[i];
    }
    return mean;
  }

  /** Returns how steps are weighed in scores over all steps: "equal", "inference", "decided". */
  public String overSteps() {
    return attribution.overSteps().map(OverSteps::kind).orElse("equal");
  }

  /** Returns the largest of some scores, largest first; equal ones in the order of images. */
  public List<Influence> strongest(float[] some, int count) {
    return new StepScores(some, attribution.examples()).top(count);
  }

  /** Returns the rank of each score, from 1, the largest; equal ones in the order of images. */
  public int[] ranks(float[] some) {
    int[] ranks = new int[some.length];
    int rank = 1;
    for (Influence one : strongest(some, some.length)) {
      ranks[one.index()] = rank++;
    }
    return ranks;
  }

  /**
   * Returns a vector of a training image: as a network sees it, or its scores at all targets and
   * steps in standard deviations.
   */
  public float[][] vectors() {
    if (request.embedding().isPresent()) {
      return request.embedding().get().vectors();
    }
    float[][] vectors = new float[size()][targets() * steps().length];
    for (int t = 0; t < targets(); t++) {
      for (int s = 0; s < steps().length; s++) {
        float[] row = scores(s, t);
        double deviation = Moments.of(row).deviation();
        for (int i = 0; deviation > 0 && i < row.length; i++) {
          vectors[i][t * steps().length + s] = (float) (row[i] / deviation);
        }
      }
    }
    return vectors;
  }

  /** Returns what the vectors are. */
  public String vectorsAre() {
    return request
        .embedding()
        .map(ExportRequest.Embedding::name)
        .orElse("scores at all targets and timesteps, in standard deviations");
  }

  /** Returns the groups of every training image, by the name of a column: "group_artist". */
  public Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (GroupScores one : request.groups()) {
      String plain = one.column().replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_|_$", "");
      String name = "group_" + plain;
      for (int again = 2; groups.containsKey(name); again++) {
        name = "group_" + plain + "_" + again;
      }
      groups.put(name, one.assigned());
    }
    return groups;
  }

  /** Returns what a training image says of models being trained on it. */
  public TrainingConsent consent(int index) {
    if (consents[index] == null) {
      consents[index] = TrainingConsent.of(data, index);
    }
    return consents[index];
  }

  /** Returns the training images as the export names them. */
  public ExportImages images() {
    return images;
  }

  /** Returns the picture of a target as a PNG. */
  public byte[] targetPng(int target) {
    Safetensors tensors = targetTensors();
    List<Long> shape = tensors.entry("image").shape();
    if (shape.size() != 4 || shape.get(0) != targets()) {
      throw new JourneyException(tensors.file() + " has no image of each target: make it again.");
    }
    ImageShape of =
        new ImageShape(
            Math.toIntExact(shape.get(1)),
            Math.toIntExact(shape.get(2)),
            Math.toIntExact(shape.get(3)));
    return ExportImages.png(tensors.part("image", (long) target * of.numel(), of.numel()), of);
  }

  private Safetensors targetTensors() {
    if (targetTensors == null) {
      targetTensors = Safetensors.open(attribution.manifest().verified(Attribution.TARGETS));
    }
    return targetTensors;
  }

  /** Returns what is known of each target in words: its file, its prompt or class, its part. */
  public List<String> targetTitles() {
    List<Condition> conditions =
        ConditionColumn.read(targetTensors(), targets(), "make the attribution again");
    List<String> files = attribution.files();
    JsonNode masks = attribution.manifest().settings().path("masks");
    List<String> titles = new ArrayList<>();
    for (int t = 0; t < targets(); t++) {
      String of = t < files.size() ? files.get(t) : conditions.get(t).words(data.classNames());
      JsonNode part = masks.path(masks.isEmpty() ? 0 : t % masks.size()).path("source");
      titles.add(part.isTextual() ? of + ", part " + part.textValue() : of);
    }
    return titles;
  }

  /** Returns what made it: versions, settings and fingerprints. */
  public ObjectNode provenance() {
    ObjectNode json = Json.object();
    json.put("generator", "Journey " + Versions.journey());
    json.put("score", unit()).put("over_steps", overSteps());
    json.put("vectors", vectorsAre());
    json.set("export", settings);
    json.set("inputs", export.inputs());
    ObjectNode made = json.putObject("attribution");
    made.set("settings", attribution.manifest().settings());
    made.set("inputs", attribution.manifest().inputs());
    return json;
  }

  /** Returns the targets of which each of the strongest training images is one, by image. */
  public Map<Integer, List<Integer>> influential() {
    Map<Integer, List<Integer>> images = new LinkedHashMap<>();
    for (int t = 0; t < targets(); t++) {
      for (Influence one : strongest(overall(t), request.strongest())) {
        images.computeIfAbsent(one.index(), i -> new ArrayList<>()).add(t);
      }
    }
    return images;
  }
}
