package io.journey.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.results.Attribution;
import io.journey.results.OverSteps;
import io.journey.results.consent.TrainingConsent;
import io.journey.run.Json;
import io.journey.run.Printable;
import io.journey.statistics.Ranking;
import io.journey.statistics.StepAgreement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The numbers and pictures a page draws from, as compact JSON; each training image is in it once.
 * Steps come in the order of drawing, the noisiest first. Scores are given as they are and in
 * standard deviations of all scores at the step.
 */
final class PageData {
  /** Influential examples shown of each sign. */
  static final int SHOWN = 5;

  private static final String GUIDANCE = "guidance";

  /** As files of trajectories write it. */
  private static final Pattern CLASSIFIER_FREE =
      Pattern.compile("classifier-free:(?<weight>[^:]+)(:(?<negative>.*))?", Pattern.DOTALL);

  /** The strongest examples whose classes are counted. */
  static final int COUNTED = 20;

  private final Attribution attribution;
  private final Dataset dataset;
  private final TargetImages images;
  private final Evidence evidence;
  private final int side;
  private final OverSteps over;

  /** Indices into the attribution's steps, rising: those with a column. */
  private final int[] shown;

  /** The examples the page shows anywhere, to embed. */
  private final Map<Integer, ObjectNode> examples = new TreeMap<>();

  private final double[][] overlapSum;
  private final double[][] spearmanSum;

  /**
   * @param dataset what {@link TrainingPictures} made of the data
   * @param shown indices into the attribution's steps, rising: those with a column
   * @param side the longest side of pictures, in pixels
   */
  PageData(
      Attribution attribution,
      Dataset dataset,
      TargetImages images,
      Evidence evidence,
      int[] shown,
      int side) {
    this.attribution = attribution;
    this.dataset = dataset;
    this.images = images;
    this.evidence = evidence;
    this.shown = shown;
    this.side = side;
    this.over = attribution.overSteps().orElse(null);
    this.overlapSum = new double[shown.length][shown.length];
    this.spearmanSum = new double[shown.length][shown.length];
  }

  /** Returns the whole tree. */
  ObjectNode build() {
    ObjectNode page = Json.object();
    ArrayNode times = page.putArray("steps");
    for (int c = 0; c < shown.length; c++) {
      times.add(evidence.steps()[row(c)]);
    }
    page.put("size", attribution.size());
    page.put("top", evidence.k());
    page.put("counted", Math.min(COUNTED, attribution.size()));
    page.put("width", images.shape().width()).put("height", images.shape().height());
    if (over != null) {
      page.put("over", over.kind());
    }
    page.put("change", attribution.isChange());
    page.put("drawn", attribution.files().isEmpty());
    page.put("captioned", dataset.isCaptioned());
    ArrayNode classes = page.putArray("classes");
    for (int c = 0; c < evidence.classNames().size(); c++) {
      classes.add(evidence.words(new Condition.ClassLabel(c)));
    }
    ArrayNode masks = page.putArray("masks");
    addGuidance(page);
    ArrayNode targets = page.putArray("targets");
    List<String> outlines = new ArrayList<>();
    for (int t = 0; t < attribution.targets(); t++) {
      ObjectNode target = targets.addObject();
      float[] mask = images.mask(t);
      if (mask != null) {
        target.put("mask", placeOf(outlines, mask));
      }
      addTarget(target, t);
    }
    outlines.forEach(masks::add);
    addMatrix(page.putArray("overlap"), overlapSum, attribution.targets());
    addMatrix(page.putArray("spearman"), spearmanSum, attribution.targets());
    ObjectNode embedded = page.putObject("examples");
    examples.forEach((index, example) -> embedded.set(Integer.toString(index), example));
    return page;
  }

  /** Returns the place of a mask's outline among those so far, to which it is added. */
  private int placeOf(List<String> outlines, float[] mask) {
    String path = MaskOutline.path(mask, images.shape().height(), images.shape().width());
    if (!outlines.contains(path)) {
      outlines.add(path);
    }
    return outlines.indexOf(path);
  }

