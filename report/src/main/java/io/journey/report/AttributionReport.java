package io.journey.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.report.ShownTimesteps.Fitted;
import io.journey.results.Attribution;
import io.journey.results.EvaluationFiles;
import io.journey.results.groups.GroupScores;
import io.journey.run.AtomicFile;
import io.journey.run.Json;
import io.journey.run.Manifest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The page of an attribution: one HTML file that shows, for every picture, its drawing step by step
 * and the training images that pushed towards and away from it. It needs no network and loads
 * nothing; the same attribution gives the same bytes.
 */
public final class AttributionReport {
  private static final String CODEC = "codec";

  private final Attribution attribution;
  private final Dataset dataset;
  private final SecondAnswer again;

  private final List<EvaluationFiles> evaluations;
  private final List<GroupScores> groups;
  private final TargetImages images;
  private final Evidence evidence;
  private final CheckpointAgreement agreement;

  private AttributionReport(
      Attribution attribution,
      Dataset dataset,
      SecondAnswer again,
      List<EvaluationFiles> evaluations,
      List<GroupScores> groups) {
    this.groups = groups;
    this.attribution = attribution;
    this.again = again;
    this.evaluations = evaluations;
    this.images = TargetImages.of(attribution);
    this.dataset = TrainingPictures.of(attribution, dataset, images);
    this.evidence = Evidence.of(attribution, this.dataset, images);
    this.agreement = CheckpointAgreement.of(attribution);
  }

  /**
   * Writes the page.
   *
   * @param attributionDir a finished attribution
   * @param data the training images it was made from, as pictures; captions are asked for where the
   *     model takes text
   * @param outHtml the file to write
   * @throws io.journey.run.JourneyException if the attribution is damaged or was made from other
   *     data
   */
  public static void write(Path attributionDir, Dataset data, Path outHtml) {
    write(attributionDir, null, data, outHtml);
  }

  /**
   * Writes the page, and how much of it remains when it is asked again.
   *
   * @param againDir an attribution of the same with features of another seed, or null
   */
  public static void write(Path attributionDir, Path againDir, Dataset data, Path outHtml) {
    write(attributionDir, againDir, List.of(), data, outHtml);
  }

  /**
   * Writes the page with what evaluations found, of as many steps as fit.
   *
   * @param evaluations directories of finished evaluations, in the page's order
   */
  public static void write(
      Path attributionDir, Path againDir, List<Path> evaluations, Dataset data, Path outHtml) {
    write(attributionDir, againDir, evaluations, data, ShownTimesteps.fitting(), outHtml);
  }

  /** Writes the page with what evaluations found. */
  public static List<String> write(
      Path attributionDir,
      Path againDir,
      List<Path> evaluations,
      Dataset data,
      ShownTimesteps steps,
      Path outHtml) {
    return write(attributionDir, againDir, evaluations, List.of(), data, steps, outHtml);
  }

  /**
   * Writes the page with what evaluations found, and with scores of groups.
   *
   * @param againDir an attribution of the same with features of another seed, or null
   * @param evaluations directories of finished evaluations, in the page's order
   * @param groups directories of scores of groups, in the page's order
   * @param steps the steps its figures show
   * @return what its maker should know of it: steps that were left out, or that it is large
   * @throws io.journey.run.JourneyException if one of them is damaged or no evaluation
   */
  public static List<String> write(
      Path attributionDir,
      Path againDir,
      List<Path> evaluations,
      List<Path> groups,
      Dataset data,
      ShownTimesteps steps,
      Path outHtml) {
    Attribution attribution = Attribution.open(attributionDir);
    SecondAnswer again =
        againDir == null ? null : SecondAnswer.of(attribution, Attribution.open(againDir));
    List<EvaluationFiles> checked = EvaluationSection.open(evaluations);
    AttributionReport report =
        new AttributionReport(
            attribution, data, again, checked, GroupScores.open(groups, attribution));
    Fitted fitted = steps.fit(attribution, report.images.shape(), report.content());
    String leftOut = steps.sentence(fitted.shown().length, attribution.steps().length);
    byte[] page = report.html(fitted, leftOut).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(outHtml, page);
    List<String> notes = new ArrayList<>();
    if (!leftOut.isEmpty()) {
      notes.add(leftOut);
    }
    if (page.length > 2 * ShownTimesteps.BUDGET) {
      notes.add(
          String.format(
              Locale.ROOT,
              "The page has %.0f MB, with which browsers are slow: show fewer steps with --timesteps, or"
                  + " attribute fewer pictures.",
              page.length / 1e6));
    }
    return notes;
  }

