package io.journey.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerConfigTest {
  private static SchedulerConfig read(String json) {
    return SchedulerConfig.fromDiffusers(parse(json), "the file");
  }

  private static ObjectNode parse(String json) {
    return Json.parse(json.getBytes(StandardCharsets.UTF_8), "the file");
  }

  /** Fingerprints of checkpoints, which features and trajectories name, are made of these bytes. */
  @Test
  void theDefaultsAreWrittenAsTheyAlwaysWere() {
    assertThat(SchedulerConfig.DEFAULT.toDiffusers().toString())
        .isEqualTo(
            "{\"_class_name\":\"DDPMScheduler\",\"_diffusers_version\":\"0.35.0\","
                + "\"beta_end\":0.02,\"beta_schedule\":\"linear\",\"beta_start\":1.0E-4,"
                + "\"clip_sample\":true,\"num_train_timesteps\":1000,"
                + "\"prediction_type\":\"epsilon\",\"timestep_spacing\":\"leading\","
                + "\"variance_type\":\"fixed_small\"}");
  }

  @Test
  void howImagesAreDrawnIsNoPartOfWhatTrainingWas() {
    SchedulerConfig drawnOtherwise =
        read(
            "{\"_class_name\": \"DDIMScheduler\", \"clip_sample\": false, \"steps_offset\": 1,"
                + " \"set_alpha_to_one\": false, \"timestep_spacing\": \"trailing\"}");
    assertThat(drawnOtherwise.trainingOnly()).isEqualTo(SchedulerConfig.DEFAULT);
    assertThat(read("{\"prediction_type\": \"sample\"}").trainingOnly())
        .isNotEqualTo(SchedulerConfig.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"_class_name\": \"DDIMScheduler\", \"set_alpha_to_one\": false, \"steps_offset\": 1}",
        "{\"beta_schedule\": \"squaredcos_cap_v2\", \"prediction_type\": \"v_prediction\"}",
        "{\"beta_schedule\": \"scaled_linear\", \"beta_start\": 0.00085, \"beta_end\": 0.012,"
            + " \"variance_type\": \"fixed_small_log\", \"clip_sample_range\": 2.5}",
        "{\"thresholding\": true, \"dynamic_thresholding_ratio\": 0.9, \"sample_max_value\": 2.0}",
        "{\"beta_schedule\": \"sigmoid\", \"rescale_betas_zero_snr\": true,"
            + " \"timestep_spacing\": \"linspace\", \"variance_type\": \"fixed_large\"}",
        "{\"num_train_timesteps\": 3, \"trained_betas\": [0.1, 0.2, 1.0], \"clip_sample\": false}",
      })
  void whatIsWrittenIsReadAgain(String json) {
    SchedulerConfig config = read(json);
    assertThat(SchedulerConfig.fromDiffusers(config.toDiffusers(), "the file")).isEqualTo(config);
    parse(json)
        .properties()
        .forEach(
            field ->
                assertThat(config.toDiffusers().get(field.getKey()))
                    .as(field.getKey())
                    .isEqualTo(field.getValue()));
  }

  @Test
  void aFileOfTheFirstVersionsIsRead() {
    SchedulerConfig config =
        read(
            "{\"_class_name\": \"DDPMScheduler\", \"_diffusers_version\": \"0.1.1\","
                + " \"beta_end\": 0.02, \"beta_schedule\": \"linear\", \"beta_start\": 0.0001,"
                + " \"clip_sample\": true, \"num_train_timesteps\": 1000, \"trained_betas\": null,"
                + " \"variance_type\": \"fixed_large\", \"timestep_values\": null,"
                + " \"tensor_format\": \"pt\", \"predict_epsilon\": false}");
    assertThat(config.sampling().varianceType()).isEqualTo(SamplingConfig.VarianceType.FIXED_LARGE);
    assertThat(config.forward().predictionType()).isEqualTo(PredictionType.SAMPLE);
  }

  @Test
  void ofAnotherSamplerTheTrainingIsRead() {
    SchedulerConfig config =
        read(
            "{\"_class_name\": \"PNDMScheduler\", \"beta_end\": 0.012, \"beta_start\": 0.00085,"
                + " \"beta_schedule\": \"scaled_linear\", \"skip_prk_steps\": true,"
                + " \"solver\": \"any\", \"prediction_type\": \"v_prediction\"}");
    assertThat(config.isSamplingKnown()).isFalse();
    assertThat(config.forward())
        .isEqualTo(
            new ForwardConfig(
                1000,
                0.00085,
                0.012,
                BetaSchedule.SCALED_LINEAR,
                null,
                false,
                PredictionType.V_PREDICTION));
    assertThatThrownBy(() -> read("{\"_class_name\": \"HeunDiscreteScheduler\"}"))
        .hasMessageContaining("no beta_schedule, no beta_start, no beta_end");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"variance_type\": \"learned\"       | variance_type \"learned\";only fixed_small, fixed_sm",
        "\"variance_type\": \"learned_range\" | learned_range",
        "\"variance_type\": \"fixed_large_log\" | fixed_large_log;fixed_large)",
        "\"beta_schedule\": \"laplace\"       | beta_schedule \"laplace\";squaredcos_cap_v2",
        "\"prediction_type\": \"flow\"        | prediction_type \"flow\";epsilon, sample, v_predic",
        "\"timestep_spacing\": \"karras\"     | timestep_spacing \"karras\";leading, trailing, lins",
        "\"thresholdin\": true                | thresholdin true",
        "\"timestep_values\": [1]             | timestep_values [1]",
        "\"_class_name\": \"FlowMatchEulerDiscreteScheduler\" | FlowMatch;DDPMScheduler or DDIM",
        "\"clip_sample\": \"yes\"             | clip_sample \"yes\";true or false",
        "\"clip_sample_range\": 0             | clip_sample_range;above 0;0.0",
        "\"steps_offset\": -1                 | steps_offset;at least 0;-1",
        "\"dynamic_thresholding_ratio\": 1.1  | dynamic_thresholding_ratio;[0, 1];1.1",
        "\"num_train_timesteps\": 2000000000  | num_train_timesteps;between 1 and 1000000",
        "\"beta_start\": 0                    | 0 < beta_start;0.0",
        "\"beta_end\": 1                      | beta_end < 1;1.0",
        "\"trained_betas\": [0.1]             | trained_betas;1000 numbers, got 1",
        "\"trained_betas\": [\"x\"]           | trained_betas;a list of numbers",
        "\"trained_betas\": [0.5, 0], \"num_train_timesteps\": 2 | trained_betas;(0, 1];0.0",
      })
  void whatCannotBeIsRefused(String field, String said) {
    assertThatThrownBy(() -> read("{" + field + "}"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("the file")
        .hasMessageContainingAll(said.split(";"));
  }

  @Test
  void allThatIsUnsupportedIsNamedAtOnce() {
    assertThatThrownBy(
            () ->
                read(
                    "{\"variance_type\": \"learned\", \"prediction_type\": \"flow\","
                        + " \"sigma_max\": 5, \"lower_order_final\": true}"))
        .hasMessageContainingAll("learned", "flow", "sigma_max 5", "lower_order_final true");
  }

  @Test
  void anImageGoneBeforeTheLastStepIsRefused() {
    SchedulerConfig config =
        read("{\"num_train_timesteps\": 3, \"trained_betas\": [0.1, 1.0, 0.5]}");
    assertThatThrownBy(() -> NoiseSchedule.of(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ᾱ_1 is 0.0");
  }

  @Test
  void predictedNoiseAndImageAreWhatWasMixedWhateverIsPredicted() {
    for (PredictionType type : PredictionType.values()) {
      for (double alphaBar : List.of(0.9999, 0.5, 1e-4)) {
        double signal = Math.sqrt(alphaBar);
        double sigma = Math.sqrt(1 - alphaBar);
        double image = 0.7;
        double noise = -1.3;
        double xt = signal * image + sigma * noise;
        double output = type.target(image, noise, signal, sigma);
        // One rounding of x_t, divided by the smaller share, 0.01.
        assertThat(type.original(xt, output, signal, sigma))
            .as("x̂0 of %s at ᾱ = %s", type, alphaBar)
            .isCloseTo(image, within(1e-13));
        assertThat(type.noise(xt, output, signal, sigma))
            .as("ε̂ of %s at ᾱ = %s", type, alphaBar)
            .isCloseTo(noise, within(1e-13));
      }
    }
  }

  @Test
  void noImageFollowsFromPredictedNoiseWhereThereIsOnlyNoise() {
    String zero = "\"rescale_betas_zero_snr\": true";
    NoiseSchedule epsilon = NoiseSchedule.of(read("{" + zero + "}"));
    assertThat(epsilon.alphaBar(999)).isZero();
    epsilon.requireEstimable(998);
    assertThatThrownBy(() -> epsilon.predictedOriginal(new float[1], new float[1], 999))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("step 999 is pure noise", "leading spacing");
    NoiseSchedule velocity =
        NoiseSchedule.of(read("{" + zero + ", \"prediction_type\": \"v_prediction\"}"));
    assertThat(velocity.predictedOriginal(new float[] {9}, new float[] {-0.5f}, 999))
        .containsExactly(0.5f);
  }

  @Test
  void spacingsFallStrictlyFromBelowTheLastStep() {
    for (TimestepSpacing spacing : TimestepSpacing.values()) {
      for (int n = 1; n <= 1000; n++) {
        int[] steps = spacing.timesteps(1000, n, 0);
        assertThat(steps[0]).isLessThan(1000);
        for (int i = 1; i < n; i++) {
          assertThat(steps[i]).as("%s, %d steps", spacing, n).isLessThan(steps[i - 1]);
        }
        assertThat(steps[n - 1]).isNotNegative();
      }
    }
    assertThatThrownBy(() -> TimestepSpacing.LEADING.timesteps(1000, 1000, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("steps_offset 1", "step 1000", "the last is 999");
  }
}
