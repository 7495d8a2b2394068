package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.run.AtomicFile;
import io.journey.run.Counted;
import io.journey.run.Csv;
import io.journey.run.SettingException;
import io.journey.training.LedgerLine;
import io.journey.training.Retraining;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a member again, perhaps without some images. */
@Command(
    name = "replay",
    description = {
      "Train a checkpoint of an ensemble again without some images: the same initial weights, the"
          + " same images at the same steps with the same noise, minus those left out.",
      "Where none is left out, the same checkpoint comes out, to the byte."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey replay --checkpoints runs/fashion/checkpoints \\",
      "      --data 'data/fashion-mnist?size=16' --member member-000 \\",
      "      --without class=Bag --ledger bags.csv --out runs/fashion/without-bags"
    })
final class ReplayCommand implements Runnable {
  /** Characters of conditions that a sentence repeats. */
  private static final int MOST_TOLD = 200;

  @Mixin private Console console;

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "DIR",
      description = "The ensemble of journey train.")
  private CheckpointSpec checkpoints;

  @Mixin private DataOptions data;

  @Option(
      names = "--member",
      paramLabel = "NAME",
      description = "Which checkpoint (default: the first).")
  private String member;

  @Option(
      names = "--without",
      paramLabel = "CONDITION",
      description = {
        "The images that are left out: class=cat,dog, id=train/00017, id=@FILE with an id a line, or"
            + " COLUMN=VALUE of a column beside the images. Given again, those of all."
      })
  private List<String> without = new ArrayList<>();

  @Option(
      names = "--ledger",
      paramLabel = "FILE",
      description =
          "Write a CSV of which image each step met, at which timestep, mirrored or not, under which"
              + " condition, and the seed of its noise.")
  private Path ledger;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the checkpoint.")
  private Path out;

  @Override
  public void run() {
    Ensemble ensemble = Ensemble.open(checkpoints);
    Retraining how = Retraining.like(ensemble, Retraining.Coupling.COUPLED);
    Dataset images = data.open(console.progress(), ensemble);
    if (!images.fingerprint().equals(ensemble.dataFingerprint())) {
      throw new SettingException(
          "--data names other images than "
              + checkpoints
              + " was trained on: name the data of journey train");
    }
    int number = member == null ? 0 : ensemble.checkpointNames().indexOf(member);
    if (number < 0) {
      throw new SettingException(
          "--member must be one of " + ensemble.checkpointNames() + ", got " + member);
    }
    BitSet met = Retraining.metBy(ensemble, images, number);
    BitSet kept = (BitSet) met.clone();
    for (String condition : without) {
      kept.andNot(data.matching(images, condition, console.progress()));
    }
    if (kept.isEmpty()) {
      throw new SettingException("--without leaves no image to train on: leave out fewer");
    }
    Ensemble replayed = how.model(images, kept, number).run(out, console.context());
    if (ledger != null) {
      AtomicFile.write(
          ledger, to -> Csv.write(to, LedgerLine.class, how.ledger(images, kept, number)));
      console.say("Which image each step met is in " + ledger + ".");
    }
    String name = ensemble.checkpointNames().get(number);
    int left = met.cardinality() - kept.cardinality();
    if (left > 0) {
      String conditions = String.join("; ", without);
      String imagesLeftOut =
          Counted.of(left, "images")
              + (conditions.length() > MOST_TOLD ? "" : " (" + conditions + ")");
      console.say(name + " without " + imagesLeftOut + " is in " + out + ".");
      return;
    }
    console.say(
        isSame(ensemble.load(name), replayed.first())
            ? "Nothing was left out, and the same weights came out, to the byte: " + out + "."
            : "Nothing was left out, and other weights came out than "
                + name
                + " has: it was trained by another version or on another machine.");
  }

  private static boolean isSame(Checkpoint one, Checkpoint other) {
    try (one;
        other) {
      return one.fingerprint().equals(other.fingerprint());
    }
  }
}
