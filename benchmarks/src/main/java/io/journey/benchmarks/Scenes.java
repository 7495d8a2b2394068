package io.journey.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.dataset.ImageShape;
import io.journey.embedding.Classifier;
import io.journey.embedding.ClassifierConfig;
import io.journey.embedding.ClassifierTrainer;
import io.journey.latent.Autoencoders;
import io.journey.latent.LatentCodec;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.scenes.Emoji;
import io.journey.scenes.Scene;
import io.journey.tensor.Libtorch;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * How far drawings of scenes follow their prompts, in the eyes of a classifier: {@code
 * benchmarks/run Scenes train --out runs/scene-classifier} trains it, {@code benchmarks/run Scenes
 * check --classifier runs/scene-classifier PATH} asks it. PATH has trajectories, or is a folder of
 * pictures with captions. Latents are decoded by TAEF2.
 */
@Command(
    name = "Scenes",
    subcommands = {Scenes.Train.class, Scenes.Check.class})
final class Scenes {
  private static final int WRONG_SHOWN = 20;

  private Scenes() {}

  /** Runs one command line. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Scenes()).execute(args));
  }

  private static Path shipped(String name) {
    return Path.of(System.getProperty("journey.home", "."), "data", name);
  }

  /** Trains the classifier and tells how it takes other scenes, changed and as they are. */
  @Command(name = "train")
  static final class Train implements Runnable {
    @Option(names = "--out", required = true)
    private Path out;

    @Option(names = "--scenes", defaultValue = "4800", description = "Scenes it is trained on.")
    private int scenes;

    @Option(names = "--epochs", defaultValue = "8")
    private int epochs;

    @Option(names = "--latents", defaultValue = "0.5", description = "Share through TAEF2.")
    private double share;

    @Option(names = "--test", defaultValue = "480", description = "Scenes of each test.")
    private int test;

    @Option(names = "--seed", defaultValue = "1")
    private long seed;

    @Override
    public void run() {
      Emoji emoji = Emoji.open(shipped("scenes"));
      try (LatentCodec codec = Autoencoders.open(shipped("taef2"));
          RunContext context = context();
          Classifier classifier = train(emoji, codec, context)) {
        print(
            "changed, other than those it was trained on", classifier, emoji, codec, 0.5, context);
        print("through TAEF2, and changed", classifier, emoji, codec, 1, context);
      }
    }

    private Classifier train(Emoji emoji, LatentCodec codec, RunContext context) {
      AugmentedScenes source =
          new AugmentedScenes(emoji, codec, share, Seed.of(seed).child("training scenes"));
      Dataset halves = new SceneHalves(emoji, source.make(scenes, context));
      ClassifierConfig config = ClassifierConfig.DEFAULT.withEpochs(epochs);
      return new ClassifierTrainer(halves, config, seed).run(out, context);
    }

    private void print(
        String what,
        Classifier classifier,
        Emoji emoji,
        LatentCodec codec,
        double part,
        RunContext context) {
      Seed own = Seed.of(seed).child("test scenes").child(what);
      SceneTally tally = new SceneTally();
      for (var each : new AugmentedScenes(emoji, codec, part, own).make(test, context)) {
        tally.add(each.scene(), SceneTally.Seen.of(classifier, each.pixels()));
      }
      ObjectNode line = tally.json().put("scenes", what);
      System.out.println(line);
    }
  }

  /** Asks the classifier about pictures. */
  @Command(name = "check")
  static final class Check implements Runnable {
    @Option(names = "--classifier", required = true)
    private Path classifier;

    @Parameters(paramLabel = "PATH", description = "Trajectories, or pictures with captions.")
    private Path path;

    private final SceneTally tally = new SceneTally();
    private int wrong;

    @Override
    public void run() {
      try (Classifier opened = Classifier.open(classifier)) {
        if (Files.isRegularFile(path)) {
          trajectories(opened);
        } else {
          folder(opened);
        }
      }
      System.out.println(tally.json().put("of", path.toString()));
    }

    private void trajectories(Classifier opened) {
      TrajectoryFile file = TrajectoryFile.open(path);
      try (LatentCodec codec = codec(file.shape())) {
        for (Trajectory drawn : file.read(new int[0])) {
          float[] picture = codec.decode(new float[][] {drawn.image()}, drawn.shape())[0];
          look(opened, drawn.condition().captionText().orElse(""), picture);
        }
      }
    }

    private static LatentCodec codec(ImageShape shape) {
      return shape.equals(AugmentedScenes.SHAPE)
          ? LatentCodec.IDENTITY
          : Autoencoders.open(shipped("taef2"));
    }

    private void folder(Classifier opened) {
      Dataset data = Datasets.open(path + "?captions=first");
      for (int i = 0; i < data.size(); i++) {
        float[] picture = new float[data.shape().numel()];
        data.read(i, picture, 0);
        look(opened, data.captions(i).get(0), picture);
      }
    }

    private void look(Classifier opened, String caption, float[] picture) {
      Scene asked =
          Scene.of(caption)
              .orElseThrow(
                  () ->
                      new JourneyException(
                          path + " has '" + caption + "', which is no caption of a scene."));
      if (picture.length != AugmentedScenes.SHAPE.numel()) {
        throw new JourneyException(path + " has no pictures of 64×64 in colour.");
      }
      for (int i = 0; i < picture.length; i++) {
        picture[i] = Math.max(-1, Math.min(1, picture[i]));
      }
      SceneTally.Seen seen = SceneTally.Seen.of(opened, picture);
      if (!tally.add(asked, seen) && wrong++ < WRONG_SHOWN) {
        System.err.println(asked.caption() + ": " + seen);
      }
    }
  }

  private static RunContext context() {
    int threads = Runtime.getRuntime().availableProcessors();
    return RunContext.of(Libtorch.device(), threads, Progress.SILENT);
  }
}
