package io.journey.benchmarks;

import io.journey.dataset.ImageShape;
import io.journey.latent.LatentCodec;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.scenes.Emoji;
import io.journey.scenes.Scene;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scenes as a model may draw them: some went through an autoencoder with noise on their latents,
 * all may be moved by two pixels, blurred and noisy. Each emoji is as often at each side in each
 * style, as far as the number of scenes allows.
 *
 * @param emoji what they show
 * @param codec the autoencoder
 * @param share of scenes that go through it, 0..1
 * @param seed of everything random
 */
record AugmentedScenes(Emoji emoji, LatentCodec codec, double share, Seed seed) {
  static final ImageShape SHAPE = new ImageShape(3, Scene.SIDE, Scene.SIDE);

  private static final int SIDE = Scene.SIDE;
  private static final double MOST_LATENT_NOISE = 0.4;
  private static final double MOST_NOISE = 0.1;
  private static final double BLURRED = 0.3;
  private static final int MOST_SHIFT = 2;

  /**
   * A picture and what it shows.
   *
   * @param pixels [3·64·64] in [-1, 1]
   */
  record Picture(Scene scene, float[] pixels) {}

  /** Makes scenes; number k is the same whatever {@code count} is. */
  List<Picture> make(int count, RunContext context) {
    Picture[] made = new Picture[count];
    try (Progress.Task task = context.progress().start("Changing scenes", count, "scenes")) {
      context
          .workers()
          .forEach(
              count,
              k -> {
                Scene scene = scene(k);
                made[k] = new Picture(scene, changed(pixels(scene), seed.child(k)));
                task.advance(1);
              });
    }
    return List.of(made);
  }

  /** Styles take turns; a round of both shows each emoji once at each side in each style. */
  private Scene scene(int k) {
    List<String> names = emoji.names();
    int styles = Emoji.STYLES.size();
    String style = Emoji.STYLES.get(k % styles);
    int place = k / styles % names.size();
    Seed round = seed.child("round").child(k / styles / names.size()).child(style);
    int[] left = round.child("left").stream().permutation(names.size());
    int[] right = round.child("right").stream().permutation(names.size());
    return new Scene(names.get(left[place]), names.get(right[place]), style);
  }

  private float[] pixels(Scene scene) {
    int[] rgb = scene.draw(emoji).getRGB(0, 0, SIDE, SIDE, null, 0, SIDE);
    float[] out = new float[SHAPE.numel()];
    for (int i = 0; i < out.length; i++) {
      int level = rgb[i % rgb.length] >> 16 - 8 * (i / rgb.length) & 255;
      out[i] = level / 127.5f - 1;
    }
    return out;
  }

  private float[] changed(float[] pixels, Seed own) {
    RandomStream choice = own.child("choice").stream();
    float[] out = pixels;
    if (choice.uniform(0) < share) {
      ImageShape latent = codec.latentShape(SHAPE);
      float[][] z = codec.encode(new float[][] {out}, SHAPE);
      addNoise(z[0], MOST_LATENT_NOISE * choice.uniform(1), own.child("latent noise"));
      out = codec.decode(z, latent)[0];
    }
    out = shifted(out, shift(choice.uniform(2)), shift(choice.uniform(3)));
    if (choice.uniform(4) < BLURRED) {
      out = blurred(out);
    }
    double least = choice.uniform(5);
    addNoise(out, MOST_NOISE * least * least, own.child("noise"));
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.max(-1, Math.min(1, out[i]));
    }
    return out;
  }

  private static int shift(double uniform) {
    return (int) Math.floor(uniform * (2 * MOST_SHIFT + 1)) - MOST_SHIFT;
  }

  private static void addNoise(float[] numbers, double deviation, Seed seed) {
    float[] noise = new float[numbers.length];
    seed.stream().fillGaussian(noise);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] += (float) (deviation * noise[i]);
    }
  }

  /** Moves a picture; its edge goes on beyond it. */
  private static float[] shifted(float[] pixels, int dx, int dy) {
    float[] out = new float[pixels.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = at(pixels, i / (SIDE * SIDE), i / SIDE % SIDE - dy, i % SIDE - dx);
    }
    return out;
  }

  private static float at(float[] pixels, int channel, int row, int column) {
    int y = Math.max(0, Math.min(SIDE - 1, row));
    int x = Math.max(0, Math.min(SIDE - 1, column));
    return pixels[(channel * SIDE + y) * SIDE + x];
  }

  /** Means of nine pixels, weighted 1, 2, 1 along both sides. */
  private static float[] blurred(float[] pixels) {
    float[] out = new float[pixels.length];
    for (int i = 0; i < out.length; i++) {
      float sum = 0;
      for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
          int weight = (2 - Math.abs(dy)) * (2 - Math.abs(dx));
          sum += weight * at(pixels, i / (SIDE * SIDE), i / SIDE % SIDE + dy, i % SIDE + dx);
        }
      }
      out[i] = sum / 16;
    }
    return out;
  }

  /** Returns the left or the right half of a picture, [3·64·32]. */
  static float[] half(float[] picture, boolean right) {
    int width = SIDE / 2;
    float[] out = new float[picture.length / 2];
    IntStream.range(0, out.length / width)
        .forEach(
            row ->
                System.arraycopy(
                    picture, row * SIDE + (right ? width : 0), out, row * width, width));
    return out;
  }

  /** Returns the left half of a picture and the right one. */
  static List<float[]> halves(float[] picture) {
    return List.of(half(picture, false), half(picture, true));
  }

  /** Returns the classes of halves: each emoji in each style. */
  static List<String> classNames(Emoji emoji) {
    return emoji.names().stream()
        .flatMap(name -> Emoji.STYLES.stream().map(style -> name + ", " + style))
        .toList();
  }

  /** Returns a picture in bytes, for a data set of many. */
  static byte[] levels(float[] pixels) {
    byte[] levels = new byte[pixels.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) Math.round((pixels[i] + 1) * 127.5f);
    }
    return levels;
  }
}
