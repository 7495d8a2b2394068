package io.journey.cli;

import io.journey.curation.CurationRun;
import io.journey.features.FeatureStore;
import io.journey.report.CurationReport;
import io.journey.results.curation.Curation;
import io.journey.results.curation.Issue;
import io.journey.run.AtomicFile;
import io.journey.run.Counted;
import io.journey.run.SettingException;
import io.journey.score.Damping;
import io.journey.score.Estimator;
import io.journey.score.Estimators;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds training images that a person should look at. */
@Command(
    name = "curate",
    description = {
      "Which training images should a person look at? Near-duplicates, images under a wrong class, images"
          + " foreign to the rest, found by what training on each does to all others.",
      "Nothing is left out unless --drop says it."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey curate --features runs/fashion/features \\",
      "      --data 'data/fashion-mnist?size=16' --out runs/fashion/curation",
      "  journey curate ... --drop duplicates,mislabels:20 --keep keep.txt",
      "  journey train --data 'data/fashion-mnist?size=16' --where id=@keep.txt ..."
    })
final class CurateCommand implements Runnable {
  private static final int TOLD = 3;

  @Mixin private Console console;

  @Option(
      names = "--features",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the training features.")
  private Path features;

  @Mixin private DataOptions data;

  @Option(
      names = "--estimator",
      paramLabel = "NAME",
      description =
          "How scores for one another are made of features: ek-fac, journey-trak, trak, d-trak,"
              + " tracin-dot (default: the first that the features serve).")
  private String estimator;

  @Mixin private DampingOption damping;

  @Option(
      names = "--supporters",
      paramLabel = "K",
      description = "Closest images that are asked about one (default: ${DEFAULT-VALUE}).",
      defaultValue = "" + CurationRun.DEFAULT_SUPPORTERS)
  @InRange(from = 3)
  private int supporters;

  @Mixin private SimilarityOption similarity;

  @Option(
      names = "--listed",
      paramLabel = "N",
      description = "Most images listed for an issue (default: ${DEFAULT-VALUE}).",
      defaultValue = "" + CurationRun.DEFAULT_LISTED)
  @InRange(from = 1)
  private int listed;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for suspects.csv, signals.csv and curation.json.")
  private Path out;

  @Option(
      names = "--page",
      paramLabel = "FILE",
      description = "The page to write (default: the directory's name with .html).")
  private Path page;

  @ArgGroup(exclusive = false)
  private Cleaning cleaning;

  /** What is left out, and where the rest is listed. */
  static final class Cleaning {
    @Option(
        names = "--drop",
        required = true,
        paramLabel = "ISSUES",
        description = {
          "What to leave out of the list of --keep: duplicates (all but the first of each cluster),"
              + " or an issue with how many of its most suspected images, as in"
              + " mislabels:20,foreign:5.",
          "Issues: duplicates, twins, mislabels, foreign, self-influence, against."
        })
    private String drop;

    @Option(
        names = "--keep",
        required = true,
        paramLabel = "FILE",
        description = "List of the ids of all other images, for --where id=@FILE.")
    private Path keep;
  }

  @Override
  public void run() {
    Map<Issue, Integer> dropped =
        cleaning == null ? Map.of() : Curation.parseDropped(cleaning.drop);
    FeatureStore store = FeatureStore.open(features);
    Estimator chosen =
        estimator == null ? Estimators.defaultFor(store) : Estimators.named(estimator);
    CurationRun run =
        CurationRun.of(
            store,
            chosen,
            new Damping(damping.forEstimator(chosen)),
            data.open(console.progress()),
            supporters,
            similarity.similarity(),
            listed);
    Curation found = run.run(out, console.context());
    for (Issue issue : Issue.values()) {
      console.say(sentence(issue, found));
    }
    if (cleaning != null) {
      keep(found, dropped);
    }
    Path html = page == null ? Path.of(out.toAbsolutePath().normalize() + ".html") : page;
    CurationReport.write(found, run.pictures(), html);
    console.say("The page is " + html.toAbsolutePath().normalize().toUri());
  }

  private static String sentence(Issue issue, Curation found) {
    List<String> first =
        found.suspects(issue).stream().limit(TOLD).map(s -> s.image().exampleId()).toList();
    int all = found.ranked(issue).size();
    return issue.title()
        + ": "
        + (first.isEmpty() ? "none" : String.join(", ", first))
        + (all > first.size() ? " first, then " + (all - first.size()) + " more in order" : "")
        + ".";
  }

  private void keep(Curation found, Map<Issue, Integer> dropped) {
    dropped.keySet().stream()
        .filter(issue -> found.ranked(issue).isEmpty())
        .forEach(issue -> console.say("There are no " + issue.word() + " to drop."));
    List<String> kept = found.kept(dropped);
    for (String id : kept) {
      if (!id.equals(id.strip()) || id.lines().count() != 1) {
        throw new SettingException(
            "the id '" + id + "' does not fit into a line, so there is no list of ids: rename it");
      }
    }
    byte[] lines = (String.join("\n", kept) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(cleaning.keep, lines);
    console.say(
        Counted.of(found.signals().size() - kept.size(), "images")
            + " dropped, "
            + kept.size()
            + " kept in "
            + cleaning.keep
            + ".");
  }
}
