package io.journey.latent;

import io.journey.array.NamedTensors;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The two files in which taesd's own code keeps an autoencoder, {@code taef2_encoder.pth} and
 * {@code taef2_decoder.pth}.
 *
 * @param model {@code taef2}
 * @param encoder the file of the encoder
 * @param decoder the file of the decoder, beside it
 */
record TaesdPair(String model, Path encoder, Path decoder) {
  private static final Pattern NAME =
      Pattern.compile("(\\w+)_(encoder|decoder)\\.(pth|safetensors)");

  /** Widths of the first layer: of all, and of the one for images 32 times as large. */
  private static final long WIDTH = 64;

  private static final long WIDTH_OF_F32 = 32;

  /** The last layer of the encoder, which gives the latents. */
  private static final String LAST = "14.weight";

  /**
   * Finds the pair that a file is of.
   *
   * @throws JourneyException if the other half is missing
   */
  static Optional<TaesdPair> of(Path file) {
    Optional<TaesdPair> pair = named(file);
    for (Path half : pair.map(p -> List.of(p.encoder, p.decoder)).orElse(List.of())) {
      if (!Files.exists(half)) {
        throw new JourneyException(
            file + " has no " + half.getFileName() + " beside it: put the other half there.");
      }
    }
    return pair;
  }

  private static Optional<TaesdPair> named(Path file) {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    if (!name.matches()) {
      return Optional.empty();
    }
    String start = name.group(1) + "_";
    String end = "." + name.group(3);
    return Optional.of(
        new TaesdPair(
            name.group(1),
            file.resolveSibling(start + "encoder" + end),
            file.resolveSibling(start + "decoder" + end)));
  }

  /**
   * Finds the pair in a folder; a half without the other is none.
   *
   * @throws JourneyException if there are several
   */
  static Optional<TaesdPair> in(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<TaesdPair> pairs =
          files
              .sorted()
              .map(TaesdPair::named)
              .flatMap(Optional::stream)
              .filter(pair -> Files.exists(pair.encoder) && Files.exists(pair.decoder))
              .distinct()
              .toList();
      if (pairs.size() > 1) {
        throw new JourneyException(
            folder
                + " holds several autoencoders, "
                + String.join(", ", pairs.stream().map(TaesdPair::model).toList())
                + ": name a file of one, such as "
                + pairs.get(0).encoder
                + ".");
      }
      return pairs.stream().findFirst();
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + folder + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** A pair, opened. */
  record Opened(AutoencoderNetwork network, NamedTensors tensors) {}

  /**
   * Opens the files and builds what they are of, its weights not read.
   *
   * @throws JourneyException if they are of no architecture that is known
   */
  Opened open() {
    NamedTensors first = NamedTensors.open(encoder);
    NamedTensors second = NamedTensors.open(decoder);
    String begin = "0.weight";
    long width = first.names().contains(begin) ? rows(first, begin) : 0;
    if (width != WIDTH || !first.names().contains(LAST)) {
      throw new JourneyException(
          encoder
              + (width == WIDTH_OF_F32
                  ? " is the autoencoder for Sana, which makes images 32 times as small"
                  : " holds no encoder of taesd's layers")
              + ", expected one such as taesd, taesdxl, taesd3, taef1 or taef2: name another.");
    }
    int latents = (int) Math.max(1, Math.min(Integer.MAX_VALUE, rows(first, LAST)));
    boolean pooled = first.names().stream().anyMatch(name -> name.contains(".pool."));
    if (latents > first.shape(LAST).stream().reduce(1L, Math::multiplyExact)) {
      throw new JourneyException(encoder + " is broken: fetch it again.");
    }
    return pooled
        ? new Opened(
            AutoencoderTiny.of(new TaesdConfig(latents, TaesdConfig.ArchVariant.FLUX_2)),
            TwoHalves.of(first, second, "", 0))
        : new Opened(
            AutoencoderTiny.of(AutoencoderTinyConfig.taesd(latents)),
            TwoHalves.of(first, second, "layers.", 1));
  }

  private static long rows(NamedTensors file, String name) {
    List<Long> shape = file.shape(name);
    return shape.isEmpty() ? 0 : shape.get(0);
  }
}
