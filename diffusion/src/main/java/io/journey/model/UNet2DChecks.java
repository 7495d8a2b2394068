package io.journey.model;

import io.journey.dataset.ImageShape;
import io.journey.model.UNet2DConditionOptions.PerLevel;
import io.journey.model.UNet2DOptions.Size;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import java.util.List;

/**
 * Parts of what {@link UNet2DConfig} and {@link UNet2DConditionConfig} require of their options;
 * each adds what does not hold.
 */
final class UNet2DChecks {
  private UNet2DChecks() {}

  /** Refuses other numbers of blocks than there are levels. */
  static void requireLevels(int levels, int down, int up) {
    if (levels == 0 || levels != down || levels != up) {
      throw new SettingException(
          "a U-Net needs as many down_block_types and up_block_types as block_out_channels, got "
              + down
              + ", "
              + up
              + " and "
              + levels);
    }
  }

  static void checkSize(List<String> problems, Size size, int levels) {
    if (size == null) {
      return;
    }
    String words = size.text().replace('x', '×');
    if (size.height() < 1 || size.width() < 1) {
      problems.add("sample_size must be at least 1, got " + words);
      return;
    }
    long scale = 1L << Math.min(levels - 1, 40);
    if (size.height() % scale != 0 || size.width() % scale != 0) {
      problems.add(
          "sample_size "
              + words
              + " is not divisible by "
              + scale
              + ", which "
              + levels
              + " levels need");
    }
  }

  static void checkNorms(
      List<String> problems, List<Integer> widths, int groups, Integer midGroups, double eps) {
    for (int width : widths) {
      if (width < 1 || groups < 1 || width % groups != 0) {
        problems.add(
            "norm_num_groups " + groups + " does not divide " + Counted.of(width, "channels"));
      }
    }
    int last = widths.get(widths.size() - 1);
    if (midGroups != null && (midGroups < 1 || last % midGroups != 0)) {
      problems.add(
          "attn_norm_num_groups " + midGroups + " does not divide " + Counted.of(last, "channels"));
    }
    if (!(eps >= 0 && Double.isFinite(eps))) {
      problems.add("norm_eps must be at least 0, got " + eps);
    }
  }

  static void checkNumbers(
      List<String> problems, int downsamplePadding, double dropout, double midBlockScaleFactor) {
    if (downsamplePadding < 0 || downsamplePadding > 1) {
      problems.add("downsample_padding must be 0 or 1, got " + downsamplePadding);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      problems.add("dropout must be in [0, 1), got " + dropout);
    }
    if (midBlockScaleFactor == 0 || !Double.isFinite(midBlockScaleFactor)) {
      problems.add("mid_block_scale_factor must not be 0, got " + midBlockScaleFactor);
    }
  }

  static void checkFrequencies(List<String> problems, int freqShift, int channels) {
    if (channels / 2 == freqShift) {
      problems.add(
          "freq_shift "
              + freqShift
              + " leaves no frequencies of "
              + Counted.of(channels, "channels"));
    }
  }

  /** Returns whether there is a number of at least 1 for every level. */
  static boolean fits(List<String> problems, String name, PerLevel numbers, int levels) {
    if (numbers == null) {
      problems.add(name + " must be a number or a list, got null");
      return false;
    }
    if (numbers.all() == null && numbers.each().size() != levels) {
      problems.add(name + " " + numbers + " has no number for each of " + levels + " levels");
      return false;
    }
    for (int i = 0; i < levels; i++) {
      if (numbers.at(i) < 1) {
        problems.add(name + " must be at least 1, got " + numbers);
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the shape of the images.
   *
   * @throws JourneyException if the model predicts other images than it takes, or does not tell
   *     their size
   */
  static ImageShape shape(int inChannels, int outChannels, Size sampleSize) {
    if (inChannels != outChannels) {
      throw new JourneyException(
          "The model has in_channels "
              + inChannels
              + " and out_channels "
              + outChannels
              + ", expected as many: name a checkpoint that predicts images like those it takes.");
    }
    if (sampleSize == null) {
      throw new JourneyException(
          "The model's config.json has sample_size null, expected the side of its images:"
              + " write it there.");
    }
    return new ImageShape(inChannels, sampleSize.height(), sampleSize.width());
  }

  static void requireNoDropout(double dropout) {
    if (dropout > 0) {
      throw new SettingException(
          "dropout " + dropout + " cannot be trained with, only evaluated: set dropout to 0");
    }
  }

  static void atLeastOne(List<String> problems, String name, Integer value) {
    if (value != null && value < 1) {
      problems.add(name + " must be at least 1, got " + value);
    }
  }
}
