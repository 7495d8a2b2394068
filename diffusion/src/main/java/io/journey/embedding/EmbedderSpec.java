package io.journey.embedding;

import io.journey.dataset.ImageShape;
import io.journey.embedding.ImagePreparation.Range;
import io.journey.run.Checksums;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The text that names an embedder: {@code kind:path[?option=value&option=value]}.
 *
 * @param text as typed
 * @param kind which network
 * @param path its folder or file
 * @param options by name
 */
record EmbedderSpec(String text, Kind kind, Path path, Map<String, String> options) {
  /** Numbers of a vector at most. */
  private static final int MAX_DIM = 65_536;

  private static final String FORMS = "classifier:DIR, clip:DIR, onnx:FILE or torchscript:FILE";

  /** The kind of network. */
  enum Kind {
    CLASSIFIER(List.of()),
    CLIP(List.of()),
    ONNX(List.of("size", "channels", "range", "mean", "std", "resample", "output")),
    TORCHSCRIPT(List.of("size", "channels", "range", "mean", "std", "resample"));

    private final List<String> known;

    Kind(List<String> known) {
      this.known = known;
    }
  }

  static EmbedderSpec parse(String text) {
    int colon = text.indexOf(':');
    int mark = text.indexOf('?', colon + 1);
    String place = text.substring(colon + 1, mark < 0 ? text.length() : mark);
    if (place.isEmpty()) {
      throw new JourneyException("Embedder '" + text + "' names no file: write " + FORMS + ".");
    }
    String word = colon < 0 ? "" : text.substring(0, colon);
    Kind kind =
        Arrays.stream(Kind.values())
            .filter(k -> k.name().toLowerCase(Locale.ROOT).equals(word))
            .findFirst()
            .orElseThrow(
                () ->
                    new JourneyException(
                        "Embedder '" + text + "' is of no known kind: write " + FORMS + "."));
    return new EmbedderSpec(text, kind, path(place, text), options(text, kind, mark));
  }

  private static Path path(String place, String text) {
    try {
      return Path.of(place);
    } catch (InvalidPathException e) {
      throw new JourneyException(
          "Embedder '" + text + "' is no path of this system: " + e.getReason() + ".", e);
    }
  }

  private static Map<String, String> options(String text, Kind kind, int mark) {
    Map<String, String> options = new LinkedHashMap<>();
    if (mark < 0) {
      return options;
    }
    for (String option : text.substring(mark + 1).split("&", -1)) {
      int equals = option.indexOf('=');
      String name = equals < 0 ? option : option.substring(0, equals);
      if (!kind.known.contains(name)) {
        throw new JourneyException(
            "Embedder '"
                + text
                + "' has an unknown option '"
                + name
                + "': "
                + (kind.known.isEmpty()
                    ? "leave it out."
                    : "use " + String.join(", ", kind.known) + "."));
      }
      if (options.put(name, option.substring(equals + 1)) != null) {
        throw new JourneyException(
            "Embedder '" + text + "' gives the option " + name + " twice: keep one.");
      }
    }
    return options;
  }

  /**
   * Returns how images are prepared: as the options say, otherwise as the network does.
   *
   * @param channels that the network declares, 0 if it does not
   * @param height that the network declares, 0 if it does not
   * @param width that the network declares, 0 if it does not
   * @throws JourneyException if neither says enough, or they contradict each other
   */
  ImagePreparation preparation(long channels, long height, long width) {
    int side = whole("size", 1, ImagePreparation.MAX_SIDE);
    int givenChannels = whole("channels", 1, 3);
    ImageShape shape =
        new ImageShape(
            agreed("channels", givenChannels == 0 && channels == 0 ? 3 : givenChannels, channels),
            agreed("size", side, height),
            agreed("size", side, width));
    List<Double> mean = numbers("mean", shape.channels(), 0.0);
    List<Double> deviation = numbers("std", shape.channels(), 1.0);
    try {
      return new ImagePreparation(
          shape,
          word("range", Range.UNIT),
          mean,
          deviation,
          word("resample", Interpolation.BILINEAR));
    } catch (IllegalArgumentException e) {
      throw new JourneyException("Embedder '" + text + "': " + e.getMessage() + ".", e);
    }
  }

