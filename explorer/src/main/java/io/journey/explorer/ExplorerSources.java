package io.journey.explorer;

import io.journey.dataset.Dataset;
import io.journey.model.CheckpointSpec;
import java.nio.file.Path;

/**
 * What is explored.
 *
 * @param name that the page shows
 * @param checkpoints the ensemble or checkpoint that features were made with
 * @param features of the training images
 * @param target trajectories that {@code sample} has written
 * @param data the training images as pictures
 */
public record ExplorerSources(
    String name, CheckpointSpec checkpoints, Path features, Path target, Dataset data) {}
