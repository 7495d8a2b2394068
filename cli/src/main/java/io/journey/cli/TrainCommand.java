package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.diffusion.SchedulerConfig;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.run.Counted;
import io.journey.training.EnsembleTrainer;
import io.journey.training.Preset;
import io.journey.training.TrainingConfig;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains an ensemble. */
@Command(
    name = "train",
    description = "Train an ensemble of diffusion models; start again to continue.",
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey train --data 'data/fashion-mnist?size=16' --out runs/fashion/checkpoints",
      "  journey train --data photos?size=32 --out runs/photos/checkpoints --preset medium \\",
      "      --members 5 --seed 7"
    })
final class TrainCommand implements Runnable {
  @Mixin private Console console;

  @Mixin private DataOptions data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory for the checkpoints.")
  private Path out;

  @ArgGroup private Settings settings = new Settings();

  /** A preset or a file, not both. */
  static final class Settings {
    @Option(
        names = "--preset",
        paramLabel = "NAME",
        description = "tiny, small (default), medium or cifar10-ddpm.")
    private String preset;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description =
            "JSON with \"model\" (fields of diffusers' UNet2DModel), \"scheduler\" (of DDPMScheduler or"
                + " DDIMScheduler) and \"training\"; what it leaves out is as in the preset small.")
    private Path config;
  }

  @Option(
      names = "--members",
      paramLabel = "M",
      defaultValue = "2",
      description = "Models, each with its own randomness (default: ${DEFAULT-VALUE}).")
  private int members;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Optimizer steps, instead of the preset's.")
  private Integer steps;

  @Option(
      names = "--save-interval",
      paramLabel = "SECONDS",
      description =
          "How much work a kill may lose (default: 30); 0 saves after every step. It changes no"
              + " number.")
  private Integer saveInterval;

  @Override
  public void run() {
    Dataset images = data.open(console.progress());
    Preset preset = settings.preset == null ? Preset.SMALL : Preset.parse(settings.preset);
    UNet2DConfig model = preset.model(images.shape());
    TrainingConfig training = preset.training(images.size());
    SchedulerConfig scheduler = SchedulerConfig.DEFAULT;
    if (settings.config != null) {
      ConfigFile file = ConfigFile.read(settings.config);
      model = file.model(model);
      training = file.training(training);
      scheduler = file.scheduler();
    }
    if (steps != null) {
      training = training.withSteps(steps);
    }
    EnsembleTrainer trainer =
        new EnsembleTrainer(
            model, training, members, seed, console.threads(), saveInterval(), scheduler);
    Ensemble ensemble = trainer.run(images, out, console.progress());
    console.say(
        "Checkpoints of "
            + Counted.of(ensemble.members().size(), "models")
            + " are in "
            + out
            + ".");
  }

  private Duration saveInterval() {
    if (saveInterval == null) {
      return EnsembleTrainer.SAVE_INTERVAL;
    }
    if (saveInterval < 0) {
      throw new IllegalArgumentException(
          "--save-interval must be at least 0 seconds, got " + saveInterval);
    }
    return Duration.ofSeconds(saveInterval);
  }
}
