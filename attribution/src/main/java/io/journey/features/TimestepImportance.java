package io.journey.features;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.TimestepDistribution;
import io.journey.model.Checkpoint;
import io.journey.random.Seed;
import io.journey.run.Failures;
import io.journey.run.FileStage;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import io.journey.run.StageWork;
import io.journey.run.Task;
import io.journey.run.TaskContext;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures, for every checkpoint, at which timesteps gradients lie far apart: there the draws go
 * that all examples share. Leaves a table {@code timestep,spread} for each.
 */
record TimestepImportance(FeaturePath path) implements FileStage<TimestepImportance.Measured> {
  /** The manifest's kind. */
  static final String KIND = "timestep-importance";

  /** The folder below the features. */
  static final String FOLDER = "timestep-importance";

  /** The measurements of all checkpoints, on disk. */
  record Measured(Manifest manifest) implements Serializable {
    TimestepDistribution distribution(String member, int steps) {
      Path file = manifest.verified(file(member));
      try {
        return TimestepSpread.parse(Files.readString(file), file).distribution(steps);
      } catch (IOException e) {
        throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
      }
    }
  }

  /** The settings in a manifest. */
  private record Settings(
      String parameters,
      String projection,
      String function,
      String precision,
      String gradients,
      long seed) {}

  private static String file(String member) {
    return member + ".csv";
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Record settings() {
    FeaturizerConfig config = path.config();
    return new Settings(
        config.parameters().toString(),
        config.projection().toString(),
        config.function().toString(),
        config.precision().name(),
        config.method().name(),
        config.seed());
  }

  @Override
  public ObjectNode inputs() {
    return path.inputs();
  }

  @Override
  public void write(StageWork work) {
    List<Measurement> tasks =
        path.ensemble().checkpointNames().stream().map(m -> new Measurement(path, m)).toList();
    work.run("Measuring which timesteps matter", "checkpoints", tasks);
  }

  private record Measurement(FeaturePath path, String member) implements Task {
    @Override
    public String file() {
      return TimestepImportance.file(member);
    }

    @Override
    public long size() {
      return 1;
    }

    @Override
    public void run(TaskContext context) {
      // Without the preconditioner, which is fitted to gradients with these draws.
      try (Checkpoint checkpoint = path.load(member);
          GradientPipeline plain = path.pipeline(checkpoint, null)) {
        Seed seed = path.seed(member).child("spread");
        TimestepSpread spread =
            TimestepSpread.measure(checkpoint, path.data(), plain, seed, context.parts());
        context.write(file(), out -> out.write(spread.csv().getBytes(StandardCharsets.UTF_8)));
      }
      context.progress().advance(1);
    }
  }

  @Override
  public Measured open(Path directory) {
    return new Measured(Manifest.read(directory, KIND));
  }
}
