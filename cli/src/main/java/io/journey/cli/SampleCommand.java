package io.journey.cli;

import io.journey.condition.Condition;
import io.journey.encoding.Encoders;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import io.journey.sampling.Guidance;
import io.journey.sampling.Sampler;
import io.journey.sampling.SamplingRun;
import io.journey.scheduler.Scheduler;
import io.journey.scheduler.SchedulerConfig;
import io.journey.scheduler.Schedulers;
import io.journey.scheduler.TimestepSpacing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Draws images and keeps their trajectories. */
@Command(
    name = "sample",
    description =
        "Sample images from a checkpoint and keep their trajectories, every step of the way.",
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey sample --checkpoint runs/fashion/checkpoints/member-000 \\",
      "      --out runs/fashion/targets.safetensors --count 12 --seed 7",
      "  journey sample ... --scheduler ddim --inference-steps 20 --spacing trailing",
      "  journey sample ... --scheduler dpm-solver++ --inference-steps 20",
      "  journey sample ... --count 20 --labels cat,dog --guidance 3",
      "  journey sample --checkpoint stable-diffusion --out cats.safetensors \\",
      "      --count 4 --prompt 'a cat' --guidance 7.5",
      "  journey sample --checkpoint 'stable-diffusion?sample_size=32' ...",
      "  journey sample --checkpoint stable-diffusion --lora cats.safetensors ..."
    })
final class SampleCommand implements Runnable {
  @Mixin private Console console;

  @Option(
      names = "--checkpoint",
      required = true,
      paramLabel = "SPEC",
      description =
          "One checkpoint: one of an ensemble, a diffusers folder, a file of weights beside"
              + " its config.json (FILE or FILE#PART), or torchscript:FILE. Behind it"
              + " ?sample_size=32 asks for another size than its config.json (of latents, where it"
              + " samples latents).")
  private CheckpointSpec checkpoint;

  @Mixin private LoraOptions lora;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "File for the trajectories (.safetensors).")
  private Path out;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Images to sample (default: one for each --prompt).")
  @InRange(from = 1)
  private Integer count;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of all noise (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--inference-steps",
      paramLabel = "N",
      defaultValue = "50",
      description = "Inference steps, 1..1000 (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int inferenceSteps;

  /** The names of all schedulers, for the help. */
  static final class SchedulerNames extends ArrayList<String> {
    SchedulerNames() {
      super(Schedulers.names());
    }
  }

  @Option(
      names = "--scheduler",
      paramLabel = "NAME",
      completionCandidates = SchedulerNames.class,
      description = "One of ${COMPLETION-CANDIDATES} (default: that of the checkpoint).")
  private String scheduler;

  @Option(names = "--eta", paramLabel = "E", description = "Noise of DDIM, 0 to 1 (default: 0).")
  @InRange(from = 0, to = 1)
  private Double eta;

  @Option(
      names = "--spacing",
      paramLabel = "HOW",
      description =
          "Which steps are visited: leading, trailing or linspace (default: the checkpoint's).")
  private TimestepSpacing spacing;

  @Option(
      names = "--text-encoder",
      paramLabel = "DIR",
      description =
          "Folder with text_encoder and tokenizer, for a model of captions (default: the"
              + " checkpoint's).")
  private Path textEncoder;

  @Option(
      names = "--autoencoder",
      paramLabel = "DIR",
      description = "What decodes the latents of a model of latents (default: the checkpoint's).")
  private Path autoencoder;

  @Mixin private ConditionOptions conditions;

  @Override
  public void run() {
    if (Files.isDirectory(out)) {
      throw new JourneyException(out + " is a directory: name a file for the trajectories.");
    }
    if (scheduler != null) {
      Schedulers.named(scheduler);
    }
    int images = conditions.count(count);
    CheckpointSpec named = lora.on(checkpoint);
    try (Checkpoint model = Checkpoint.read(named, ScalarType.Float)) {
      named.notes().forEach(console::say);
      Sampler sampler = Sampler.of(model, scheduler(model), inferenceSteps);
      Encoders encoders =
          Encoders.of(named).withTextEncoder(textEncoder).withAutoencoder(autoencoder);
      boolean captioned = model.inputs().conditioning().takesCaptions();
      if (!captioned && textEncoder != null) {
        throw new SettingException("the model takes no captions: leave --text-encoder out");
      }
      Guidance guided = conditions.guidance(captioned);
      try (Encoders.Opened opened = encoders.open(captioned)) {
        List<Condition> asked = conditions.of(model, opened.text());
        Sampler guiding = sampler.withGuidance(guided, opened.text());
        SamplingRun run = new SamplingRun(guiding, seed, images, asked, opened.codec());
        if (captioned) {
          opened.text().notes().forEach(console::say);
        }
        boolean drawn = run.run(out, console.context());
        console.say(
            drawn
                ? Counted.of(images, "trajectories")
                    + " "
                    + Counted.are(images)
                    + " in "
                    + out
                    + "."
                : out + " already holds these trajectories.");
      }
    }
  }

  private Scheduler scheduler(Checkpoint model) {
    SchedulerConfig made = model.scheduler();
    Scheduler chosen =
        (scheduler == null ? made : made.withScheduler(scheduler)).scheduler(model.name());
    chosen = spacing == null ? chosen : chosen.with("timestep_spacing", spacing);
    return eta == null ? chosen : chosen.withEta(eta);
  }
}
