package io.journey.cli;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.explorer.AccessToken;
import io.journey.explorer.Explorer;
import io.journey.explorer.ExplorerSources;
import io.journey.model.CheckpointSpec;
import io.journey.run.Confined;
import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Serves a page on this machine that explores a run. */
@Command(
    name = "explore",
    description = {
      "Open a page that asks: draw on a generated picture and see which training images pushed that"
          + " part.",
      "It is served to this machine alone, at the address that is printed, until Ctrl-C. Nothing is"
          + " written."
    },
    footerHeading = Main.EXAMPLES_HEADING,
    footer = {
      "  journey explore runs/scenes",
      "  journey explore runs/scenes --group style --port 8080 --token ~/.journey-token",
      "  journey explore runs/fashion --data 'data/fashion-mnist?size=16'"
    })
final class ExploreCommand implements Runnable {
  /** Names of the ensemble in a run's folder, and of the images that a quickstart makes. */
  private static final List<String> ENSEMBLES = List.of("checkpoints", "pipeline");

  private static final String IMAGES = "scenes";

  @Mixin private Console console;

  @Parameters(
      paramLabel = "RUN",
      description =
          "A folder with checkpoints, features and targets.safetensors, as quickstart leaves it; features"
              + " that are still being made are waited for.")
  private Path run;

  @Option(
      names = "--checkpoints",
      paramLabel = "SPEC",
      description = "The ensemble or checkpoint (default: checkpoints or pipeline in RUN).")
  private CheckpointSpec checkpoints;

  @Mixin private LoraOptions lora;

  @Option(
      names = "--features",
      paramLabel = "DIR",
      description = "Directory of the training features (default: features in RUN).")
  private Path features;

  @Option(
      names = "--target",
      paramLabel = "FILE",
      description = "Trajectories that sample has written (default: targets.safetensors in RUN).")
  private Path target;

  @Option(
      names = "--data",
      paramLabel = "SPEC",
      description = "The training images, as train was given them (default: scenes in RUN).")
  private String data;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description = "Port to listen on (default: any that is free).")
  @InRange(from = 0, to = 65_535)
  private int port;

  @Option(
      names = "--token",
      paramLabel = "FILE",
      description =
          "A file that keeps what lets a page in, for you alone; it is made where it is not there."
              + " With --port, an open page goes on after a restart (default: a new one each time).")
  private Path token;

  @Option(
      names = "--group",
      paramLabel = "COLUMN",
      description =
          "A further column to colour and filter by, as groups names them: a column of texts of the"
              + " data, or @FILE.csv with lines id,group; again for several. Class, folder, split and"
              + " near-duplicates are there where images have them.")
  private List<String> columns = List.of();

  @Override
  public void run() {
    if (!Files.isDirectory(run)) {
      throw new JourneyException(run + " is no folder: name one that quickstart has left.");
    }
    ExplorerSources sources =
        new ExplorerSources(
            run.toAbsolutePath().normalize().getFileName().toString(),
            lora.on(checkpoints == null ? ensemble() : checkpoints),
            features == null ? Confined.path(run, "features") : features,
            features == null,
            target == null ? Confined.path(run, "targets.safetensors") : target,
            images(),
            columns);
    AccessToken access = token == null ? AccessToken.random() : AccessToken.kept(token);
    try (Explorer explorer = Explorer.start(sources, port, access, console.context())) {
      console.say("The page is " + explorer.address());
      console.say("It answers whoever has this address, on this machine alone, until Ctrl-C.");
      explorer.await();
    }
  }

  private CheckpointSpec ensemble() {
    for (String name : ENSEMBLES) {
      Path found = Confined.path(run, name);
      if (Files.isDirectory(found)) {
        return CheckpointSpec.of(found);
      }
    }
    throw new JourneyException(
        run + " has no folder checkpoints or pipeline: name the model by --checkpoints.");
  }

  private Dataset images() {
    if (data == null && !Files.isDirectory(Confined.path(run, IMAGES))) {
      throw new JourneyException(
          run + " has no folder " + IMAGES + ": name the training images by --data.");
    }
    String spec = data == null ? Confined.path(run, IMAGES).toString() : data;
    return Datasets.open(spec, console.progress());
  }
}