  private void addGuidance(ObjectNode page) {
    String text = attribution.manifest().inputFields().text(GUIDANCE, "");
    Matcher parts = CLASSIFIER_FREE.matcher(text);
    if (parts.matches()) {
      page.put(GUIDANCE, Html.line(parts.group("weight")));
      page.put("negative", Html.line(Objects.requireNonNullElse(parts.group("negative"), "")));
    } else if (!text.isEmpty()) {
      page.put(GUIDANCE, Html.line(text));
    }
  }

  /** Returns the index of the step in a column: columns run from noise to picture. */
  private int row(int column) {
    return shown[shown.length - 1 - column];
  }

  private void addTarget(ObjectNode out, int target) {
    out.put("final", picture(images.finished(target)));
    List<String> files = attribution.files();
    if (!files.isEmpty()) {
      out.put("file", Html.line(files.get(target)));
    }
    out.put("kin", evidence.ownClass(target).classNumber().orElse(-1));
    Condition asked = images.condition(target);
    if (asked.captionText().isPresent()) {
      out.put("prompt", Html.line(asked.captionText().get()));
      int[] order = IntStream.range(0, shown.length).map(this::row).toArray();
      new PromptWords(evidence, target, order).addTo(out);
    } else if (!asked.isNone()) {
      boolean isNamed = asked.classNumber().orElse(0) < evidence.classNames().size();
      out.put("asked", files.isEmpty() || isNamed ? evidence.words(asked) : "no class");
    }
    float[][] scores = new float[shown.length][];
    int[][] places = new int[shown.length][];
    ArrayNode columns = out.putArray("columns");
    for (int c = 0; c < shown.length; c++) {
      scores[c] = attribution.scores(row(c), target);
      places[c] = Ranking.places(scores[c]);
      addColumn(columns.addObject(), scores[c], row(c), target);
    }
    int[][] overlaps = StepAgreement.overlaps(scores, Evidence.TOP);
    double[][] spearmans = StepAgreement.spearmans(scores);
    double[][] counts = new double[shown.length][shown.length];
    for (int a = 0; a < shown.length; a++) {
      for (int b = 0; b < shown.length; b++) {
        counts[a][b] = overlaps[a][b];
        overlapSum[a][b] += overlaps[a][b];
        spearmanSum[a][b] += spearmans[a][b];
      }
    }
    addMatrix(out.putArray("overlap"), counts, 1);
    addMatrix(out.putArray("spearman"), spearmans, 1);
    Set<Integer> placed = over == null ? Set.of() : addOver(out.putObject("over"), scores, target);
    addPlaces(out.putObject("places"), places, target, placed);
  }

  /**
   * Adds the strongest examples over all steps, each with its scores at the steps shown.
   *
   * @param columns the scores of those steps, in the order of columns
   * @return the examples
   */
  private Set<Integer> addOver(ObjectNode out, float[][] columns, int target) {
    double[] weights = over.weights(target);
    ArrayNode weighed = out.putArray("weights");
    for (int c = 0; c < columns.length; c++) {
      weighed.add(Numbers.rounded(weights[row(c)], 3));
    }
    double[] deviations = new double[columns.length];
    for (int c = 0; c < columns.length; c++) {
      deviations[c] = Numbers.deviation(columns[c]);
    }
    float[] scores = over.scores(target);
    double deviation = Numbers.deviation(scores);
    Set<Integer> placed = new TreeSet<>();
    for (String sign : List.of("pos", "neg")) {
      ArrayNode list = out.putArray(sign);
      int[] ends = sign.equals("pos") ? Ranking.top(scores, SHOWN) : Ranking.bottom(scores, SHOWN);
      for (int example : ends) {
        placed.add(example);
        ArrayNode one = list.addArray().add(embed(example));
        one.add(Numbers.cents(scores[example] / deviation));
        one.add(Numbers.rounded(scores[example], 4));
        ArrayNode at = one.addArray();
        for (int c = 0; c < columns.length; c++) {
          at.add(Numbers.cents(columns[c][example] / deviations[c]));
        }
      }
    }
    return placed;
  }

