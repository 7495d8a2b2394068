package io.journey.dataset;

import io.journey.run.Workers;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/** A set larger than the memory of the process that reads it, and that process. */
final class LargeSet {
  static final int SIDE = 128;

  private LargeSet() {}

  private static final byte[] PATTERN = new byte[3 * SIDE * SIDE];

  static {
    for (int place = 0; place < PATTERN.length; place++) {
      PATTERN[place] = (byte) (place * 7 + (place * place >>> 5));
    }
  }

  /** The value of image i at a place, in the order C, H, W. */
  private static int value(int i, int place) {
    return (i * 31 + PATTERN[place]) & 0xFF;
  }

  private static byte[] bmp(int i) throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    int plane = SIDE * SIDE;
    for (int p = 0; p < plane; p++) {
      int rgb = value(i, p) << 16 | value(i, plane + p) << 8 | value(i, 2 * plane + p);
      image.setRGB(p % SIDE, p / SIDE, rgb);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "bmp", out);
    return out.toByteArray();
  }

  static void write(Path file, int count) throws IOException {
    OutputStream plain = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
    try (OutputStream out = file.toString().endsWith("gz") ? new GZIPOutputStream(plain) : plain) {
      for (int i = 0; i < count; i++) {
        String name = String.format("c%d/%06d.bmp", i % 3, i);
        out.write(new TarBytes().file(name, bmp(i)).unfinished());
      }
      out.write(new TarBytes().finished());
    }
  }

  /** Reads every image of the set {@code args[0]} with four threads, in a scattered order. */
  public static void main(String[] args) {
    Dataset dataset = Datasets.open(args[0]);
    AtomicInteger right = new AtomicInteger();
    int n = dataset.size();
    new Workers(4, () -> {})
        .forEach(
            n,
            unit -> {
              int index = (int) (unit * 7919L % n);
              int i = Integer.parseInt(dataset.id(index).replaceAll(".*/0*(\\d+)\\.bmp", "$1"));
              float[] numbers = new float[dataset.shape().numel()];
              dataset.read(index, numbers, 0);
              boolean same =
                  IntStream.range(0, numbers.length)
                      .allMatch(p -> numbers[p] == (float) (value(i, p) / 127.5 - 1));
              right.addAndGet(same ? 1 : 0);
            });
    System.out.println(right + " right, " + ((IndexedDataset) dataset).keptCount() + " kept");
  }
}
