package io.journey.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.diffusion.BetaSchedule;
import io.journey.diffusion.ForwardConfig;
import io.journey.diffusion.PredictionType;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.nio.charset.StandardCharsets;
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
    assertThat(config.scheduler("m"))
        .isEqualTo(new DdpmScheduler().with("variance_type", "fixed_large"));
    assertThat(config.forward().predictionType()).isEqualTo(PredictionType.SAMPLE);
  }

  @Test
  void ofAnotherSamplerTheTrainingIsRead() {
    SchedulerConfig config =
        read(
            "{\"_class_name\": \"HeunDiscreteScheduler\", \"beta_end\": 0.012, \"beta_start\":"
                + " 0.00085, \"beta_schedule\": \"scaled_linear\", \"timestep_spacing\": \"leading\","
                + " \"solver\": \"any\", \"prediction_type\": \"v_prediction\"}");
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
    assertThatThrownBy(() -> config.scheduler("member-000"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll("member-000", "HeunDiscreteScheduler", "ddim, ddpm, dpm-solver++");
    assertThat(config.withScheduler("euler").scheduler("m"))
        .isEqualTo(new EulerDiscreteScheduler().with("timestep_spacing", "leading"));
    assertThat(config.toDiffusers().path("solver").asText()).isEqualTo("any");
    assertThatThrownBy(() -> read("{\"_class_name\": \"HeunDiscreteScheduler\"}"))
        .hasMessageContaining("no beta_schedule, no beta_start, no beta_end");
  }

  /** scheduler_config.json of runwayml/stable-diffusion-v1-5, -2-1 and stable-diffusion-xl. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "PNDMScheduler | \"clip_sample\": false, \"set_alpha_to_one\": false,"
            + " \"skip_prk_steps\": true, \"trained_betas\": null",
        "DDIMScheduler | \"clip_sample\": false, \"set_alpha_to_one\": false,"
            + " \"skip_prk_steps\": true, \"prediction_type\": \"v_prediction\", \"trained_betas\": null",
        "EulerDiscreteScheduler | \"clip_sample\": false, \"interpolation_type\": \"linear\","
            + " \"sample_max_value\": 1.0, \"set_alpha_to_one\": false, \"skip_prk_steps\": true,"
            + " \"timestep_spacing\": \"leading\", \"use_karras_sigmas\": false",
        "DPMSolverMultistepScheduler | \"algorithm_type\": \"dpmsolver++\", \"solver_order\": 2,"
            + " \"solver_type\": \"midpoint\", \"lower_order_final\": true, \"flow_shift\": 1",
      })
  void theFilesOfStableDiffusionAreRead(String className, String options) {
    SchedulerConfig config =
        read(
            String.format(
                "{\"_class_name\": \"%s\", \"beta_end\": 0.012, \"beta_schedule\": \"scaled_linear\","
                    + " \"beta_start\": 0.00085, \"num_train_timesteps\": 1000, \"steps_offset\": 1,"
                    + " %s}",
                className, options));
    assertThat(config.className()).isEqualTo(className);
    Scheduler scheduler = config.scheduler("m");
    assertThat(scheduler.className()).isEqualTo(className);
    assertThat(SchedulerOptions.of(scheduler).path("steps_offset").asInt()).isEqualTo(1);
    SchedulerConfig again = read(config.toDiffusers().toString());
    assertThat(again).isEqualTo(config);
    assertThat(again.scheduler("m")).isEqualTo(scheduler);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "EulerDiscreteScheduler | \"use_karras_sigmas\": true | use_karras_sigmas true (only false)",
        "EulerDiscreteScheduler | \"sigma_max\": 5 | sigma_max 5 (only null)",
        "PNDMScheduler | \"steps_offset\": 1 | no skip_prk_steps (only true)",
        "PNDMScheduler | \"skip_prk_steps\": false | skip_prk_steps false (only true)",
        "DPMSolverMultistepScheduler | \"solver_order\": 3, \"algorithm_type\": \"sde-dpmsolver++\" |"
            + " solver_order 3 (only 2), algorithm_type \"sde-dpmsolver++\" (only \"dpmsolver++\")",
        "DDPMScheduler | \"variance_type\": \"learned\" | variance_type \"learned\" (only fixed_small",
      })
  void drawingThatIsNotSupportedIsRefusedWhereTrainingIsRead(
      String className, String options, String said) {
    SchedulerConfig config =
        read(String.format("{\"_class_name\": \"%s\", %s}", className, options));
    assertThat(config.forward()).isEqualTo(ForwardConfig.DEFAULT);
    assertThatThrownBy(() -> config.scheduler("m"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll(className, said);
    assertThat(config.withScheduler("ddim").scheduler("m").name()).isEqualTo("ddim");
    assertThat(read(config.toDiffusers().toString())).isEqualTo(config);
  }

  @Test
  void anotherSchedulerTakesTheOptionsThatItHas() {
    SchedulerConfig config =
        read("{\"timestep_spacing\": \"trailing\", \"clip_sample\": false, \"steps_offset\": 3}");
    assertThat(config.withScheduler("euler").scheduler("m"))
        .isEqualTo(new EulerDiscreteScheduler(TimestepSpacing.TRAILING, 3, FinalSigmasType.ZERO));
    assertThat(config.withScheduler("ddim").scheduler("m"))
        .isEqualTo(
            new DdimScheduler()
                .with("timestep_spacing", "trailing")
                .with("clip_sample", false)
                .with("steps_offset", 3));
    assertThatThrownBy(() -> config.withScheduler("heun"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ddim, ddpm, dpm-solver++, euler, euler-ancestral, pndm");
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
        "\"_class_name\": \"FlowMatchEulerDiscreteScheduler\" | FlowMatch;DDIMScheduler, DDPMScheduler",
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
    assertThatThrownBy(() -> SchedulerConfig.supported(parse("{" + field + "}"), "the file"))
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
                        + " \"sigma_data\": 5, \"solver_order\": 3}"))
        .hasMessageContainingAll("learned", "flow", "sigma_data 5")
        .hasMessageNotContaining("solver_order");
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
