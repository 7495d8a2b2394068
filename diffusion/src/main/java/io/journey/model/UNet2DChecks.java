package io.journey.model;

import io.journey.model.UNet2DOptions.Size;
import io.journey.run.Counted;
import java.util.List;

/** Parts of what {@link UNet2DConfig} requires of its options; each adds what does not hold. */
final class UNet2DChecks {
  private UNet2DChecks() {}

  static void checkSize(List<String> problems, Size size, int levels) {
    if (size == null) {
      return;
    }
    String words =
        size.height() == size.width() ? "" + size.height() : size.height() + "×" + size.width();
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

  static void atLeastOne(List<String> problems, String name, Integer value) {
    if (value != null && value < 1) {
      problems.add(name + " must be at least 1, got " + value);
    }
  }
}
