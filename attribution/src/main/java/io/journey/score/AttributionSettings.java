package io.journey.score;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.journey.unlearning.UnlearningConfig;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Locale;

/**
 * The settings of an attribution in its manifest.
 *
 * @param damping c; null: the estimator has none
 * @param mask of the pixels; null: the whole image, or several parts
 * @param masks of several parts, a null among them: the whole; null: there is one
 * @param strongest images that are kept at each end; null: all
 * @param outputs random outputs of an image that stand for the Hessian in training; null: scores
 *     are no products of its steps
 * @param unit of scores, {@link io.journey.results.Attribution#CHANGE}; null: they have none
 * @param unlearning how questions were unlearned; null: they were not
 * @param overSteps how steps are weighed in scores of the whole trajectory; null: there are none
 */
@RecordBuilder
record AttributionSettings(
    String estimator,
    int[] timesteps,
    Double damping,
    int draws,
    long seed,
    @JsonInclude Mask mask,
    List<Mask> masks,
    Integer strongest,
    Integer outputs,
    String unit,
    UnlearningConfig unlearning,
    String overSteps)
    implements AttributionSettingsBuilder.With {

  /** A part of the image, by what the user typed and by its content. */
  record Mask(String source, String sha256) {
    static Mask of(PixelMask mask) {
      return new Mask(mask.source(), mask.fingerprint());
    }
  }

  /** Those that all estimators have; the others are null. */
  static AttributionSettings of(
      String estimator, TargetDraws draws, int[] steps, StepWeights weights) {
    List<Mask> masks =
        draws.masks().stream().map(mask -> mask == null ? null : Mask.of(mask)).distinct().toList();
    return new AttributionSettings(
        estimator,
        steps,
        null,
        draws.draws(),
        draws.seed(),
        masks.size() == 1 ? masks.get(0) : null,
        masks.size() > 1 ? masks : null,
        null,
        null,
        null,
        null,
        weights == null ? null : weights.kind().name().toLowerCase(Locale.ROOT));
  }
}
