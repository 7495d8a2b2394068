package io.journey.evaluation.audit;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors;
import io.journey.dataset.ImageShape;
import io.journey.evaluation.removal.PairedMeasure;
import io.journey.evaluation.removal.RedrawnPicture;
import io.journey.evaluation.removal.RetrainedModels;
import io.journey.evaluation.removal.RetrainedModels.Model;
import io.journey.evaluation.removal.RetrainedModels.Unit;
import io.journey.model.Checkpoint;
import io.journey.results.EvaluationResult;
import io.journey.results.audit.Audit;
import io.journey.results.audit.Audit.LeftOut;
import io.journey.results.audit.Candidate;
import io.journey.results.audit.Change;
import io.journey.results.audit.Change.Removed;
import io.journey.results.audit.Judgement;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.FileStage;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import io.journey.run.StageFiles;
import io.journey.run.StageWork;
import io.journey.sampling.Trajectory;
import io.journey.training.Retraining;
import io.journey.training.Retraining.Coupling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Leaves out the images that are said to have made a picture, trains again, coupled, and measures
 * what becomes of it, beside random images and other training seeds.
 *
 * <p>Member m of each set of images shares initial weights, order and noise with member m of all
 * images, so that their difference comes from what was left out. The noise floor compares members
 * of all images with each other.
 *
 * @param models trains them and keeps them; audits may share its directory
 * @param question the picture
 * @param candidates what is left out
 * @param strata of each image, as {@link AuditConfig#strata} names them, [N]; null: there are none
 * @param config how much is trained
 */
public record AuditRun(
    RetrainedModels models,
    AuditQuestion question,
    List<Candidate> candidates,
    int[] strata,
    AuditConfig config)
    implements FileStage<Audit> {
  private static final int ONLY = 0;

  public AuditRun {
    candidates = List.copyOf(candidates);
    if (candidates.isEmpty()) {
      throw new SettingException("an audit leaves out one set of images or more, got none");
    }
    Set<String> names = new HashSet<>();
    for (Candidate candidate : candidates) {
      if (candidate.name().isEmpty() || !names.add(candidate.name())) {
        throw new SettingException(
            "sets of images need a name of their own, got '" + candidate.name() + "' again");
      }
    }
    if ((strata == null) != (config.strata() == null)) {
      throw new SettingException("strata need a name, and a name needs strata");
    }
  }

  /** The settings of the result in its manifest. */
  private record Settings(
      @JsonUnwrapped AuditConfig audit,
      Integer draws,
      Map<String, Integer> candidates,
      Retraining.Settings training) {}

  private Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    candidates.forEach(one -> sizes.put(one.name(), one.images().length));
    return sizes;
  }

  private int images() {
    return models.data().size();
  }

  @Override
  public String kind() {
    return Audit.KIND;
  }

  @Override
  public Record settings() {
    return new Settings(config, question.draws(), sizes(), models.how().settings());
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = models.data().inputs();
    try (Checkpoint original = models.ensemble().first()) {
      inputs.put("model", original.fingerprint());
    }
    inputs.put("target", Trajectory.fingerprint(List.of(question.target()), question.steps()));
    ObjectNode kept = inputs.putObject("kept_sha256");
    candidates.forEach(
        one -> kept.put(one.name(), Retraining.fingerprint(one.kept(images()), images())));
    return inputs;
  }

  /** What is never met changes nothing by being left out, which says nothing of it. */
  private void requireMet(Candidate candidate) {
    BitSet left = new BitSet(images());
    left.set(0, images());
    left.andNot(candidate.kept(images()));
    for (int member = 0; member < config.members(); member++) {
      if (!models.how().met(models.data(), member).intersects(left)) {
        throw new SettingException(
            "--onward must be larger: in "
                + Counted.of(models.how().training().steps(), "training steps")
                + " none of the "
                + Counted.of(left.cardinality(), "images")
                + " that are left out ("
                + candidate.name()
                + ") is met, so leaving them out tests nothing");
      }
    }
  }

  /** Everything that can be wrong is found before the work begins. */
  @Override
  public void check() {
    String trainedOn = models.ensemble().dataFingerprint();
    if (!trainedOn.isEmpty() && !trainedOn.equals(models.data().fingerprint())) {
      throw new JourneyException(
          models.ensemble().directory()
              + " was trained on other images than "
              + models.data().spec()
              + ": name the data of journey train.");
    }
    sets().draw(0);
    candidates.forEach(this::requireMet);
    models.how().modelInputs().requireImages(models.data());
    try (Checkpoint original = models.ensemble().first()) {
      question.measure(original);
      if (question.target().isDrawn()
          && !question.target().modelFingerprint().equals(original.fingerprint())) {
        throw new JourneyException(
            "The picture was not sampled by the first checkpoint of "
                + models.ensemble().directory()
                + ", which the models trained again are compared with: sample it with "
                + original.name()
                + ".");
      }
    }
  }

  private MatchedSets sets() {
    return new MatchedSets(candidates, config.outside(), strata, images(), config.seed());
  }

  /** A comparison of two models that is to be measured. */
  private record Comparison(String candidate, Removed removed, int set, Model from, Model to) {
    Change measured(double change) {
      return new Change(candidate, removed, set, from.number(), change);
    }
  }

  private List<Comparison> comparisons() {
    List<Comparison> all = new ArrayList<>();
    for (Candidate candidate : candidates) {
      add(all, candidate.name(), Removed.CANDIDATE, 0, candidate);
    }
    for (int set = 0; set < config.randomSets(); set++) {
      List<Candidate> drawn = sets().draw(set);
      for (int c = 0; c < candidates.size(); c++) {
        add(all, candidates.get(c).name(), Removed.RANDOM, set, drawn.get(c));
      }
    }
    int seeds = config.members() + config.otherSeeds();
    int pair = 0;
    for (int one = 0; one < seeds; one++) {
      for (int other = one + 1; other < seeds; other++) {
        all.add(new Comparison("", Removed.NOTHING, pair++, whole(one), whole(other)));
      }
    }
    return all;
  }

  private void add(
      List<Comparison> all, String candidate, Removed removed, int set, Candidate without) {
    for (int m = 0; m < config.members(); m++) {
      Model to = new Model(without.kept(images()), m, Coupling.COUPLED);
      all.add(new Comparison(candidate, removed, set, whole(m), to));
    }
  }

  private Model whole(int member) {
    return Model.member(member, images());
  }

  @Override
  public void write(StageWork work) {
    List<Comparison> comparisons = comparisons();
    List<Model> wanted = new ArrayList<>();
    comparisons.forEach(one -> wanted.add(one.from()));
    comparisons.forEach(one -> wanted.add(one.to()));
    models.train(wanted, work);
    List<Change> changes = new ArrayList<>();
    try (Checkpoint original = models.ensemble().first()) {
      PairedMeasure measure = question.measure(original);
      List<Unit> units = wanted.stream().distinct().map(one -> new Unit(ONLY, one)).toList();
      models.measure(work, measure, 1, units);
      for (Comparison one : comparisons) {
        String from = models.name(one.from());
        double change = measure.change(work, ONLY, from, models.name(one.to()));
        changes.add(one.measured(one.removed() == Removed.NOTHING ? Math.abs(change) : change));
      }
      if (measure instanceof RedrawnPicture drawn) {
        Safetensors.Writer pictures = pictures(work, drawn, comparisons);
        work.write(Audit.PICTURES, pictures::writeTo);
      }
    }
    tell(work, changes, config.rule().judge(changes, sizes()));
    work.describeData(models.data().describe());
  }

  /** Those of the first member. */
  private Safetensors.Writer pictures(
      StageFiles run, RedrawnPicture measure, List<Comparison> comparisons) {
    Safetensors.Writer writer = new Safetensors.Writer();
    ImageShape shape = measure.drawing().shape(ONLY);
    add(writer, Audit.ALL, shape, List.of(measure.picture(run, ONLY, models.name(whole(0)))));
    for (Removed removed : Removed.values()) {
      List<float[]> pictures =
          comparisons.stream()
              .filter(one -> one.removed() == removed && one.from().number() == 0)
              .map(one -> measure.picture(run, ONLY, models.name(one.to())))
              .toList();
      add(writer, Audit.pictures(removed), shape, pictures);
    }
    return writer;
  }

  private static void add(
      Safetensors.Writer writer, String name, ImageShape shape, List<float[]> pictures) {
    float[] all = new float[pictures.size() * shape.numel()];
    for (int n = 0; n < pictures.size(); n++) {
      System.arraycopy(pictures.get(n), 0, all, n * shape.numel(), shape.numel());
    }
    writer.add(name, all, pictures.size(), shape.channels(), shape.height(), shape.width());
  }

  private void tell(StageWork work, List<Change> changes, List<Judgement> judgements) {
    String moves = Audit.moves(question.target().isDrawn());
    EvaluationResult.Draft draft =
        EvaluationResult.of(
            "Audit of one picture",
            "What becomes of the picture when models are trained without these images?");
    judgements.forEach(one -> draft.sentence(one.sentence(moves)));
    draft.sentence(config.rule().words(config.randomSets(), moves));
    warnings().forEach(draft::warning);
    draft
        .table(Audit.JUDGEMENTS, Csv.table(Judgement.class, judgements))
        .table(Audit.CHANGES, Csv.table(Change.class, changes))
        .table(Audit.LEFT_OUT, Csv.table(LeftOut.class, leftOut()))
        .settings(work.settings())
        .write(work);
  }

  private List<LeftOut> leftOut() {
    List<LeftOut> rows = new ArrayList<>();
    for (Candidate candidate : candidates) {
      for (int image : candidate.images()) {
        rows.add(new LeftOut(candidate.name(), image, models.data().id(image)));
      }
    }
    return rows;
  }

  /** Returns warnings that belong to the result. */
  private List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (models.how().isOnward()) {
      warnings.add(
          "Models were not trained from their beginning: the checkpoint, which has seen every image, was"
              + " trained on for "
              + Counted.of(models.how().training().steps(), "steps")
              + " with and without them. What an image left in the checkpoint before is not undone.");
    }
    if (config.members() == 1) {
      warnings.add(
          "One training seed was tried: whether the same images matter to models of other seeds was not"
              + " asked.");
    }
    return warnings;
  }

  @Override
  public Audit open(Path directory) {
    return Audit.open(directory);
  }
}
