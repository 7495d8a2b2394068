package io.journey.results.exchange;

import io.journey.dataset.Dataset;
import io.journey.results.Attribution;
import io.journey.results.groups.GroupScores;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Optional;

/**
 * What is exported, and how.
 *
 * @param attribution finished, on disk
 * @param data its training images, as pictures
 * @param groups scores of groups of the same attribution
 * @param images the form in which training images are named; empty: their files where they are
 *     files of their own, otherwise PNG
 * @param absolute whether paths begin at the root of the file system, otherwise at the export
 * @param strongest how many training images count as the strongest of a target, at least 1
 * @param names what the export cannot know itself
 * @param embedding a vector of each training image; empty: its scores, in standard deviations
 */
@RecordBuilder
public record ExportRequest(
    Attribution attribution,
    Dataset data,
    List<GroupScores> groups,
    Optional<ImageForm> images,
    boolean absolute,
    int strongest,
    Names names,
    Optional<Embedding> embedding)
    implements ExportRequestBuilder.With {
  /** Strongest images of a target where nothing else is said. */
  public static final int DEFAULT_STRONGEST = 10;

  public ExportRequest {
    groups = List.copyOf(groups);
  }

  /**
   * Names of things as other people know them; "" where none is given.
   *
   * @param dataset of the data set, such as an id on the Hugging Face Hub
   * @param license of the data set, a name or an address
   * @param creator of the data set
   * @param baseModel the model that was trained on, such as an id on the Hugging Face Hub
   */
  public record Names(String dataset, String license, String creator, String baseModel) {}

  /**
   * Vectors of the training images by a network.
   *
   * @param name of the network
   * @param fingerprint of what decides its numbers
   * @param vectors [N, D], D at least 1
   */
  public record Embedding(String name, String fingerprint, float[][] vectors) {}
}
