package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.encoding.Encoders;
import io.journey.evaluation.audit.AuditQuestion;
import io.journey.evaluation.audit.AuditRun;
import io.journey.evaluation.removal.RetrainedModels;
import io.journey.features.FeatureStore;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.ConditioningSpec;
import io.journey.model.Ensemble;
import io.journey.report.AuditReport;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.results.TrainingImages;
import io.journey.results.audit.Audit;
import io.journey.results.audit.Candidate;
import io.journey.results.groups.GroupScores;
import io.journey.results.groups.GroupScoresRun;
import io.journey.results.groups.Grouping;
import io.journey.run.Confined;
import io.journey.run.SettingException;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.score.Attributor;
import io.journey.score.StepWeights;
import io.journey.statistics.NearDuplicates;
import io.journey.training.Retraining;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks about one picture, tests the answer by training again, and writes a report. */
@Command(
    name = "audit",
    description = {
      "Whose images made this picture? One picture in, one report out, tested by training again.",
      "The images or the group with the highest scores are left out, models are trained without them"
          + " and without as many random images, and the picture is drawn again from the same noise."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey audit --checkpoints runs/fashion/checkpoints \\",
      "      --features runs/fashion/features --data 'data/fashion-mnist?size=16' \\",
      "      --target runs/fashion/targets.safetensors --index 3 \\",
      "      --out runs/fashion/audit",
      "  journey audit ... --group artist --models runs/removed",
      "  journey audit ... --image shoe.jpg --out runs/fashion/shoe"
    })
final class AuditCommand implements Runnable {
  private static final String ATTRIBUTION = "attribution";
  private static final String GROUPS = "groups";
  private static final String RETRAINING = "retraining";
  private static final String MODELS = "models";

  /** Draws of noise for each loss of a picture that no model drew. */
  private static final int LOSS_DRAWS = 100;

  private static final Set<String> DECIDING_NOTHING =
      Set.of("--out", "--models", "--threads", "--debug");

  @Spec private CommandSpec spec;

