package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.encoding.Encoders;
import io.journey.model.Ensemble;
import io.journey.run.Progress;
import java.util.ArrayList;
import java.util.List;
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
    String narrowed = spec;
    for (String condition : where) {
      narrowed = Datasets.where(narrowed, condition);
    }
    return Datasets.open(narrowed, progress);
  }
}
