package io.journey.cli;

import io.journey.results.Attribution;
import io.journey.results.TargetNames;
import io.journey.results.groups.GroupScores;
import io.journey.results.groups.GroupScoresRun;
import io.journey.results.groups.Grouping;
import io.journey.run.Counted;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Adds up the scores of groups of training images. */
@Command(
    name = "groups",
    description = {
      "Which groups of training images, an artist's or a source's, made a picture, or nobody in"
          + " particular?",
      "The scores of a group are the sum of its images', beside what random groups of its size get."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey groups --attribution runs/fashion/attribution --group class \\",
      "      --out runs/fashion/classes",
      "  journey groups ... --group artist --data 'photos?size=64' --out runs/artists",
      "  journey groups ... --group duplicates --data 'photos?size=64' --out copies",
      "  journey groups ... --group @sources.csv --out runs/sources"
    })
final class GroupsCommand implements Runnable {
  @Mixin private Console console;

  @Option(
      names = "--attribution",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the scores.")
  private Path attribution;

  @Option(
      names = "--group",
      required = true,
      paramLabel = "COLUMN",
      description = {
        "What they are groups by: class, folder, split, duplicates (clusters of near-duplicates), a"
            + " column of the data (metadata.jsonl or .csv, Parquet, WebDataset, MS COCO's license), or"
            + " @FILE.csv with lines id,group.",
        "An image without one is in no group."
      })
  private String group;

  @ArgGroup(exclusive = false)
  private DataOptions data;

  @Mixin private SimilarityOption similarity;

  @Option(
      names = "--groupings",
      paramLabel = "N",
      description = "Random groupings to compare with, from 99 (default: ${DEFAULT-VALUE}).",
      defaultValue = "" + GroupScoresRun.DEFAULT_GROUPINGS)
  @InRange(from = 99, to = GroupScoresRun.MOST_GROUPINGS)
  private int groupings;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of the random groupings (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for groups.csv and groups.json.")
  private Path out;

  @Override
  public void run() {
    GroupColumn column = new GroupColumn(group, similarity.similarity());
    Attribution scores = Attribution.open(attribution);
    Grouping grouping =
        column.of(
            scores, () -> data == null ? null : data.open(console.progress()), console.progress());
    GroupScores found =
        new GroupScoresRun(scores, grouping, groupings, seed).run(out, console.context());
    List<String> names = TargetNames.of(scores);
    for (int t = 0; t < scores.targets(); t++) {
      console.say(names.get(t) + ": " + found.sentence(t));
    }
    grouping.notes().forEach(console::say);
    if (grouping.without() > 0) {
      console.say(
          grouping.without()
              + " of "
              + Counted.of(scores.size(), "training images")
              + " "
              + Counted.are(grouping.without())
              + " in no group.");
    }
    console.say(GroupScores.RULE);
    if (scores.checkpointNames().size() < 2) {
      console.say(
          "There is one checkpoint, so sums have no intervals and shares are not told: attribute by"
              + " several.");
    }
    console.say("Tables are in " + out + ".");
  }
}