  @Mixin private Console console;

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "SPEC",
      description = "The ensemble or checkpoint whose first checkpoint is asked about.")
  private CheckpointSpec checkpoints;

  @Option(
      names = "--features",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the training features.")
  private Path features;

  @Mixin private DataOptions data;

  @ArgGroup(multiplicity = "1")
  private Asked asked;

  /** What is asked about: a drawing, or a picture from elsewhere. */
  static final class Asked {
    @ArgGroup(exclusive = false)
    private Drawn target;

    @ArgGroup(exclusive = false)
    private ImageOptions image;
  }

  /** One of the trajectories of a file. */
  static final class Drawn {
    @ArgGroup(exclusive = false, multiplicity = "1")
    private TargetOptions target;

    @Option(
        names = "--index",
        paramLabel = "I",
        description = "Which of the trajectories, from 0 (default: the first).")
    @InRange(from = 0)
    private int index;
  }

  @Mixin private StepOptions timesteps;

  @Option(
      names = "--group",
      paramLabel = "COLUMN",
      description =
          "Leave out the strongest group by class, folder, duplicates, a column of texts of the data,"
              + " or @FILE.csv (default: the strongest images).")
  private String group;

  @Mixin private AuditOptions audit;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of random sets and of noise (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for audit.html, audit.json and all that they are made of.")
  private Path out;

  @Override
  public void run() {
    audit.requireFit(group != null);
    Ensemble ensemble = Ensemble.open(checkpoints);
    FeatureStore store = FeatureStore.open(features);
    // Features of other checkpoints are told first.
    Attributor attributor = Attributor.of(ensemble, store);
    if (group == null) {
      Candidate.requireOthers(audit.removed(store.size()), store.size());
    }
    Dataset pictures =
        TrainingImages.of(store.manifest(), store.size(), data.open(console.progress()));
    for (String column : Stream.of(group, audit.strata()).filter(Objects::nonNull).toList()) {
      new GroupColumn(column, NearDuplicates.DEFAULT_CORRELATION)
          .check(pictures, console.progress());
    }
    Dataset seen = Encoders.dataOf(store.manifest(), Encoders.dataOf(ensemble, pictures));
    Retraining how = audit.retraining(ensemble);
    ConditioningSpec conditioning = conditioning(ensemble);
    try (Encoders.Opened encoders = Encoders.of(ensemble).open(conditioning.takesCaptions())) {
      AuditQuestion question = question(ensemble, store, encoders);
      Attribution scores = scores(attributor, question);
      int[] clusters =
          NearDuplicates.clusters(pictures, NearDuplicates.DEFAULT_CORRELATION, console.progress());
      List<GroupScores> grouped = new ArrayList<>();
      List<Candidate> candidates = candidates(scores, pictures, clusters, grouped);
      int[] strata = strata(conditioning, scores, pictures, clusters);
      Audit found =
          new AuditRun(
                  new RetrainedModels(ensemble, how, seen, audit.models(place(MODELS))),
                  question,
                  candidates,
                  strata,
                  audit.config(
                      group != null || strata != null, strata == null ? null : strataName(), seed))
              .run(place(RETRAINING), console.context());
      AuditReport report = AuditReport.of(scores, grouped, found, pictures, typed());
      report.write(place("audit.html"), place("audit.json"));
      found.judgements().forEach(one -> console.say(one.sentence(found.moves())));
      console.say("The report is " + place("audit.html").toAbsolutePath().normalize().toUri());
    }
  }

  /** The command as it was typed, but for what decides no number. */
  private String typed() {
    StringBuilder line = new StringBuilder("journey audit");
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      if (!DECIDING_NOTHING.contains(option.longestName())) {
        line.append(' ').append(option.longestName());
        if (option.arity().max() > 0) {
          option.originalStringValues().forEach(value -> line.append(' ').append(quoted(value)));
        }
      }
    }
    return line.toString();
  }

  private static String quoted(String value) {
    return value.matches("[\\w./:=,@+-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
  }

  private Path place(String name) {
    return Confined.path(out, name);
  }

  private static ConditioningSpec conditioning(Ensemble ensemble) {
    try (Checkpoint first = ensemble.first()) {
      return first.inputs().conditioning();
    }
  }

  private AuditQuestion question(Ensemble ensemble, FeatureStore store, Encoders.Opened encoders) {
    if (asked.image != null) {
      ImageOptions.Asked pictures =
          asked.image.read(ensemble, store, encoders, timesteps.steps(), seed);
      if (pictures.targets().size() != 1) {
        throw new SettingException(
            "an audit asks about one picture, and --image names "
                + pictures.targets().size()
                + ": name a file");
      }
      pictures.notes().forEach(console::announce);
      return new AuditQuestion.Picture(pictures.targets().get(0), LOSS_DRAWS, seed);
    }
    TrajectoryFile file = asked.target.target.file();
    if (asked.target.index >= file.size()) {
      throw new SettingException(
          "--index must be below the " + file.size() + " of the file, got " + asked.target.index);
    }
    return new AuditQuestion.Drawing(
        file, file.read(asked.target.index, encoders.text()), encoders);
  }

  private Attribution scores(Attributor attributor, AuditQuestion question) {
    Timesteps wanted = timesteps.steps();
    List<Trajectory> target = List.of(question.target());
    int[] steps = wanted.among(question.target().timesteps());
    return attributor
        .withSeed(seed)
        .withOverSteps(StepWeights.equal(steps, 1))
        .stage(target, wanted)
        .run(place(ATTRIBUTION), console.context());
  }

  /**
   * Returns what is left out, and scores groups.
   *
   * @param grouped takes the latter
   */
  private List<Candidate> candidates(
      Attribution scores, Dataset pictures, int[] clusters, List<GroupScores> grouped) {
    boolean copies = Arrays.stream(clusters).anyMatch(first -> first >= 0);
    if (copies && !Grouping.DUPLICATES.equals(group)) {
      Grouping duplicates = grouping(Grouping.DUPLICATES, scores, pictures, clusters);
      groups(scores, duplicates, Grouping.DUPLICATES, grouped);
    }
    if (group == null) {
      float[] over = scores.overSteps().orElseThrow().scores(0);
      return List.of(Candidate.strongest(over, audit.removed(over.length), clusters));
    }
    Grouping grouping = grouping(group, scores, pictures, clusters);
    return Candidate.groups(
        groups(scores, grouping, GROUPS, grouped), grouping, 0, audit.candidates());
  }

  private GroupScores groups(
      Attribution scores, Grouping grouping, String folder, List<GroupScores> grouped) {
    GroupScores found =
        new GroupScoresRun(scores, grouping, GroupScoresRun.DEFAULT_GROUPINGS, seed)
            .run(place(folder), console.context());
    grouped.add(0, found);
    return found;
  }

  /** Near-duplicates are searched once: groups by them are made of what was found. */
  private Grouping grouping(String column, Attribution scores, Dataset pictures, int[] clusters) {
    return column.equals(Grouping.DUPLICATES)
        ? Grouping.ofDuplicates(pictures, NearDuplicates.DEFAULT_CORRELATION, clusters)
        : new GroupColumn(column, NearDuplicates.DEFAULT_CORRELATION)
            .of(scores, () -> pictures, console.progress());
  }

  private String strataName() {
    return audit.strata() == null ? Grouping.CLASS : audit.strata();
  }

  /** Groups themselves are left out whole: there may be no others like them. */
  private int[] strata(
      ConditioningSpec conditioning, Attribution scores, Dataset pictures, int[] clusters) {
    boolean asked = audit.strata() != null;
    if (!asked && (group != null || conditioning.classes().isEmpty())) {
      return null;
    }
    return grouping(strataName(), scores, pictures, clusters).members();
  }
}
