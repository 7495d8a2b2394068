package io.journey.evaluation.removal;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.encoding.Encoders;
import io.journey.evaluation.removal.RemovalTable.Line;
import io.journey.evaluation.removal.RetrainedModels.Model;
import io.journey.evaluation.removal.RetrainedModels.Unit;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.results.NamedAttribution;
import io.journey.run.Checksums;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonFields;
import io.journey.run.SettingException;
import io.journey.run.StageFiles;
import io.journey.run.StageWork;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.training.Retraining;
import io.journey.training.Retraining.Coupling;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes the training images that scores call the most influential, and as many random ones, and
 * trains models again without them (Georgiev et al., sections 3.2, 5.3 and 5.5). What is measured
 * of these models is {@link RetrainCheck}'s and {@link ForgetCheck}'s.
 *
 * @param ensemble whose first member drew the targets; the models are trained as it was
 * @param data what it was trained on
 * @param file the targets
 * @param estimators scores to be checked, one or more
 * @param config what is removed, how many models are trained
 * @param models where trained models are kept; several checks may share it. Null: a folder {@code
 *     models} of the result
 * @param encoders of the models: they decode what is compared, and tell a model the targets'
 *     prompts; the caller closes them
 */
public record RemovalStudy(
    Ensemble ensemble,
    Dataset data,
    TrajectoryFile file,
    List<NamedAttribution> estimators,
    RemovalConfig config,
    Path models,
    Encoders.Opened encoders) {
  /** Where models are unless another place is named. */
  public static final String MODELS = "models";

  /** The table of means over targets. */
  public static final String SUMMARY = "summary.csv";

  /** With fewer targets intervals are not to be relied on. */
  private static final int FEW_TARGETS = 10;

  private static final int FEW_SETS = 5;

  public RemovalStudy {
    requireNonNull(data, "data");
    estimators = List.copyOf(estimators);
    if (estimators.isEmpty()) {
      throw new SettingException("name one attribution or more");
    }
    if (config.randomSets() < estimators.size()) {
      throw new SettingException(
          "there must be as many random sets as attributions ("
              + estimators.size()
              + "), got "
              + config.randomSets());
    }
    RemovedSets.requireNames(estimators, config);
    int most = config.removed().get(config.removed().size() - 1);
    if (most >= data.size()) {
      throw new SettingException(
          "removing "
              + most
              + " of "
              + Counted.of(data.size(), "images")
              + " leaves none to train on");
    }
    if (config.targets() > file.size()) {
      throw new SettingException(
          "targets must be at most the " + file.size() + " of the file, got " + config.targets());
    }
    Retraining.besides(ensemble, config.coupling());
    if (!ensemble.dataFingerprint().equals(data.fingerprint())) {
      throw new JourneyException(
          ensemble.directory()
              + " was trained on other images than "
              + data.spec()
              + ": name the data of journey train.");
    }
  }

  /** A study of models of pixels without text. */
  public RemovalStudy(
      Ensemble ensemble,
      Dataset data,
      TrajectoryFile file,
      List<NamedAttribution> estimators,
      RemovalConfig config,
      Path models) {
    this(ensemble, data, file, estimators, config, models, Encoders.Opened.NONE);
  }

  /** The targets, with their latents at the step. */
  List<Trajectory> targets() {
    return file.read(new int[] {config.step()}, encoders.text()).subList(0, config.targets());
  }

  /** Returns the sampler that drew the targets, under their guidance. */
  Sampler sampler(Checkpoint original) {
    return file.sampler(original, encoders.text());
  }

  /**
   * Returns the sets of images that are removed.
   *
   * @param original the ensemble's first member
   * @throws JourneyException if targets and scores do not belong together
   */
  List<Removal> removals(Checkpoint original, List<Trajectory> targets) {
    check(original, targets);
    return RemovedSets.of(estimators, targets, data.size(), config);
  }

  private void check(Checkpoint original, List<Trajectory> targets) {
    if (!targets.get(0).modelFingerprint().equals(original.fingerprint())) {
      throw new JourneyException(
          "The targets were not sampled by the first checkpoint of "
              + ensemble.directory()
              + ", which the models trained again are compared with: sample targets with "
              + original.name()
              + ".");
    }
    for (NamedAttribution estimator : estimators) {
      JsonFields inputs = estimator.attribution().manifest().inputFields();
      if (!inputs.text("data").equals(data.fingerprint())) {
        throw foreign(estimator, "of other training images than " + data.spec());
      }
      ObjectNode checkpoints = inputs.object("checkpoints");
      boolean known = checkpoints.isEmpty();
      for (JsonNode print : checkpoints) {
        known |= print.isTextual() && print.textValue().equals(original.fingerprint());
      }
      if (!known) {
        throw foreign(estimator, "by other checkpoints than those in " + ensemble.directory());
      }
    }
  }

  private static JourneyException foreign(NamedAttribution estimator, String how) {
    return new JourneyException(
        "The attribution "
            + estimator.name()
            + " ("
            + estimator.attribution().manifest().directory()
            + ") was made "
            + how
            + ": name the attribution of these targets.");
  }

  /**
   * The settings of a result in its manifest.
   *
   * @param training of the models
   * @param delta of {@link RetrainCheck}, else null
   * @param samples of {@link RetrainCheck}, else null
   * @param embedder of {@link RetrainCheck}, else null
   */
  record Settings(
      @JsonUnwrapped RemovalConfig removal,
      Retraining.Settings training,
      Integer delta,
      Integer samples,
      EmbedderSettings embedder) {}

  record EmbedderSettings(String name, String fingerprint) {}

  /** The settings of models' training. */
  Retraining.Settings training() {
    return Retraining.like(ensemble, config.coupling()).settings();
  }

  /**
   * Refuses targets and scores that do not belong together.
   *
   * @throws JourneyException saying why
   */
  void check() {
    try (Checkpoint original = ensemble.first()) {
      removals(original, targets());
    }
  }

  /** The fingerprints of what a result is made from. */
  ObjectNode inputs() {
    try (Checkpoint original = ensemble.first()) {
      return inputs(original, targets());
    }
  }

  private ObjectNode inputs(Checkpoint original, List<Trajectory> targets) {
    ObjectNode inputs = Json.object();
    inputs.put("data", data.fingerprint()).put("model", original.fingerprint());
    inputs.put("checkpoints", ensemble.manifest().fingerprint());
    inputs.put("pictures", fingerprint(targets));
    ObjectNode attributions = inputs.putObject("attributions");
    for (NamedAttribution estimator : estimators) {
      attributions.put(estimator.name(), estimator.fingerprint());
    }
    return inputs;
  }

  private static String fingerprint(List<Trajectory> targets) {
    MessageDigest digest = Checksums.sha256();
    for (Trajectory target : targets) {
      digest.update(target.seed().getBytes(StandardCharsets.UTF_8));
      digest.update(target.condition().fingerprint());
      for (float[] numbers : List.of(target.xt()[0], target.image())) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length);
        bytes.asFloatBuffer().put(numbers);
        digest.update(bytes.array());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Trains what is missing, measures what is missing, and puts it together. */
  RemovalTable run(StageWork run, RemovalMeasure measure, List<Removal> removals) {
    Path folder = models == null ? run.path(MODELS) : models;
    RetrainedModels trained = RetrainedModels.like(ensemble, data, folder);
    Set<Unit> units = units(removals);
    trained.train(units.stream().map(Unit::model).toList(), run);
    trained.measure(run, measure, config.targets(), List.copyOf(units));
    List<Line> lines = new Reading(run, measure, trained).lines(removals);
    Seed seed = Seed.of(config.seed()).child("bootstrap");
    return RemovalTable.of(lines, RemovedSets.sources(estimators, config), seed);
  }

  /** The name of the first model trained without some images. */
  String nameOfFirst(Removal removal) {
    Model first = new Model(removal.kept(), 0, config.coupling());
    return RetrainedModels.like(ensemble, data, models).name(first);
  }

  private Set<Unit> units(List<Removal> removals) {
    Set<Unit> units = new LinkedHashSet<>();
    for (int number = 1; number <= checkpoints(); number++) {
      for (int target = 0; target < config.targets(); target++) {
        units.add(new Unit(target, Model.member(number, data.size())));
      }
    }
    for (Removal removal : removals) {
      for (int target = 0; target < config.targets(); target++) {
        for (int seed = 0; seed < config.seeds() && removal.concerns(target); seed++) {
          units.add(new Unit(target, new Model(removal.kept(), seed, config.coupling())));
        }
      }
    }
    return units;
  }

  /** The highest number of a model trained on all images. */
  private int checkpoints() {
    int baselines = config.coupling() == Coupling.COUPLED ? config.seeds() - 1 : 0;
    return Math.max(config.otherSeeds(), baselines);
  }

  /** Reads what was measured. */
  private final class Reading {
    private final StageFiles run;
    private final RemovalMeasure measure;
    private final RetrainedModels trained;

    Reading(StageFiles run, RemovalMeasure measure, RetrainedModels trained) {
      this.run = run;
      this.measure = measure;
      this.trained = trained;
    }

    List<Line> lines(List<Removal> removals) {
      List<Line> lines = new ArrayList<>();
      for (int target = 0; target < config.targets(); target++) {
        double baseline = baseline(target);
        for (Removal removal : removals) {
          if (removal.concerns(target)) {
            double value = 0;
            for (int seed = 0; seed < config.seeds(); seed++) {
              value += of(target, new Model(removal.kept(), seed, config.coupling()));
            }
            value /= config.seeds();
            String source = removal.source();
            lines.add(new Line(target, source, removal.k(), removal.set(), value, baseline));
          }
        }
        for (int set = 0; set < config.otherSeeds(); set++) {
          double value = ofMember(target, set + 1);
          lines.add(new Line(target, RemovalTable.OTHER_SEED, 0, set, value, Double.NaN));
        }
        double reference = measure.reference(run, target);
        lines.add(new Line(target, RemovalTable.REFERENCE, 0, 0, reference, Double.NaN));
      }
      return lines;
    }

    /** The mean of models that differ from those measured in the removal alone. */
    private double baseline(int target) {
      boolean coupled = config.coupling() == Coupling.COUPLED;
      int first = coupled ? 0 : 1;
      int count = coupled ? config.seeds() : config.otherSeeds();
      double sum = 0;
      for (int number = first; number < first + count; number++) {
        sum += ofMember(target, number);
      }
      return sum / count;
    }

    /** Member 0 is the original itself. */
    private double ofMember(int target, int number) {
      return number == 0 ? 0 : of(target, Model.member(number, data.size()));
    }

    private double of(int target, Model model) {
      return measure.read(run, target, trained.name(model));
    }
  }

  /** Whether there are too few targets to judge by. */
  boolean hasFewTargets() {
    return config.targets() < FEW_TARGETS;
  }

  /** Returns warnings that belong to every result. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (hasFewTargets()) {
      warnings.add(
          "There "
              + Counted.are(config.targets())
              + " only "
              + Counted.of(config.targets(), "targets")
              + ": standard errors and intervals over so few are not to be relied on; use "
              + FEW_TARGETS
              + " or more.");
    }
    if (config.randomSets() < FEW_SETS) {
      warnings.add(
          "There are only "
              + config.randomSets()
              + " random sets of images, the same for all targets: intervals are too narrow; use "
              + FEW_SETS
              + " or more.");
    }
    return warnings;
  }
}
