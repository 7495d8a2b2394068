package io.journey.dataset;

import io.journey.dataset.Transformations.Orient;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Memory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** One image as it lies in a file. Safe for many threads. */
public interface StoredImage {
  /**
   * Reads it, untransformed.
   *
   * @param orient whether a camera's note is followed
   * @throws UnreadableImage if it is damaged or no image; the message names it
   * @throws JourneyException if it cannot be read for another reason
   */
  Pixels decode(Orient orient);

  /** Returns its bytes as its maker encoded them; empty where it is stored as plain numbers. */
  default Optional<Content> encoded() {
    return Optional.empty();
  }

  /** An image that is known to be unreadable before it is opened. */
  record Refused(String sentence) implements StoredImage {
    @Override
    public Pixels decode(Orient orient) {
      throw new UnreadableImage(sentence);
    }
  }

  /** A file of its own. */
  record InFile(SourceFile file) implements StoredImage {
    @Override
    public Optional<Content> encoded() {
      int length = (int) Math.min(Integer.MAX_VALUE - 8, file.size());
      return Optional.of(file.slice(0, length));
    }

    @Override
    public Pixels decode(Orient orient) {
      try (InputStream in = file.stream(0, file.size())) {
        return StoredImage.decoded(
            () -> ImageDecoder.decode(in, file.size(), file.path().toString(), orient));
      } catch (IOException e) {
        throw StoredImage.unreadable(file.path().toString(), e);
      }
    }
  }

  /** A PNG, JPEG, … within a file. */
  record Encoded(Content content, Path container, String id) implements StoredImage {
    @Override
    public Optional<Content> encoded() {
      return Optional.of(content);
    }

    @Override
    public Pixels decode(Orient orient) {
      String name = container + ": " + id;
      try {
        byte[] bytes = content.read();
        return StoredImage.decoded(() -> ImageDecoder.decode(bytes, name, orient));
      } catch (IOException e) {
        throw StoredImage.unreadable(name, e);
      } catch (OutOfMemoryError e) {
        throw tooLarge(name, e);
      }
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
      throw tooLarge(name, e);
    }
  }

  private static JourneyException tooLarge(String name, OutOfMemoryError e) {
    return new JourneyException(name + " does not fit into memory: " + Memory.raise() + ".", e);
  }

  /** Reads and decodes. */
  interface Decoding {
    Pixels decode() throws IOException;
  }

  /** Lack of memory is the machine's, everything else the image's. */
  private static Pixels decoded(Decoding decoding) throws IOException {
    try {
      return decoding.decode();
    } catch (JourneyException e) {
      throw e.getCause() instanceof OutOfMemoryError
          ? e
          : new UnreadableImage(e.getMessage(), e.getCause());
    }
  }

  private static UnreadableImage unreadable(String name, IOException e) {
    return new UnreadableImage("Cannot read " + name + ": " + Failures.reason(e) + ".", e);
  }
}