  private int agreed(String option, int given, long declared) {
    if (given == 0 && declared == 0) {
      throw new JourneyException(
          "Embedder '"
              + text
              + "' does not say how large its images are: add ?size=224 or whatever"
              + " the network was made for.");
    }
    if (declared > ImagePreparation.MAX_SIDE) {
      throw new JourneyException(
          "Embedder '"
              + text
              + "' takes images of "
              + declared
              + " pixels a side, more than "
              + ImagePreparation.MAX_SIDE
              + ": name another network.");
    }
    if (given != 0 && declared != 0 && given != declared) {
      throw new JourneyException(
          "Embedder '"
              + text
              + "' has "
              + option
              + "="
              + given
              + ", the network takes "
              + declared
              + ": leave it out.");
    }
    return given != 0 ? given : (int) declared;
  }

  private int whole(String name, int min, int max) {
    String value = options.get(name);
    if (value == null) {
      return 0;
    }
    try {
      int n = Integer.parseInt(value);
      if (n >= min && n <= max) {
        return n;
      }
    } catch (NumberFormatException e) {
      throw wrong(name, "a whole number from " + min + " to " + max, e);
    }
    throw wrong(name, "a whole number from " + min + " to " + max, null);
  }

  private List<Double> numbers(String name, int channels, double otherwise) {
    String value = options.get(name);
    if (value == null) {
      return Collections.nCopies(channels, otherwise);
    }
    try {
      List<Double> numbers = new ArrayList<>();
      for (String part : value.split(",", -1)) {
        numbers.add(Double.parseDouble(part));
      }
      return numbers.size() == 1 ? Collections.nCopies(channels, numbers.get(0)) : numbers;
    } catch (NumberFormatException e) {
      throw wrong(name, "numbers with commas between them", e);
    }
  }

  private <E extends Enum<E>> E word(String name, E otherwise) {
    String value = options.get(name);
    List<String> words = new ArrayList<>();
    for (E constant : otherwise.getDeclaringClass().getEnumConstants()) {
      String word = constant.name().toLowerCase(Locale.ROOT);
      if (word.equals(value)) {
        return constant;
      }
      words.add(word);
    }
    if (value == null) {
      return otherwise;
    }
    throw wrong(name, String.join(" or ", words), null);
  }

  private JourneyException wrong(String name, String expected, Throwable cause) {
    return new JourneyException(
        "Embedder '"
            + text
            + "' has "
            + name
            + "="
            + options.get(name)
            + ", expected "
            + expected
            + ".",
        cause);
  }

  /** SHA-256 of the network's file, what images go through, and the output that is taken. */
  String fingerprint(ImagePreparation preparation) {
    MessageDigest digest = Checksums.sha256();
    String settings = preparation.describe() + " " + options.getOrDefault("output", "");
    digest.update((kind + " " + settings).getBytes(StandardCharsets.UTF_8));
    digest.update(Checksums.of(path).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Refuses a network that gives nothing, or a picture rather than a vector. */
  int requireVector(int length) {
    if (length < 1 || length > MAX_DIM) {
      throw new JourneyException(
          path
              + " gives "
              + Counted.of(length, "numbers")
              + " for an image, expected 1 to "
              + MAX_DIM
              + ": use a network whose output is a vector.");
    }
    return length;
  }

  /** Refuses a vector that has not the length of the first. */
  void requireLength(float[] vector, int dim) {
    if (vector.length != dim) {
      throw new JourneyException(
          path
              + " gives "
              + Counted.of(vector.length, "numbers")
              + " for one image and "
              + dim
              + " for another: use a network whose vectors have one length.");
    }
  }
}