  private void addColumn(ObjectNode column, float[] scores, int step, int target) {
    column.put("xt", picture(images.noisy(step, target)));
    column.put("x0", picture(images.predicted(step, target)));
    double deviation = Numbers.deviation(scores);
    column.put("deviation", Numbers.rounded(deviation, 3));
    int[] top = evidence.top()[step][target];
    float[] margins = attribution.isChange() ? attribution.margins(step, target) : null;
    addScored(column.putArray("pos"), top, scores, deviation, margins);
    addScored(column.putArray("neg"), evidence.bottom()[step][target], scores, deviation, margins);
    ArrayNode list = column.putArray("top");
    for (int example : top) {
      list.add(embed(example));
    }
    int[] counts = new int[evidence.classNames().size()];
    for (int example : Ranking.top(scores, COUNTED)) {
      evidence.conditions().get(example).classNumber().ifPresent(number -> counts[number]++);
    }
    ArrayNode classes = column.putArray("classes");
    for (int count : counts) {
      classes.add(count);
    }
  }

  /**
   * Adds the strongest examples, each with its score in deviations and as it is.
   *
   * @param margins half the width of an interval of each score, told where it is a number; null:
   *     scores have no unit
   */
  private void addScored(
      ArrayNode out, int[] list, float[] scores, double deviation, float[] margins) {
    for (int i = 0; i < Math.min(SHOWN, list.length); i++) {
      int example = embed(list[i]);
      ArrayNode one =
          out.addArray()
              .add(example)
              .add(Numbers.cents(scores[example] / deviation))
              .add(Numbers.rounded(scores[example], 4));
      if (margins != null && !Float.isNaN(margins[example])) {
        one.add(Numbers.rounded(margins[example], 2));
      }
    }
  }

  /** The place of every example shown for this target, at every step. */
  private void addPlaces(ObjectNode out, int[][] places, int target, Set<Integer> more) {
    Set<Integer> placed = new TreeSet<>(more);
    for (int s : shown) {
      for (int example : evidence.top()[s][target]) {
        placed.add(example);
      }
      int[] bottom = evidence.bottom()[s][target];
      for (int i = 0; i < Math.min(SHOWN, bottom.length); i++) {
        placed.add(bottom[i]);
      }
    }
    for (int example : placed) {
      ArrayNode list = out.putArray(Integer.toString(example));
      for (int[] column : places) {
        list.add(column[example]);
      }
    }
  }

  private int embed(int example) {
    examples.computeIfAbsent(
        example,
        index -> {
          float[] image = new float[dataset.shape().numel()];
          dataset.read(index, image, 0);
          ObjectNode out = Json.object();
          out.put("id", Printable.of(dataset.id(index)))
              .put("label", dataset.condition(index).classNumber().orElse(-1));
          if (dataset.isCaptioned()) {
            ArrayNode captions = out.putArray("captions");
            dataset.captions(index).forEach(caption -> captions.add(Html.line(caption)));
          }
          TrainingConsent consent = TrainingConsent.of(dataset, index);
          if (consent.isFlagged()) {
            out.put("training", Html.line(consent.sentence()));
          }
          return out.put("image", picture(image));
        });
    return example;
  }

  /** All pictures of a page have the shape of the targets. */
  private String picture(float[] image) {
    return PagePicture.base64(image, images.shape(), side);
  }

  private static void addMatrix(ArrayNode out, double[][] matrix, int divisor) {
    for (double[] line : matrix) {
      ArrayNode row = out.addArray();
      for (double value : line) {
        row.add(Numbers.cents(value / divisor));
      }
    }
  }
}
