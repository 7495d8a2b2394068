package io.journey.sampling;

import io.journey.condition.CaptionEncoder;
import io.journey.model.Checkpoint;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.scheduler.Scheduler;
import io.journey.scheduler.SchedulerConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * The origin of all trajectories of a file.
 *
 * @param model fingerprint of the checkpoint
 * @param modelName its name
 * @param sampler the scheduler's short name, such as "ddpm"
 * @param scheduler all settings of the drawing, JSON in the fields of diffusers, in one line
 * @param eta of a scheduler that has it, otherwise empty
 * @param guidance that drew
 * @param textEncoder fingerprint of what encoded the prompts; "" where there are none, or it is not
 *     known
 * @param seed what the user typed
 */
record Origin(
    String model,
    String modelName,
    String sampler,
    String scheduler,
    String eta,
    Guidance guidance,
    String textEncoder,
    String seed) {

  static final String TEXT_ENCODER = "text_encoder";

  static Origin of(Sampler sampler, long seed) {
    Scheduler scheduler = sampler.scheduler();
    SchedulerConfig config =
        SchedulerConfig.of(sampler.checkpoint().schedule().forward(), scheduler);
    return new Origin(
        sampler.checkpoint().fingerprint(),
        sampler.checkpoint().name(),
        scheduler.name(),
        config.toDiffusers().toString(),
        scheduler.eta().isPresent() ? Double.toString(scheduler.eta().getAsDouble()) : "",
        sampler.guidance(),
        sampler.textEncoder(),
        Long.toString(seed));
  }

  /**
   * Reads the metadata of a file.
   *
   * @throws IllegalArgumentException if its guidance is none
   */
  static Origin of(Map<String, String> metadata) {
    return new Origin(
        metadata.getOrDefault("model", ""),
        metadata.getOrDefault("model_name", ""),
        metadata.getOrDefault("sampler", "ddpm"),
        // The first files said nothing: they were all drawn like this.
        metadata.getOrDefault("scheduler", SchedulerConfig.DEFAULT.toDiffusers().toString()),
        metadata.getOrDefault("eta", ""),
        Guidance.parse(metadata.getOrDefault("guidance", Guidance.NONE.toString())),
        metadata.getOrDefault(TEXT_ENCODER, ""),
        metadata.getOrDefault("seed", ""));
  }

  /**
   * Refuses an encoder that makes other states of the prompts than those that drew.
   *
   * @param file of the trajectories
   * @throws JourneyException if it is another
   */
  void requireEncoder(CaptionEncoder encoder, Path file) {
    String other = encoder.fingerprint();
    if (!textEncoder.isEmpty() && !other.isEmpty() && !textEncoder.equals(other)) {
      throw new JourneyException(
          file
              + " was drawn from prompts by another text encoder ("
              + start(textEncoder)
              + "…) than the one that belongs to the checkpoint ("
              + start(other)
              + "…): put that one beside the checkpoint, or sample again.");
    }
  }

  /**
   * Returns the sampler that drew, from its checkpoint and the number of its steps.
   *
   * @param encoder of the model's captions; null: it takes none
   */
  Sampler sampler(Checkpoint checkpoint, int inferenceSteps, Path file, CaptionEncoder encoder) {
    if (!model.equals(checkpoint.fingerprint())) {
      throw new JourneyException(
          file
              + " was sampled from the checkpoint "
              + shortened(modelName, model)
              + ", expected "
              + shortened(checkpoint.name(), checkpoint.fingerprint())
              + ": name the checkpoint that it was sampled from.");
    }
    if (encoder != null) {
      requireEncoder(encoder, file);
    }
    byte[] text = scheduler.getBytes(StandardCharsets.UTF_8);
    SchedulerConfig config =
        SchedulerConfig.fromDiffusers(
            Json.parse(text, "The scheduler of " + file), file.toString());
    try {
      Scheduler drew =
          config.scheduler(modelName).withEta(eta.isEmpty() ? 0 : Double.parseDouble(eta));
      return Sampler.of(checkpoint, drew, inferenceSteps).withGuidance(guidance, encoder);
    } catch (IllegalArgumentException e) {
      throw new JourneyException(
          file + " says of its sampler what cannot be: " + e.getMessage() + ": sample it again.",
          e);
    }
  }

  private static String shortened(String name, String fingerprint) {
    return name + " (" + start(fingerprint) + "…)";
  }

  private static String start(String fingerprint) {
    return fingerprint.substring(0, Math.min(12, fingerprint.length()));
  }
}
