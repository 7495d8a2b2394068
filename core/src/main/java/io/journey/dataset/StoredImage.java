package io.journey.dataset;

import io.journey.dataset.Transformations.Orient;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** One image as it lies in a file. Safe for many threads. */
interface StoredImage {
  /**
   * Reads it, untransformed.
   *
   * @param orient whether a camera's note is followed
   * @throws JourneyException if it cannot be read; the message names it
   */
  Pixels decode(Orient orient);

  /** A file of its own. */
  record InFile(SourceFile file) implements StoredImage {
    @Override
    public Pixels decode(Orient orient) {
      try (InputStream in = file.stream(0, file.size())) {
        return ImageDecoder.decode(in, file.size(), file.path().toString(), orient);
      } catch (IOException e) {
        throw SourceFile.unreadable(file.path(), e);
      }
    }
  }

  /** A PNG, JPEG, … within a file. */
  record Encoded(Content content, Path container, String id) implements StoredImage {
    @Override
    public Pixels decode(Orient orient) {
      String name = container + ": " + id;
      return ImageDecoder.decode(bytes(content, name), name, orient);
    }
  }

  /** Plain bytes, order C, H, W. */
  record Raw(Content content, Path container, ImageShape shape) implements StoredImage {
    @Override
    public Pixels decode(Orient orient) {
      return Pixels.of(shape, bytes(content, container.toString()));
    }
  }

  private static byte[] bytes(Content content, String name) {
    try {
      return content.read();
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + name + ": " + Failures.reason(e) + ".", e);
    } catch (OutOfMemoryError e) {
      throw new JourneyException(name + " does not fit into memory: raise -Xmx.", e);
    }
  }
}