  private ShownTimesteps.Content content() {
    return new ShownTimesteps.Content() {
      @Override
      public long bytesOfPictures(int[] shown, int side) {
        return new PictureBytes(dataset, images, evidence, side).of(shown);
      }

      @Override
      public String json(int[] shown, int side) {
        return AttributionReport.this.json(shown, side);
      }
    };
  }

  private String json(int[] shown, int side) {
    ObjectNode data = new PageData(attribution, dataset, images, evidence, shown, side).build();
    if (agreement != null) {
      agreement.addTo(data, shown);
    }
    GroupsSection.addTo(data, groups, attribution, shown);
    if (attribution.manifest().lists(Attribution.LOSS)) {
      data.set("loss", LossCurve.read(attribution.manifest().verified(Attribution.LOSS)));
    }
    return Html.json(data);
  }

  private String html(Fitted fitted, String leftOut) {
    String style = "\n" + Html.resource("page.css");
    String script =
        "\n"
            + Html.resource("dom.js")
            + Html.resource("journey.js")
            + Html.resource("charts.js")
            + Html.resource("over.js")
            + Html.resource("groups.js")
            + Html.resource("page.js");
    Map<String, String> values = new LinkedHashMap<>();
    values.put("policy", Html.policyHash(style) + "; script-src " + Html.policyHash(script));
    values.put("style", style);
    (attribution.files().isEmpty() ? AskedWords.DRAWINGS : AskedWords.PICTURES).putInto(values);
    values.put("findings", findings(Findings.told(Findings.candidates(evidence))));
    values.put("mask", maskNote());
    values.put(
        "decoded",
        attribution.manifest().inputFields().has(CODEC)
            ? " The model works on latents; both are shown as its autoencoder decodes them."
            : "");
    values.put("lora", loraNote());
    values.put("condition", condition());
    values.put(
        "unit",
        attribution.isChange()
            ? " Pointed at, it tells its score as it is: to first order, what the loss f_t at that step"
                + " would gain if training had never met the image."
                + (attribution.checkpointNames().size() > 1
                    ? " Behind ± is half of the 95% interval over checkpoints, each with draws of noise of its own."
                    : "")
            : "");
    values.put(
        "steps", leftOut.isEmpty() ? "" : "<p class=\"note\">" + Html.escape(leftOut) + "</p>");
    values.put(
        "stability",
        agreement == null
            ? attribution.checkpointNames().size() == 1
                ? "There is one checkpoint, so how far several would agree is not known."
                : "This attribution keeps no scores of single checkpoints, so how far they agree is"
                    + " not known."
            : Html.escape(agreement.sentence()));
    values.put(
        "again",
        again == null
            ? "<p>It was not asked again with other draws (<code>journey report --again</code>),"
                + " so how much of it is chance is not known.</p>"
            : again.html(fitted.shown()));
    values.put("learnt", LearntChart.html(attribution));
    values.put("checked", checked());
    values.put("meaning", meaning());
    values.put("trust", trust());
    values.put("examples", Integer.toString(attribution.size()));
    values.put("settings", settings());
    values.put("manifest", Html.escape(manifestText()));
    values.put("data", fitted.json());
    values.put("script", script);
    return Html.fill(Html.resource("page.html"), values);
  }

  private static String findings(List<String> told) {
    if (told.isEmpty()) {
      return "<p>Nothing here stands out from what chance alone would give.</p>";
    }
    StringBuilder out = new StringBuilder("<ol>\n");
    for (String sentence : told) {
      out.append("<li>").append(Html.sentence(sentence)).append("</li>\n");
    }
    return out.append("</ol>").toString();
  }

