package io.journey.model;

import io.journey.run.SettingException;
import java.util.List;
import java.util.Locale;

/**
 * A number of weights that an architecture has at least, found without building it: the second
 * convolutions of its residual blocks, the time embedding, tables, the first convolution. A
 * configuration's numbers are held against it before memory is taken for them.
 */
final class LeastWeights {
  private LeastWeights() {}

  /** Returns the number; a double, since the numbers of a configuration may be of any size. */
  static double of(UNet2DConfig config) {
    double first = config.blockOutChannels().get(0);
    double embedding = config.timeEmbeddingDim() == null ? 4 * first : config.timeEmbeddingDim();
    double classes =
        config.numClassEmbeds() == null || config.classEmbedType() != null
            ? 0
            : config.numClassEmbeds();
    double rows = config.numTrainTimesteps() == null ? 0 : config.numTrainTimesteps();
    double least = embedding * (embedding + classes) + first * (9.0 * config.inChannels() + rows);
    for (double width : config.blockOutChannels()) {
      least += 9 * config.layersPerBlock() * width * width;
    }
    return least;
  }

  /**
   * Refuses an architecture with more weights than a model may have.
   *
   * @throws SettingException if there are more than fit an array
   */
  static void require(UNet2DConfig config) {
    require(of(config), config.blockOutChannels(), config.layersPerBlock());
  }

  /**
   * Returns the same of a model of captions, in whose transformers each block has at least the maps
   * of GEGLU, and of a caption to keys and values.
   */
  static double of(UNet2DConditionConfig config) {
    double first = config.blockOutChannels().get(0);
    double embedding = config.timeEmbeddingDim() == null ? 4 * first : config.timeEmbeddingDim();
    double least = embedding * embedding + first * 9.0 * config.inChannels();
    for (int i = 0; i < config.blockOutChannels().size(); i++) {
      double width = config.blockOutChannels().get(i);
      double perLayer = 9 * width * width;
      if (config.attends(i)) {
        // At least one transformer of the level, whatever ways have one: that of the mid block.
        least +=
            config.transformerLayersPerBlock().at(i)
                * (12 * width * width + 2 * width * config.captionWidth());
      }
      least += config.layersPerBlock().at(i) * perLayer;
    }
    return least;
  }

  /** Refuses such an architecture with more weights than a model may have. */
  static void require(UNet2DConditionConfig config) {
    require(of(config), config.blockOutChannels(), config.layersPerBlock());
  }

  private static void require(double least, List<Integer> widths, Object layers) {
    if (least > Integer.MAX_VALUE) {
      throw new SettingException(
          String.format(
              Locale.ROOT,
              "a U-Net of block_out_channels %s and layers_per_block %s has at least %.0f weights,"
                  + " more than the %d a model may have: make it smaller",
              widths.stream().limit(8).toList(),
              layers,
              least,
              Integer.MAX_VALUE));
    }
  }
}
