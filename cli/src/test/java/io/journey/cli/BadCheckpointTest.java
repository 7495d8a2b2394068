package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors;
import io.journey.model.Checkpoint;
import io.journey.run.Json;
import io.journey.run.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints that cannot be used: one sentence, nothing touched, nothing begun. */
class BadCheckpointTest {
  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;
  private Path member;
  private Path config;
  private Path weights;

  @BeforeAll
  static void makeOnce() throws IOException {
    flow = TinyFlow.made(root);
  }

  @BeforeEach
  void copyAMember() throws IOException {
    member = Snapshot.copy(flow.member(), folder.resolve("member"));
    config = member.resolve("unet/config.json");
    weights = member.resolve("unet").resolve(Checkpoint.WEIGHTS);
  }

  private void refused(String... said) throws IOException {
    String fresh = root.resolve("new").toString();
    String copy = member.toString();
    Refusal.of(root, flow.sample("--checkpoint", copy, "--out", fresh), said);
    Refusal.of(root, flow.featurize("--checkpoints", copy, "--out", fresh), said);
    assertThat(Path.of(fresh)).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "block_out_channels | [8, 8]            | Checkpoint.WEIGHTS;expected [8, 1, 3, 3]",
        "layers_per_block   | 2                 | lacks down_blocks.0.resnets.1;config.json",
        "layers_per_block   | \"1\"             | layers_per_block \"1\";a whole number",
        "_class_name        | \"Transformer2D\" | Transformer2D;UNet2DModel;another checkpoint",
        "act_fn             | \"tanh\"          | act_fn \"tanh\";silu;another checkpoint",
        "class_embed_type   | \"projection\"    | class_embed_type \"projection\";timestep;another",
        "class_embed_type   | \"timestep\"      | lacks class_embedding.linear_1.weight",
        "out_channels       | 2                 | conv_out.weight;expected [2, 4, 3, 3]",
        "sample_size        | null              | sample_size null;write it there",
        "sample_size        | 7                 | sample_size 7;divisible by 2",
        "up_block_types     | [\"UpBlock2D\", \"UpBlock2D\"] | unknown tensor up_blocks.0.attentions.0",
        "up_block_types     | [\"UpBlock2D\"]   | as many down_block_types and up_block_types",
        "down_block_types   | [\"DownBlock2D\", \"CrossAttn\"] | down_block_types CrossAttn",
      })
  void aConfigurationThatDoesNotFitIsRefused(String field, String value, String said)
      throws IOException {
    ObjectNode json = Json.read(config);
    json.set(field, Json.parse(("{\"x\": " + value + "}").getBytes(), "test").get("x"));
    Files.write(config, Json.bytes(json));
    refused(said.replace("Checkpoint.WEIGHTS", Checkpoint.WEIGHTS).split(";"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "prediction_type     | \"flow\"         | prediction_type \"flow\";epsilon",
        "beta_schedule       | \"cosine\"       | cosine;linear",
        "sigma_data          | 0.5              | sigma_data 0.5;does not support",
        "_class_name         | \"EDMEulerScheduler\" | EDMEulerScheduler;DDPMScheduler",
        "num_train_timesteps | 0                | between 1 and 1000000, got 0",
        "num_train_timesteps | \"many\"         | num_train_timesteps \"many\";a whole number",
      })
  void aScheduleThatDoesNotFitIsRefused(String field, String value, String said)
      throws IOException {
    Path file = member.resolve("scheduler/scheduler_config.json");
    ObjectNode json = Json.read(file);
    json.set(field, Json.parse(("{\"x\": " + value + "}").getBytes(), "test").get("x"));
    Files.write(file, Json.bytes(json));
    refused((said + ";scheduler_config.json").split(";"));
  }

  @ParameterizedTest
  @CsvSource({
    "_class_name, HeunDiscreteScheduler, HeunDiscreteScheduler",
    "variance_type, learned, 'DDPMScheduler with variance_type \"learned\" (only fixed_small, '"
  })
  void drawingThatJourneyLacksMustBeReplacedByNameOnlyToDraw(
      String field, String value, String said) throws IOException {
    Path file = member.resolve("scheduler/scheduler_config.json");
    Files.write(file, Json.bytes(Json.read(file).put(field, value)));
    String copy = member.toString();
    String fresh = folder.resolve("targets.safetensors").toString();
    String[] sample = flow.sample("--checkpoint", copy, "--out", fresh);
    Refusal.of(root, sample, "member ", said, "--scheduler", "ddim, ddpm, dpm-solver++");
    String features = folder.resolve("features").toString();
    assertThat(CommandRun.of(flow.featurize("--checkpoints", copy, "--out", features)).status())
        .isZero();
    String[] named = flow.sample("--checkpoint", copy, "--out", fresh, "--scheduler", "ddim");
    assertThat(CommandRun.of(named).status()).isZero();
    String other = folder.resolve("ddim.safetensors").toString();
    assertThat(CommandRun.of(flow.sample("--out", other, "--scheduler", "ddim")).status()).isZero();
    assertThat(Safetensors.open(Path.of(fresh)).floats("image"))
        .isEqualTo(Safetensors.open(Path.of(other)).floats("image"));
  }

  @Test
  void theModelsOwnFolderFindsTheSchedulerBesideIt() throws IOException {
    Path file = member.resolve("scheduler/scheduler_config.json");
    Files.write(file, Json.bytes(Json.read(file).put("prediction_type", "sample")));
    try (Checkpoint whole = Checkpoint.read(member);
        Checkpoint own = Checkpoint.read(member.resolve("unet"))) {
      assertThat(own.fingerprint()).isEqualTo(whole.fingerprint());
      assertThat(own.scheduler()).isEqualTo(whole.scheduler());
      Files.move(file, member.resolve("scheduler_config.json"));
      try (Checkpoint early = Checkpoint.read(member)) {
        assertThat(early.fingerprint()).isEqualTo(whole.fingerprint());
      }
    }
  }

  @Test
  void aWeightThatIsNoNumberIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(weights);
    Safetensors.Entry entry = Safetensors.open(weights).entry("conv_in.weight");
    int at = (int) entry.begin() + 3;
    bytes[at] = 0x7f;
    bytes[at - 1] = (byte) 0xc0;
    Files.write(weights, bytes);
    refused(Checkpoint.WEIGHTS, "conv_in.weight", "not finite");
  }

  @Test
  void aTruncatedFileOfWeightsIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length - 100));
    refused(Checkpoint.WEIGHTS, "not a whole safetensors file", "again");
  }

  @Test
  void aWeightInPlaceOfOthersIsRefused() throws IOException {
    Safetensors whole = Safetensors.open(weights);
    float[] kernel = whole.floats("conv_in.weight");
    long[] shape = whole.shape("conv_in.weight").stream().mapToLong(Long::longValue).toArray();
    long others = whole.names().stream().mapToLong(n -> whole.entry(n).numel()).sum();
    try (OutputStream out = Files.newOutputStream(weights)) {
      new Safetensors.Writer()
          .add("conv_in.weight", kernel, shape)
          .add("stranger", new float[(int) others], others)
          .writeTo(out);
    }
    refused(Checkpoint.WEIGHTS, "holds no weights of a UNet2DModel", "conv_in.weight, stranger");
  }

  @Test
  void weightsOfSomethingElseAreRefused() throws IOException {
    try (OutputStream out = Files.newOutputStream(weights)) {
      new Safetensors.Writer().add("stranger", new float[3], 3).writeTo(out);
    }
    refused(Checkpoint.WEIGHTS, "no weights of a UNet2DModel", "such as stranger", "torchscript:");
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    Files.delete(weights);
    refused(Checkpoint.WEIGHTS, "no such file", "check");
    Files.delete(config);
    String copy = member.toString();
    Refusal.of(root, flow.sample("--checkpoint", copy), copy, "without unet/config.json");
    Refusal.of(root, flow.featurize("--checkpoints", copy), copy, "no manifest.json", "name a");
  }

  @Test
  void pipelinesOfTwoTextEncodersAreRefused() throws IOException {
    Path index = member.resolve("model_index.json");
    ObjectNode json = Json.read(index);
    json.put("_class_name", "StableDiffusionXLPipeline");
    json.putArray("text_encoder_2").add("transformers").add("CLIPTextModelWithProjection");
    Files.writeString(index, json.toString());
    Refusal.of(
        root,
        flow.sample("--checkpoint", member.toString()),
        "StableDiffusionXLPipeline",
        "text_encoder_2",
        "one text encoder");
  }

  @Test
  void anEnsembleIsNoCheckpointAndACheckpointNoDirectory() throws IOException {
    Refusal.of(
        root,
        flow.sample("--checkpoint", flow.checkpoints().toString()),
        "is an ensemble",
        "checkpoints/member-000");
    Refusal.of(
        root,
        flow.sample("--checkpoint", root.resolve("none").toString()),
        "none",
        "no checkpoint");
    Refusal.of(
        root, flow.featurize("--checkpoints", root.resolve("none").toString()), "none", "check");
  }

  @Test
  void aWeightChangedSinceTrainingIsFoundByItsChecksum() throws IOException {
    Path copy = Snapshot.copy(flow.checkpoints(), folder.resolve("ensemble"));
    Path changed = copy.resolve("member-001/unet").resolve(Checkpoint.WEIGHTS);
    byte[] bytes = Files.readAllBytes(changed);
    bytes[bytes.length - 2] ^= 1;
    Files.write(changed, bytes);
    String[] said = {"member-001", "is damaged", "SHA-256", "again"};
    Refusal.of(root, flow.featurize("--checkpoints", copy.toString()), said);
    Refusal.of(root, flow.attribute("--checkpoints", copy.toString()), said);
  }
}
