package io.journey.cli;

import io.journey.dataset.ImageShape;
import io.journey.score.PixelMask;
import io.journey.score.TargetDraws;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine.Option;

/** What the gradients of targets are averaged over, and the parts of them that are asked about. */
final class DrawOptions {
  private static final String WHOLE = "whole";

  @Option(
      names = "--draws",
      paramLabel = "K",
      description = "Draws of noise for each step of a target (default: 40).")
  @InRange(from = 1)
  private int draws = TargetDraws.DEFAULT;

  @Option(
      names = "--mask",
      paramLabel = "MASK",
      description = {
        "Attribute a patch: x,y,w,h in pixels or a PNG whose bright pixels are inside.",
        "Given again, each patch of a target is a target of its own; whole is the whole picture."
      })
  private List<String> masks = List.of();

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of the targets' noise (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Returns k'. */
  int draws() {
    return draws;
  }

  /** Returns the seed of the targets' noise. */
  long seed() {
    return seed;
  }

  /** Returns the parts of pictures, a null among them: the whole. */
  List<PixelMask> patches(ImageShape shape) {
    List<PixelMask> patches = new ArrayList<>();
    for (String mask : new LinkedHashSet<>(masks)) {
      patches.add(mask.equals(WHOLE) ? null : PixelMask.parse(mask, shape));
    }
    return patches;
  }
}
