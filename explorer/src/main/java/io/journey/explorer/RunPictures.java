package io.journey.explorer;

import io.journey.dataset.Dataset;
import io.journey.report.PagePicture;
import io.journey.sampling.Trajectory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Pictures of a run as small files: made when they are asked for, the latest kept. */
final class RunPictures {
  /** Bytes of pictures that are kept. */
  private static final long KEPT = 96L << 20;

  /** The longest side of a training image, and of a target. */
  private static final int THUMBNAIL = 160;

  private static final int LARGE = 512;

  private final ExploredRun run;
  private final Map<String, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  RunPictures(ExploredRun run) {
    this.run = run;
  }

  /** Returns the finished picture of a target. */
  byte[] target(int target) {
    return once(
        "target/" + target,
        () ->
            PagePicture.of(
                run.targets().get(target).finished(), run.targets().pictureShape(), LARGE));
  }

  /** Returns x_t of a target at a step, decoded. */
  byte[] noisy(int target, int step) {
    Trajectory of = run.targets().get(target).trajectory();
    return once("xt/" + target + "/" + step, () -> decoded(of.xt()[of.indexOf(step)]));
  }

  /** Returns x̂0 of a target at a step, decoded. */
  byte[] predicted(int target, int step) {
    Trajectory of = run.targets().get(target).trajectory();
    return once("x0/" + target + "/" + step, () -> decoded(of.x0()[of.indexOf(step)]));
  }

  /** Returns a training image. */
  byte[] image(int image) {
    Dataset images = run.images();
    return once(
        "image/" + image,
        () -> {
          float[] pixels = new float[images.shape().numel()];
          images.read(image, pixels, 0);
          return PagePicture.of(pixels, images.shape(), THUMBNAIL);
        });
  }

  private byte[] decoded(float[] sampled) {
    return PagePicture.of(run.targets().decode(sampled), run.targets().pictureShape(), LARGE);
  }

  /**
   * Makes the pictures of all steps of a target, as far as they fill half of what is kept.
   *
   * @param next asked before each, which may wait; false ends it early
   */
  void prepare(int target, BooleanSupplier next) {
    for (int step : run.targets().timesteps()) {
      if (isHalfFull() || !next.getAsBoolean()) {
        return;
      }
      predicted(target, step);
      if (next.getAsBoolean()) {
        noisy(target, step);
      }
    }
  }

  private boolean isHalfFull() {
    synchronized (kept) {
      return bytes > KEPT / 2;
    }
  }

  private byte[] once(String name, Supplier<byte[]> make) {
    synchronized (kept) {
      byte[] found = kept.get(name);
      if (found != null) {
        return found;
      }
    }
    byte[] made = make.get();
    synchronized (kept) {
      byte[] before = kept.put(name, made);
      bytes += made.length - (before == null ? 0 : before.length);
      var oldest = kept.entrySet().iterator();
      while (bytes > KEPT && oldest.hasNext()) {
        bytes -= oldest.next().getValue().length;
        oldest.remove();
      }
    }
    return made;
  }
}
