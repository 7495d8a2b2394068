package io.journey.cli;

import io.journey.embedding.Classifier;
import io.journey.embedding.ClipClassifier;
import io.journey.encoding.Encoders;
import io.journey.evaluation.steps.FeatureCurve;
import io.journey.evaluation.steps.FeatureEmergence;
import io.journey.evaluation.steps.PictureClassifier;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.run.SettingException;
import io.journey.sampling.ContinuationRun;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds where features are decided. */
@Command(
    name = "emergence",
    description = {
      "At which timestep of sampling is a feature of an image decided?",
      "Each target is continued from its latents at each step with fresh noise, many times; how"
          + " often a classifier, or a CLIP, finds the feature on the pictures rises where it is decided."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey evaluate emergence --checkpoint runs/fashion/checkpoints/member-000 \\",
      "      --target runs/fashion/targets.safetensors --classifier runs/fashion/classifier \\",
      "      --out runs/fashion/evaluation/emergence",
      "  journey evaluate emergence ... --timesteps 0:980:20 --feature Bag,Coat --targets 3",
      "  journey evaluate emergence ... --clip clip-vit-base-patch32 \\",
      "      --prompt 'white blouse' --prompt 'dark blouse'"
    })
final class EmergenceCommand implements Runnable {
  @Mixin private Console console;

  @Option(
      names = "--checkpoint",
      required = true,
      paramLabel = "SPEC",
      description = "The checkpoint that the targets were sampled from.")
  private CheckpointSpec checkpoint;

  @Mixin private LoraOptions lora;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "FILE",
      description = "Trajectories that sample has written.")
  private Path target;

  @Option(
      names = "--targets",
      paramLabel = "N",
      description = "Only the first N of them (default: all).")
  @InRange(from = 1)
  private Integer targets;

  @Option(
      names = "--classifier",
      paramLabel = "DIR",
      description = "What evaluate classifier has trained, to say what is on a picture.")
  private Path classifier;

  @Option(
      names = "--clip",
      paramLabel = "DIR",
      description =
          "A CLIP's folder, with its text model and tokenizer, in place of a classifier: it says which"
              + " --prompt a picture is nearest to.")
  private Path clip;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description =
          "What --clip chooses between, two or more, as with --prompt 'white blouse' --prompt 'dark"
              + " blouse'.")
  private List<String> prompts = new ArrayList<>();

  @Mixin private ResultOption result;

  @Option(
      names = "--pictures",
      paramLabel = "DIR",
      description =
          "Directory for the pictures, which evaluations of the same targets with other classifiers"
              + " or features can share (default: pictures in --out).")
  private Path pictures;

  @Option(
      names = "--feature",
      split = ",",
      paramLabel = "CLASS",
      description =
          "Classes or prompts to look for (default: that of each target's final picture).")
  private List<String> features = new ArrayList<>();

  @Option(
      names = "--timesteps",
      paramLabel = "TIMESTEPS",
      description = "first:last:distance or a list (default: all of the trajectory).")
  private Timesteps steps;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "60",
      description = "Pictures at each step (default: ${DEFAULT-VALUE}).")
  @InRange(from = 1)
  private int samples;

  @Option(
      names = "--attribution",
      paramLabel = "DIR",
      description = "Scores of these targets: where they change most is told beside it.")
  private Path attribution;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of the fresh noise (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public void run() {
    if ((classifier == null) == (clip == null)) {
      throw new SettingException(
          "name what says what is on a picture: either --classifier DIR, or --clip DIR with two or"
              + " more --prompt");
    }
    if (clip == null && !prompts.isEmpty()) {
      throw new SettingException(
          "--prompt is what --clip DIR chooses between: name a CLIP in place of --classifier, or"
              + " leave --prompt '"
              + prompts.get(0)
              + "' out");
    }
    if (clip == null) {
      try (Classifier trained = Classifier.open(classifier)) {
        find(PictureClassifier.of(trained));
      }
    } else {
      try (ClipClassifier opened = ClipClassifier.open(clip, prompts)) {
        opened.notes().forEach(console::say);
        find(PictureClassifier.of(opened));
      }
    }
  }

  private void find(PictureClassifier sees) {
    Attribution scores = attribution == null ? null : Attribution.open(attribution);
    TrajectoryFile file = TrajectoryFile.open(target);
    int[] wanted = steps == null ? file.timesteps() : steps.among(file.timesteps());
    CheckpointSpec named = lora.on(checkpoint);
    try (Checkpoint model = Checkpoint.read(named, ScalarType.Float);
        Encoders.Opened encoders = Encoders.of(named).open(file.hasPrompts())) {
      List<Trajectory> trajectories = chosen(file.read(wanted, encoders.text()));
      Sampler sampler = file.sampler(model, encoders.text());
      ContinuationRun drawing = new ContinuationRun(sampler, trajectories, wanted, samples, seed);
      FeatureEmergence emergence =
          new FeatureEmergence(drawing, sees, features, scores, pictures, encoders.codec());
      say(emergence.run(result.out(), console.context()));
    }
  }

  private List<Trajectory> chosen(List<Trajectory> all) {
    if (targets == null) {
      return all;
    }
    if (targets < 1 || targets > all.size()) {
      throw new SettingException(
          "targets must be between 1 and the " + all.size() + " of the file, got " + targets);
    }
    return all.subList(0, targets);
  }

  private void say(FeatureEmergence.Found found) {
    for (FeatureCurve curve : found.curves()) {
      console.say(curve.sentence());
      if (!found.changes().isEmpty()) {
        console.say("  " + found.changes().get(curve.target()).sentence());
      }
    }
    console.say("Tables and figures are in " + result.out() + ".");
  }
}
