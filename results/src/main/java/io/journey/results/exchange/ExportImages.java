package io.journey.results.exchange;

import io.journey.dataset.Content;
import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.figure.ImageGrid;
import io.journey.figure.Png;
import io.journey.run.Checksums;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.StageWork;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** The training images of an export: how they are called, their bytes and their checksums. */
public final class ExportImages {
  private final ExportRequest request;
  private final Dataset data;
  private final Path directory;
  private final ImageForm form;
  private final String[] ofMakers; // SHA-256 of images, as far as they were asked for
  private final String[] ofFiles; // the same of the files that are written

  ExportImages(ExportRequest request, Path directory) {
    this.request = request;
    this.data = request.data();
    this.directory = directory.toAbsolutePath().normalize();
    this.form = form(request);
    this.ofMakers = new String[data.size()];
    this.ofFiles = new String[data.size()];
  }

  static ImageForm form(ExportRequest request) {
    boolean files =
        IntStream.range(0, request.data().size()).allMatch(i -> request.data().file(i).isPresent());
    ImageForm form = request.images().orElse(files ? ImageForm.FILES : ImageForm.PNG);
    if (form == ImageForm.FILES && !files) {
      throw new JourneyException(
          "The images of "
              + request.data().spec()
              + " lie within larger files, and an export cannot name them as files: add --images png.");
    }
    return form;
  }

  /** Returns the form in which they are named. */
  public ImageForm form() {
    return form;
  }

  /**
   * Returns the path of a training image, with "/": from the export's directory, or from the root
   * of the file system.
   */
  public String path(int index) {
    String name = pngName(index);
    if (form == ImageForm.FILES) {
      Path file = data.file(index).orElseThrow().toAbsolutePath().normalize();
      return slashed(request.absolute() ? file : directory.relativize(file));
    }
    return request.absolute() ? slashed(directory) + "/" + name : name;
  }

  /** Returns a path with "/" on every system. */
  static String slashed(Path path) {
    return path.toString().replace(path.getFileSystem().getSeparator(), "/");
  }

  private static String pngName(int index) {
    return String.format(Locale.ROOT, "images/%06d.png", index);
  }

  /** Writes the files that {@link #path} names, where they are files of the export. */
  public void write(StageWork work) {
    if (form == ImageForm.PNG) {
      work.workers().forEach(data.size(), i -> write(work, i));
    }
  }

  private void write(StageWork work, int index) {
    byte[] png = png(index);
    ofFiles[index] = Checksums.of(png);
    work.write(pngName(index), out -> out.write(png));
  }

  /** Returns a training image as a PNG, as the model saw it. */
  public byte[] png(int index) {
    float[] image = new float[data.shape().numel()];
    data.read(index, image, 0);
    return png(image, data.shape());
  }

  /** Returns a picture as a PNG, grey where it has one channel. */
  static byte[] png(float[] image, ImageShape shape) {
    BufferedImage picture =
        ImageGrid.Cell.of(image, shape.channels(), shape.height(), shape.width(), "", null).image();
    if (shape.channels() != 1) {
      return Png.of(picture);
    }
    BufferedImage grey =
        new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < image.length; i++) {
      int x = i % shape.width();
      int y = i / shape.width();
      grey.getRaster().setSample(x, y, 0, picture.getRGB(x, y) & 0xFF);
    }
    return Png.of(grey);
  }

  /**
   * Returns the SHA-256 in hexadecimal of the file that {@link #path} names, once {@link #write}
   * has written what is to be written.
   */
  String sha256OfFile(int index) {
    return form == ImageForm.PNG ? ofFiles[index] : sha256(index);
  }

  /**
   * Returns the SHA-256 of a training image in hexadecimal: of its bytes as its maker encoded them,
   * or where it is stored as plain numbers of {@link #png}.
   */
  public String sha256(int index) {
    if (ofMakers[index] == null) {
      ofMakers[index] = hash(index);
    }
    return ofMakers[index];
  }

  private String hash(int index) {
    Optional<Content> bytes = data.encoded(index);
    try {
      return Checksums.of(bytes.isPresent() ? bytes.get().read() : png(index));
    } catch (IOException e) {
      throw new JourneyException(
          "Cannot read " + data.id(index) + ": " + Failures.reason(e) + ".", e);
    }
  }
}
