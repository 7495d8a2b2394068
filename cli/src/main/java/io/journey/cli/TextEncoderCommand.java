package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.text.TextEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a text encoder of the words of some captions. */
@Command(
    name = "text-encoder",
    description = {
      "Make a small text encoder with random weights that knows the words of a data set's captions.",
      "It tells captions of a closed vocabulary apart; a trained one, such as Stable Diffusion's, knows"
          + " what words mean."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey text-encoder --data photos?size=64 --out runs/words",
      "  journey train --data photos?size=64 --text-encoder runs/words --out runs/checkpoints"
    })
final class TextEncoderCommand implements Runnable {
  /** The first and the last token of a text. */
  private static final int ENDS = 2;

  @Mixin private Console console;

  @Mixin private DataOptions data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for text_encoder and tokenizer, empty or new.")
  private Path out;

  @Option(
      names = "--width",
      paramLabel = "D",
      defaultValue = "64",
      description = "Numbers of a token's state (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int width;

  @Option(
      names = "--layers",
      paramLabel = "L",
      defaultValue = "2",
      description = "Layers of the transformer (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int layers;

  @Option(
      names = "--heads",
      paramLabel = "H",
      defaultValue = "4",
      description = "Heads of attention; they divide the width (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int heads;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of the weights (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public void run() {
    if (Files.exists(out) && (!Files.isDirectory(out) || out.toFile().list().length > 0)) {
      throw new JourneyException(out + " is not an empty directory: name another.");
    }
    Dataset images = data.open(console.progress()).captioned();
    Set<String> texts = new LinkedHashSet<>();
    for (int i = 0; i < images.size(); i++) {
      texts.addAll(images.captions(i));
    }
    int longest = texts.stream().mapToInt(text -> TextEncoder.words(text).size()).max().orElse(0);
    try (TextEncoder encoder =
        TextEncoder.random(Seed.of(seed), texts, width, layers, heads, longest + ENDS)) {
      encoder.writeTo(out);
      console.say(
          "A text encoder of "
              + (encoder.tokenizer().vocabularySize())
              + " tokens, at most "
              + encoder.tokens()
              + " in a text, is in "
              + out
              + ".");
    }
  }
}
