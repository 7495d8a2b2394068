package io.journey.dataset;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.JourneyException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;

/** Small data sets for the tests of this package, and what every refusal must look like. */
final class DatasetFiles {
  static final String IMAGES = "train-images-idx3-ubyte";
  static final String LABELS = "train-labels-idx1-ubyte";

  private DatasetFiles() {}

  /** The number of an example's class, −1 for none. */
  static int label(Dataset data, int example) {
    return data.condition(example).classNumber().orElse(-1);
  }

  /** The name of an example's class, "" for none. */
  static String className(Dataset data, int example) {
    return data.condition(example).words(data.classNames());
  }

  static byte[] idx(byte[] values, int... shape) {
    ByteBuffer out = ByteBuffer.allocate(4 + 4 * shape.length + values.length);
    out.putInt(0x800 + shape.length);
    for (int n : shape) {
      out.putInt(n);
    }
    return out.put(values).array();
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  /** Values that differ from image to image and from pixel to pixel. */
  static byte[] pixels(int count) {
    byte[] values = new byte[count];
    for (int i = 0; i < count; i++) {
      values[i] = (byte) (i * 37 + i / 7);
    }
    return values;
  }

  /** An IDX folder of {@code labels.length} images of 3×3 pixels. */
  static Path idxFolder(Path folder, int... labels) throws IOException {
    int n = labels.length;
    Files.createDirectories(folder);
    byte[] bytes = new byte[n];
    for (int i = 0; i < n; i++) {
      bytes[i] = (byte) labels[i];
    }
    Files.write(folder.resolve(IMAGES), idx(pixels(9 * n), n, 3, 3));
    Files.write(folder.resolve(LABELS), idx(bytes, n));
    return folder;
  }

  /** An image of one colour, {@code rgb} as 0xRRGGBB. */
  static BufferedImage plain(int type, int height, int width, int rgb) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, 0xFF000000 | rgb);
      }
    }
    return image;
  }

  static Path save(Path file, BufferedImage image) throws IOException {
    Files.createDirectories(file.getParent());
    String name = file.getFileName().toString();
    if (!ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile())) {
      throw new IOException("no writer for " + file);
    }
    return file;
  }

  static Path png(Path file, int height, int width, int rgb) throws IOException {
    return save(file, plain(BufferedImage.TYPE_INT_RGB, height, width, rgb));
  }

  /** A PNG in memory. */
  static byte[] pngBytes(int height, int width, int rgb) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(plain(BufferedImage.TYPE_INT_RGB, height, width, rgb), "png", out);
    return out.toByteArray();
  }

  static List<String> ids(Dataset dataset) {
    return IntStream.range(0, dataset.size()).mapToObj(dataset::id).toList();
  }

  static int[] labels(Dataset dataset) {
    return IntStream.range(0, dataset.size()).map(i -> label(dataset, i)).toArray();
  }

  static float[] read(Dataset dataset, int index) {
    float[] out = new float[dataset.shape().numel()];
    dataset.read(index, out, 0);
    return out;
  }

  /** A value as the file holds it, 0..255. */
  static float scaled(double value) {
    return (float) (value / 127.5 - 1);
  }

  /** The spec is refused in one line that ends like a sentence and holds all these parts. */
  static void assertRefused(String spec, String... parts) {
    assertThatThrownBy(() -> Datasets.open(spec))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll(parts)
        .hasMessageNotContainingAny("Exception", "(null)")
        .hasMessageMatching("[^\\n]+\\.");
  }
}
