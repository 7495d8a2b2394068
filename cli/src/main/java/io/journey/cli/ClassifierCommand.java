package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.embedding.Classifier;
import io.journey.embedding.ClassifierConfig;
import io.journey.embedding.ClassifierTrainer;
import io.journey.run.Counted;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a network on the data's labels. */
@Command(
    name = "classifier",
    description = {
      "Train a small network to tell the data's classes apart. Its features compare images, and its"
          + " answers say what generated ones show.",
      "A tenth of each class is held out of training and measures it."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate classifier --data 'data/fashion-mnist?size=16' \\",
      "      --out runs/fashion/classifier"
    })
final class ClassifierCommand implements Runnable {
  @Mixin private Console console;

  @Mixin private DataOptions data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the classifier.")
  private Path out;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "12",
      description = "How often each image is met (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int epochs;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of all randomness (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public void run() {
    ClassifierConfig config = ClassifierConfig.DEFAULT.withEpochs(epochs);
    Dataset images = data.open(console.progress());
    ClassifierTrainer trainer = new ClassifierTrainer(images, config, seed);
    try (Classifier classifier = trainer.run(out, console.context())) {
      console.say(
          String.format(
              Locale.ROOT,
              "The classifier is in %s. It names the class of %.1f %% of %s held"
                  + " out, one of %d.",
              out,
              100 * classifier.accuracy(),
              Counted.of(classifier.heldOutImages(), "images"),
              classifier.classNames().size()));
    }
  }
}
