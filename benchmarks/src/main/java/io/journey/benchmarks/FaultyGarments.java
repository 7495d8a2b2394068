package io.journey.benchmarks;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.scenes.Emoji;
import java.io.DataOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Garments with faults put in, as an IDX folder: some under another class, some a second time a
 * little changed, and emoji in grey among them under a class by chance.
 *
 * @param folder of the set
 * @param faults of each image, in its order
 * @param mates the place of the other of two copies, −1 where there is none
 */
record FaultyGarments(Path folder, List<Fault> faults, int[] mates) {
  /** What is wrong with an image. */
  enum Fault {
    NONE,
    SWITCHED,
    COPIED,
    FOREIGN
  }

  private static final int SIDE = 28;
  private static final int MARGIN = (Emoji.SIDE - SIDE) / 2;

  /** Copies are shifted by this many pixels at most, in each direction. */
  private static final int SHIFT = 1;

  /** They are this much darker or brighter at most. */
  private static final double BRIGHTNESS = 0.15;

  /** Standard deviation of the noise on them, of 255. */
  private static final double NOISE = 6;

  private record Image(byte[] pixels, int label, Fault fault, int pair) {}

  /**
   * Writes a set.
   *
   * @param garments clean ones, before copies and emoji are added
   * @param each number of images under another class, and of emoji
   * @param pairs number of images that there are a second time
   */
  static FaultyGarments write(Path folder, int garments, int each, int pairs, Seed seed) {
    Path data = Path.of(System.getProperty("journey.home", "."), "data");
    Dataset clean = Datasets.open(data.resolve("fashion-mnist").toString());
    int classes = clean.classNames().size();
    int[] order = seed.child("garments").stream().permutation(clean.size());
    List<Image> images = new ArrayList<>();
    RandomStream labels = seed.child("labels").stream();
    for (int i = 0; i < garments; i++) {
      int label = clean.condition(order[i]).classNumber().orElseThrow();
      byte[] pixels = bytes(clean, order[i]);
      if (i < each) {
        int other = (label + 1 + labels.nextInt(classes - 1)) % classes;
        images.add(new Image(pixels, other, Fault.SWITCHED, -1));
      } else if (i < each + pairs) {
        byte[] changed = changed(pixels, seed.child("copies").child(i));
        images.add(new Image(pixels, label, Fault.COPIED, i));
        images.add(new Image(changed, label, Fault.COPIED, i));
      } else {
        images.add(new Image(pixels, label, Fault.NONE, -1));
      }
    }
    Emoji emoji = Emoji.open(data.resolve("scenes"));
    int styles = Emoji.STYLES.size();
    int[] drawn = seed.child("emoji").stream().permutation(emoji.names().size() * styles);
    for (int i = 0; i < each; i++) {
      String name = emoji.names().get(drawn[i] / styles);
      byte[] pixels = grey(emoji.pixels(name, Emoji.STYLES.get(drawn[i] % styles)));
      images.add(new Image(pixels, labels.nextInt(classes), Fault.FOREIGN, -1));
    }
    List<Image> mixed = new ArrayList<>();
    for (int i : seed.child("order").stream().permutation(images.size())) {
      mixed.add(images.get(i));
    }
    store(folder, mixed, clean.classNames());
    return new FaultyGarments(folder, mixed.stream().map(Image::fault).toList(), mates(mixed));
  }

  private static int[] mates(List<Image> images) {
    int[] mates = new int[images.size()];
    Map<Integer, Integer> earlier = new HashMap<>();
    for (int i = 0; i < mates.length; i++) {
      int pair = images.get(i).pair();
      Integer mate = pair < 0 ? null : earlier.put(pair, i);
      mates[i] = -1;
      if (mate != null) {
        mates[i] = mate;
        mates[mate] = i;
      }
    }
    return mates;
  }

  private static byte[] bytes(Dataset data, int index) {
    float[] image = new float[data.shape().numel()];
    data.read(index, image, 0);
    byte[] bytes = new byte[image.length];
    for (int p = 0; p < bytes.length; p++) {
      bytes[p] = (byte) Math.round((image[p] + 1) * 127.5f);
    }
    return bytes;
  }

  private static byte[] changed(byte[] pixels, Seed seed) {
    RandomStream shifts = seed.child("shift").stream();
    int down = shifts.nextInt(2 * SHIFT + 1) - SHIFT;
    int right = shifts.nextInt(2 * SHIFT + 1) - SHIFT;
    double bright = 1 + BRIGHTNESS * (2 * seed.child("brightness").stream().uniform(0) - 1);
    RandomStream noise = seed.child("noise").stream();
    byte[] out = new byte[pixels.length];
    for (int p = 0; p < out.length; p++) {
      int y = Math.floorMod(p / SIDE - down, SIDE);
      int x = Math.floorMod(p % SIDE - right, SIDE);
      double level = bright * (pixels[y * SIDE + x] & 0xFF) + NOISE * noise.gaussian(p);
      out[p] = (byte) Math.round(Math.max(0, Math.min(255, level)));
    }
    return out;
  }

  /** The middle of an emoji, light on black as garments are. */
  private static byte[] grey(int[] rgb) {
    byte[] out = new byte[SIDE * SIDE];
    for (int p = 0; p < out.length; p++) {
      int of = rgb[(p / SIDE + MARGIN) * Emoji.SIDE + p % SIDE + MARGIN];
      out[p] =
          (byte)
              Math.round(
                  255 - 0.299 * (of >> 16 & 0xFF) - 0.587 * (of >> 8 & 0xFF) - 0.114 * (of & 0xFF));
    }
    return out;
  }

  private static void store(Path folder, List<Image> images, List<String> classNames) {
    AtomicFile.write(
        folder.resolve("train-images-idx3-ubyte"),
        stream -> {
          DataOutputStream out = new DataOutputStream(stream);
          for (int number : new int[] {0x803, images.size(), SIDE, SIDE}) {
            out.writeInt(number);
          }
          for (Image image : images) {
            out.write(image.pixels());
          }
          out.flush();
        });
    AtomicFile.write(
        folder.resolve("train-labels-idx1-ubyte"),
        stream -> {
          DataOutputStream out = new DataOutputStream(stream);
          out.writeInt(0x801);
          out.writeInt(images.size());
          for (Image image : images) {
            out.write(image.label());
          }
          out.flush();
        });
    byte[] names = (String.join("\n", classNames) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve("classes.txt"), names);
  }

  /** Returns how many images have a fault; of copies pairs. */
  int count(Fault fault) {
    int count = Collections.frequency(faults, fault);
    return fault == Fault.COPIED ? count / 2 : count;
  }
}
