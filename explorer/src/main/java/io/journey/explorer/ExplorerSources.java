package io.journey.explorer;

import io.journey.dataset.Dataset;
import io.journey.model.CheckpointSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * What is explored.
 *
 * @param name that the page shows
 * @param checkpoints the ensemble or checkpoint that features were made with
 * @param features of the training images
 * @param waits whether features that are not finished are waited for
 * @param target trajectories that {@code sample} has written
 * @param data the training images as pictures
 * @param columns that images are grouped by, as {@code journey groups} names them
 */
public record ExplorerSources(
    String name,
    CheckpointSpec checkpoints,
    Path features,
    boolean waits,
    Path target,
    Dataset data,
    List<String> columns) {
  public ExplorerSources {
    columns = List.copyOf(columns);
  }

  /** Of a finished run, without columns beside those that every run has. */
  public ExplorerSources(
      String name, CheckpointSpec checkpoints, Path features, Path target, Dataset data) {
    this(name, checkpoints, features, false, target, data, List.of());
  }
}
