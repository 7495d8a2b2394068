package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.encoding.Encoders;
import io.journey.model.Ensemble;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** Options that name the training data, for every command that reads them. */
final class DataOptions {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "SPEC",
      description = {
        "The training images: a folder of images, an IDX or CIFAR folder, Parquet or tar files, with"
            + " options as in DIR?size=32&channels=1.",
        "Later stages need the same data as train."
      })
  private String spec;

  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      description = {
        "Only some of them: class=cat,dog, id=train/00017 or id=@FILE with an id a line; != leaves"
            + " out. Given again, all conditions must hold."
      })
  private List<String> where = new ArrayList<>();

  /** Opens them as the checkpoints of an ensemble were trained on them: of latents, encoded. */
  Dataset open(Progress progress, Ensemble ensemble) {
    return Encoders.dataOf(ensemble, open(progress));
  }

  /** Opens them. */
  Dataset open(Progress progress) {
    return Datasets.open(narrowed(), progress);
  }

  private String narrowed() {
    String narrowed = spec;
    for (String condition : where) {
      narrowed = Datasets.where(narrowed, condition);
    }
    return narrowed;
  }

  /**
   * Returns which images meet a condition.
   *
   * @param all the images, as opened
   * @param condition on class or id as of --where, or COLUMN=VALUE of a column beside the images
   */
  BitSet matching(Dataset all, String condition, Progress progress) {
    int equals = condition.indexOf('=');
    if (equals == condition.length() - 1) {
      throw new SettingException("the condition '" + condition + "' names no value");
    }
    Predicate<String> matches;
    if (condition.matches("(class|id)!?=.+") || equals < 1) {
      matches = Set.copyOf(Datasets.ids(Datasets.where(narrowed(), condition), progress))::contains;
    } else {
      Map<String, String> column =
          Datasets.column(narrowed(), condition.substring(0, equals), progress);
      String value = condition.substring(equals + 1);
      matches = id -> value.equals(column.get(id));
    }
    BitSet found = new BitSet(all.size());
    IntStream.range(0, all.size()).filter(i -> matches.test(all.id(i))).forEach(found::set);
    if (found.isEmpty()) {
      throw new JourneyException(
          "No image meets the condition '" + condition + "': check its name and value.");
    }
    return found;
  }
}
