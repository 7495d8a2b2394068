package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.results.Attribution;
import io.journey.results.ExampleTable;
import io.journey.results.TrainingImages;
import io.journey.results.groups.Grouping;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * What training images are grouped by, as a user names it.
 *
 * @param name class, folder, duplicates, a column of the data, or @FILE.csv
 * @param similarity from which on two images are near-duplicates
 */
record GroupColumn(String name, double similarity) {
  GroupColumn {
    if (name.isBlank() || name.equals(Grouping.FILE)) {
      throw new SettingException(
          "--group '"
              + name
              + "' names nothing: write class, folder, a column of the data or @FILE");
    }
  }

  /**
   * Refuses a column that the data set does not have, before anything is scored for it.
   *
   * @throws JourneyException if no image has a group; near-duplicates are not searched for that
   */
  void check(Dataset data, Progress progress) {
    if (!name.equals(Grouping.DUPLICATES)) {
      of(ExampleTable.examples(data), () -> data, progress);
    }
  }

  /**
   * Groups the images of an attribution.
   *
   * @param data opens the data set where the column is told by it alone; returns null where none
   *     was named
   */
  Grouping of(Attribution scores, Supplier<Dataset> data, Progress progress) {
    return of(scores.examples(), () -> pictures(scores, data.get()), progress);
  }

  private Dataset pictures(Attribution scores, Dataset named) {
    if (named == null) {
      throw new SettingException(
          "--group "
              + name
              + " is told by the data set alone: name it with --data, or group by class, folder or"
              + " @FILE");
    }
    return TrainingImages.of(scores, named);
  }

  private Grouping of(
      List<ExampleTable.Example> examples, Supplier<Dataset> pictures, Progress progress) {
    if (name.startsWith(Grouping.FILE)) {
      return Grouping.ofFile(Path.of(name.substring(1)), examples);
    }
    if (!Grouping.needsData(name)) {
      return Grouping.ofExamples(name, examples);
    }
    return name.equals(Grouping.DUPLICATES)
        ? Grouping.ofDuplicates(pictures.get(), similarity, progress)
        : Grouping.ofColumn(name, pictures.get(), progress);
  }
}
