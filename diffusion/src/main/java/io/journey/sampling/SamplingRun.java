package io.journey.sampling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.condition.ConditionColumn;
import io.journey.latent.LatentCodec;
import io.journey.model.ModelInputs;
import io.journey.run.AtomicFile;
import io.journey.run.Confined;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.RunStatus;
import io.journey.run.Stage;
import io.journey.run.StageFiles;
import io.journey.run.StageWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Draws images into a file, one by one into {@code FILE.parts}, which goes when the file is whole.
 * Started again it continues. Each worker holds one trajectory; the file may be larger than memory.
 *
 * @param sampler draws
 * @param seed of all noise; image n is the same whatever the count
 * @param count how many images
 * @param conditions taken in turn: image n has number n mod size
 * @param codec decodes the finished latents, so that the file has pictures, too; the caller closes
 *     it
 */
public record SamplingRun(
    Sampler sampler, long seed, int count, List<Condition> conditions, LatentCodec codec) {
  private static final String KIND = "trajectory-parts";

  public SamplingRun {
    Drawing.requireCount(count);
    ModelInputs inputs = sampler.checkpoint().inputs();
    inputs.conditioning().requireChoice(conditions);
    conditions = List.copyOf(conditions);
    inputs.requireTimesteps(sampler.timesteps());
  }

  /** A run of a model of pixels. */
  public SamplingRun(Sampler sampler, long seed, int count, List<Condition> conditions) {
    this(sampler, seed, count, conditions, LatentCodec.IDENTITY);
  }

  /** A run without conditions. */
  public SamplingRun(Sampler sampler, long seed, int count) {
    this(sampler, seed, count, List.of(Condition.NONE));
  }

  /**
   * Draws what is missing, or leaves a file alone that holds all.
   *
   * @return whether anything was drawn
   * @throws JourneyException if the file holds something else
   */
  public boolean run(Path file, RunContext context) {
    Path folder = file.toAbsolutePath().getParent();
    Path parts = Confined.path(folder, file.getFileName() + ".parts");
    boolean drawn = !Files.exists(file);
    if (!drawn) {
      String difference = difference(TrajectoryFile.open(file));
      if (difference != null) {
        throw new JourneyException(
            file + " holds trajectories with " + difference + ": name a new file.");
      }
      if (!RunStatus.isRunDirectory(parts)) {
        return false;
      }
    }
    context.runAndDiscard(new Parts(drawn ? file : null), parts);
    return drawn;
  }

  private record Settings(
      long seed,
      int inferenceSteps,
      double eta,
      String scheduler,
      String guidance,
      JsonNode labels) {}

  /**
   * The images one by one.
   *
   * @param whole the file that they are put together in; null: there it is
   */
  private final class Parts implements Stage<Void> {
    private final Path whole;

    Parts(Path whole) {
      this.whole = whole;
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public Record settings() {
      Guidance guidance = sampler.guidance();
      return new Settings(
          seed,
          sampler.timesteps().length,
          sampler.scheduler().eta().orElse(0),
          Origin.of(sampler, seed).scheduler(),
          guidance.isNone() ? null : guidance.toString(),
          ConditionColumn.json(conditions));
    }

    @Override
    public ObjectNode inputs() {
      return Json.object().put("model", sampler.checkpoint().fingerprint());
    }

    @Override
    public Void run(StageWork work) {
      if (whole != null) {
        draw(work);
        assemble(work, whole);
      }
      return null;
    }
  }

  private Condition condition(int n) {
    return conditions.get(n % conditions.size());
  }

  private List<Condition> conditionsOfAll() {
    return IntStream.range(0, count).mapToObj(this::condition).toList();
  }

  private static String part(int n) {
    return String.format(Locale.ROOT, "%06d.safetensors", n);
  }

  private void draw(StageWork run) {
    int steps = sampler.timesteps().length;
    long total = (long) count * steps;
    try (Progress.Task task =
        run.progress().start("Sampling " + Counted.of(count, "images"), total, "steps")) {
      run.workers()
          .forEach(
              count,
              n -> {
                if (run.has(part(n))) {
                  task.skip(steps);
                } else {
                  Drawing drawing = new Drawing(sampler, Drawing.seed(seed, n), condition(n));
                  run.write(
                      part(n), TrajectoryFile.content(List.of(drawing.run(task)), sampler, seed));
                }
              });
    }
  }

  private void assemble(StageFiles run, Path file) {
    List<String> seeds =
        IntStream.range(0, count).mapToObj(n -> Drawing.seed(seed, n).hex()).toList();
    AtomicFile.write(
        file,
        TrajectoryFile.content(
            Origin.of(sampler, seed),
            sampler.checkpoint().model().shape(),
            sampler.timesteps(),
            seeds,
            conditionsOfAll(),
            codec,
            (tensor, n) -> TrajectoryFile.unchecked(run.path(part(n))).rows(tensor, 0)));
  }

  /** Returns how a file's trajectories differ from those wanted, or null. */
  private String difference(TrajectoryFile file) {
    Origin found = file.origin();
    Origin wanted = Origin.of(sampler, seed);
    if (!found.model().equals(wanted.model())) {
      return "another model's samples";
    }
    if (!found.seed().equals(wanted.seed())) {
      return "seed " + found.seed() + ", this run asks for " + seed;
    }
    if (file.size() != count) {
      return Counted.of(file.size(), "images") + ", this run asks for " + count;
    }
    int[] timesteps = file.timesteps();
    if (timesteps.length != sampler.timesteps().length) {
      return timesteps.length + " inference steps, this run asks for " + sampler.timesteps().length;
    }
    if (!found.scheduler().equals(wanted.scheduler())
        || !Arrays.equals(timesteps, sampler.timesteps())) {
      return "the scheduler " + found.scheduler() + ", this run asks for " + wanted.scheduler();
    }
    if (!found.eta().equals(wanted.eta())) {
      return "eta " + found.eta() + ", this run asks for " + wanted.eta();
    }
    if (!found.guidance().equals(wanted.guidance())) {
      return "guidance " + found.guidance() + ", this run asks for " + wanted.guidance();
    }
    if (!found.textEncoder().equals(wanted.textEncoder())) {
      return "prompts that another text encoder has read";
    }
    if (!file.codecFingerprint().equals(TrajectoryFile.codecFingerprint(codec))) {
      return "pictures of another autoencoder";
    }
    return file.conditions().equals(conditionsOfAll().stream().map(Condition::stored).toList())
        ? null
        : (conditions.get(0).captionText().isPresent() ? "prompts " : "labels ")
            + ConditionColumn.json(file.conditions())
            + ", this run asks for "
            + ConditionColumn.json(conditionsOfAll());
  }
}
