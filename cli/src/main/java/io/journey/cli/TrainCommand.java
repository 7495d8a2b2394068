package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.encoding.Encoders;
import io.journey.encoding.Encoding;
import io.journey.model.CheckpointSpec;
import io.journey.model.DenoiserConfig;
import io.journey.model.Ensemble;
import io.journey.model.LoraConfig;
import io.journey.run.Counted;
import io.journey.run.SettingException;
import io.journey.scheduler.SchedulerConfig;
import io.journey.training.EnsembleTrainer;
import io.journey.training.Preset;
import io.journey.training.StartingPoint;
import io.journey.training.TrainingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains an ensemble. */
@Command(
    name = "train",
    description = {
      "Train an ensemble of diffusion models; start again to continue.",
      "A larger --count adds checkpoints to a directory; --from starts from what has been trained."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey train --data 'data/fashion-mnist?size=16' \\",
      "      --out runs/fashion/checkpoints",
      "  journey train --data photos?size=32 --out runs/photos/checkpoints \\",
      "      --preset medium --count 5 --seed 7",
      "  journey train --data 'coco:mscoco?size=128' --out runs/coco \\",
      "      --preset coco-ldm --autoencoder sd/vae --text-encoder sd",
      "  journey train --lora 4 --from stable-diffusion --data 'my-pictures?size=512' \\",
      "      --out runs/lora",
      "  journey train --data photos?size=32 --out runs/longer \\",
      "      --from runs/photos/checkpoints --training-steps 5000"
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
        description =
            "tiny, small (default), medium, cifar10-ddpm, or of captions scenes or coco-ldm.")
    private Preset preset;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description =
            "JSON with \"model\" (fields of diffusers' UNet2DModel or"
                + " UNet2DConditionModel), \"scheduler\" (of its schedulers)"
                + " and \"training\"; what it leaves out is as in the preset small.")
    private Path config;
  }

  @Option(
      names = "--from",
      paramLabel = "SPEC",
      description = {
        "Start from these weights: one by one from an ensemble, or all from one"
            + " checkpoint of any form that sample takes.",
        "Model and scheduler are those of the checkpoint. Of an ensemble of journey train, seed and"
            + " training settings are too, and the optimizer's state is continued."
      })
  private CheckpointSpec from;

  @Option(
      names = "--lora",
      paramLabel = "RANK",
      description = {
        "Train a LoRA of this rank on the checkpoint of --from, whose weights stay as they are.",
        "The directory gets the pairs alone and refers to the checkpoint, which stays where it is."
      })
  @InRange(from = 1, to = LoraConfig.MOST_RANK)
  private Integer lora;

  @Option(
      names = "--lora-layers",
      split = ",",
      paramLabel = "NAME",
      description =
          "What the names of the layers end with that the LoRA changes (default:"
              + " to_q,to_k,to_v,to_out.0).")
  private List<String> loraLayers = new ArrayList<>();

  @Option(
      names = "--classes",
      description = "Tell the models the class of every image, to sample images of a class.")
  private boolean classes;

  @Option(
      names = "--drop-classes",
      paramLabel = "P",
      description =
          "Tell the models with this probability that an image has no class, in an additional row of"
              + " their table of classes, to sample with --guidance (default: 0).")
  @InRange(from = 0, below = 1)
  private Double dropClasses;

  @Option(
      names = "--autoencoder",
      paramLabel = "DIR",
      description =
          "Train on the latents of this autoencoder: a folder of diffusers', a pipeline with vae, or a"
              + " pair of TAESD's files (default: pixels; with --from the checkpoint's).")
  private Path autoencoder;

  @Option(
      names = "--text-encoder",
      paramLabel = "DIR",
      description =
          "Tell the models a caption of every image, by the text encoder and tokenizer of this folder"
              + " (default: none; with --from the checkpoint's).")
  private Path textEncoder;

  @Option(
      names = "--fraction",
      paramLabel = "F",
      description =
          "Of the images that each checkpoint is trained on, drawn by its seed (default: all).")
  @InRange(above = 0, below = 1)
  private Double fraction;

  @Option(
      names = "--drop-captions",
      paramLabel = "P",
      description =
          "Tell the models with this probability the empty caption instead, to sample with --guidance"
              + " (default: 0.1).")
  @InRange(from = 0, below = 1)
  private Double dropCaptions;

  @Option(
      names = "--count",
      paramLabel = "M",
      description = {
        "Checkpoints to train, each with its own randomness (default: 2; with --from as many as there).",
        "More than a finished directory has: the others are added."
      })
  @InRange(from = 1, to = Ensemble.MOST_CHECKPOINTS)
  private Integer count;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of everything random (default: 0; with --from that of the ensemble).")
  private Long seed;

  @Option(
      names = "--training-steps",
      paramLabel = "N",
      description = "Optimizer steps, instead of the preset's; with --from further steps.")
  @InRange(from = 1, to = TrainingConfig.MOST_STEPS)
  private Integer steps;

  @Option(
      names = "--save-interval",
      paramLabel = "SECONDS",
      description =
          "How much work a kill may lose (default: 30); 0 saves after every step. It changes no"
              + " number.")
  @InRange(from = 0)
  private Integer saveInterval;

  @Override
  public void run() {
    Dataset images = data.open(console.progress());
    StartingPoint start = from == null ? null : StartingPoint.of(from);
    EnsembleTrainer trainer = trainer(images, start);
    if (start != null) {
      start.notes(images).forEach(console::announce);
    }
    if (start != null && lora == null && !start.isContinued()) {
      console.announce(
          from + " keeps no state of its training: Adam starts anew, steps are counted from 0.");
    }
    if (trainer.encoding() != null) {
      trainer.encoding().notes().forEach(console::announce);
    }
    Ensemble ensemble = trainer.run(out, console.context());
    console.say(
        "Checkpoints of "
            + Counted.of(ensemble.checkpointNames().size(), "models")
            + " are in "
            + out
            + ".");
  }

  private EnsembleTrainer trainer(Dataset images, StartingPoint start) {
    Encoders encoders = encoders(start);
    Encoding encoding = encoders.isEmpty() ? null : encoders.encoding(images);
    ImageShape shape = encoding == null ? images.shape() : encoding.shape();
    boolean captioned = encoding != null && encoding.hasStates();
    Preset preset = settings.preset == null ? Preset.SMALL : settings.preset;
    preset.requireCaptions(captioned);
    DenoiserConfig model =
        start != null && settings.preset == null
            ? start.architecture()
            : captioned ? preset.model(shape, encoding.textWidth()) : preset.model(shape);
    TrainingConfig training =
        start != null && start.training() != null && settings.preset == null && lora == null
            ? start.training()
            : lora != null && settings.preset == null
                ? Preset.loraTraining()
                : captioned
                    ? preset.trainingWithCaptions(images.size())
                    : preset.training(images.size());
    SchedulerConfig scheduler = start == null ? preset.scheduler() : start.scheduler();
    if (start == null && encoding != null && encoding.hasLatents()) {
      scheduler = scheduler.withoutClipping();
    }
    if (settings.config != null) {
      ConfigFile file = ConfigFile.read(settings.config);
      model = file.model(model);
      training = file.training(training);
      scheduler = file.scheduler(scheduler);
    }
    if (fraction != null) {
      training = training.withFraction(fraction);
    }
    if (dropCaptions != null) {
      if (!captioned) {
        throw new SettingException(
            "--drop-captions needs models of captions: add --text-encoder DIR, or leave it out");
      }
      training = training.withDropCaptions(dropCaptions);
    }
    if (dropClasses != null) {
      training = training.withDropClasses(dropClasses);
    }
    if (classes) {
      model = conditional(model, images, training.dropClasses() > 0 ? 1 : 0);
    }
    if (dropClasses != null && dropClasses > 0 && model.classRows().isEmpty()) {
      throw new SettingException(
          "--drop-classes "
              + dropClasses
              + " needs a model with a table of classes: add --classes, or leave it out");
    }
    int checkpoints = count != null ? count : start == null ? 2 : start.count();
    long root = seed != null ? seed : start == null ? 0 : start.seed();
    return new EnsembleTrainer(
        images,
        model,
        steps == null ? training : training.withSteps(steps),
        checkpoints,
        root,
        saveInterval(),
        scheduler,
        start,
        encoding,
        lora());
  }

  private LoraConfig lora() {
    if (lora == null && !loraLayers.isEmpty()) {
      throw new SettingException("--lora-layers needs --lora RANK: add it, or leave it out");
    }
    return lora == null
        ? null
        : new LoraConfig(lora, loraLayers.isEmpty() ? LoraConfig.ATTENTION : loraLayers);
  }

  /** Those that are named, or those of the checkpoint to start from that it has use for. */
  private Encoders encoders(StartingPoint start) {
    Encoders found = from == null ? Encoders.NONE : Encoders.of(from);
    if (start != null && !start.architecture().conditioning().takesCaptions()) {
      found = new Encoders(found.autoencoder(), null);
    }
    return found.withAutoencoder(autoencoder).withTextEncoder(textEncoder);
  }

  /**
   * Returns the same model with a class for each that the data name, unless it has classes already.
   *
   * @param more rows of the table of classes
   */
  private DenoiserConfig conditional(DenoiserConfig model, Dataset images, int more) {
    if (images.classNames().isEmpty()) {
      throw new SettingException(
          "--classes needs data whose images have classes, such as a folder with a folder for each:"
              + " leave it out, or name other data");
    }
    if (from != null && model.conditioning().isEmpty()) {
      throw new SettingException(
          "--classes needs a model with classes, and the one to start from has none: leave it out,"
              + " or start from another");
    }
    return model.conditioning().isEmpty()
        ? model.withClasses(images.classNames().size() + more)
        : model;
  }

  private Duration saveInterval() {
    return saveInterval == null ? EnsembleTrainer.SAVE_INTERVAL : Duration.ofSeconds(saveInterval);
  }
}