  private String checked() {
    return evaluations.isEmpty()
        ? "<p>Nothing here has been checked by retraining (<code>journey evaluate</code>, then"
            + " <code>journey report --evaluation</code>).</p>"
        : EvaluationSection.html(
            evaluations, "h3", attribution.manifest().inputFields().text("data"));
  }

  /** What a score is, by the estimator. */
  private String meaning() {
    ObjectNode settings = attribution.manifest().settings();
    if (settings.has("unlearning")) {
      return "A copy of the model was made to unlearn the picture at a step. A score says how much of a"
          + " training image the copy lost with that. It ranks images and has no unit.";
    }
    if (attribution.isChange()) {
      return "Training was taken back step by step. A score is, to first order, what the loss of a step"
          + " would gain if training had never met the image.";
    }
    if (settings.has("outputs")) {
      return "Training was taken back step by step. A score adds up what each meeting with a training"
          + " image did to the loss of a step, to first order. It ranks images: its size is none.";
    }
    return "A score says how well the gradient of a training image lines up with the gradient of a step, in"
        + " a model made linear around its trained weights. It estimates what training without the image"
        + " would change.";
  }

  private String trust() {
    return evaluations.isEmpty()
        ? "No retraining has checked these scores. Until that is done, take them as a hypothesis"
            + " about this model."
        : "What stands under “Checked” holds for what was tested there. Beyond it, take scores as a"
            + " hypothesis about this model.";
  }

  private String maskNote() {
    Set<Long> shares = new TreeSet<>();
    boolean whole = false;
    for (int t = 0; t < attribution.targets(); t++) {
      float[] mask = images.mask(t);
      whole |= mask == null;
      if (mask != null) {
        double sum = 0;
        for (float value : mask) {
          sum += value;
        }
        shares.add(Math.round(100 * sum / mask.length));
      }
    }
    if (shares.isEmpty()) {
      return "";
    }
    String share = shares.stream().map(s -> s + "%").collect(Collectors.joining(", "));
    return "<p class=\"note\"><span class=\"mask-key\"></span>"
        + (whole ? "Where a part is outlined, only that part" : "Only the outlined part")
        + " of the picture was attributed, as it was drawn: "
        + share
        + " of its pixels. What happened outside it did not count.</p>";
  }

  /** What is asked about where that is not the whole model. */
  private String loraNote() {
    String lora = attribution.manifest().inputs().path(Attribution.LORA).asText("");
    return lora.isEmpty()
        ? ""
        : "<p class=\"note\">What is attributed is "
            + Html.escape(lora)
            + ": what its base had learnt before is taken as given.</p>";
  }

  /** What stands under a training image beside its score. */
  private String condition() {
    if (dataset.isCaptioned()
        && IntStream.range(0, dataset.size()).allMatch(i -> dataset.captions(i).size() == 1)) {
      return ", and the beginning of its caption, which is shown above when it is pointed at";
    }
    if (dataset.isCaptioned()) {
      return ", and the beginning of its first caption; the others are shown above when it is pointed"
          + " at";
    }
    return dataset.classNames().isEmpty() ? "" : ", and its class";
  }

  private String settings() {
    Manifest manifest = attribution.manifest();
    ObjectNode result = Json.object();
    result.put("attribution", manifest.fingerprint());
    result.put("data", dataset.spec());
    result.put("image shape", dataset.shape().toString());
    result.put("training images", dataset.size());
    return SettingsTable.group("This attribution", result)
        + SettingsTable.group("Settings", manifest.settings())
        + SettingsTable.group("Made from", manifest.inputs())
        + SettingsTable.group("Pictures", Json.tree(images.metadata()));
  }

  private String manifestText() {
    ObjectNode text = Json.object();
    text.set("settings", attribution.manifest().settings());
    text.set("inputs", attribution.manifest().inputs());
    return new String(Json.bytes(text), StandardCharsets.UTF_8);
  }
}
