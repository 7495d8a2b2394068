package io.journey.cli;

import static io.journey.cli.CommandRun.refuses;
import static io.journey.cli.CommandRun.runs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.encoding.Encoders;
import io.journey.latent.Autoencoders;
import io.journey.latent.LatentCodec;
import io.journey.model.Ensemble;
import io.journey.run.Json;
import io.journey.text.TextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of captions on latents, from training to the page, as a user types it. */
class LatentFlowTest {
  static final Path GOLDEN = Path.of("../diffusion/src/test/resources/golden");
  static final String DATA = "../data/coco?size=16&limit=12";
  static final String CODEC = GOLDEN.resolve("latent/tiny").toString();
  private static final String WORDS = GOLDEN.resolve("text/words").toString();
  static final String CONFIG =
      """
      {"model": {"block_out_channels": [4, 8], "layers_per_block": 1,
                 "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"],
                 "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"],
                 "norm_num_groups": 2, "attention_head_dim": 2},
       "training": {"steps": 12, "batchSize": 8, "dropCaptions": 0.4}}
      """;

  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;

  private static String[] train(TinyFlow flow, String... changes) {
    String[] captioned =
        flow.train("--data", DATA, "--autoencoder", CODEC, "--text-encoder", WORDS);
    return TinyFlow.changed(captioned, changes);
  }

  private static String[] train(String... changes) {
    return train(flow, changes);
  }

  /** The flow up to the scores, of two targets under guidance away from a dog. */
  static TinyFlow made(Path root, String config, String... attributing) throws IOException {
    TinyFlow flow = new TinyFlow(root);
    Files.writeString(flow.config(), config);
    runs(train(flow));
    runs(
        TinyFlow.with(
            flow.sample("--guidance", "3", "--negative-prompt", "dog"),
            "--prompt",
            "a cat",
            "--prompt",
            "a dog, flat"));
    runs(flow.featurize("--data", DATA));
    runs(flow.attribute(attributing));
    return flow;
  }

  @BeforeAll
  static void goTheWayOnce() throws IOException {
    flow = made(root, CONFIG, "--mask", "0,0,8,16");
    runs(flow.report("--data", DATA));
  }

  @Test
  void theEnsembleHoldsItsEncoders() {
    Encoders own = Encoders.of(Ensemble.open(flow.checkpoints()));
    assertThat(own.autoencoder()).startsWith(flow.checkpoints());
    try (LatentCodec kept = own.codec();
        LatentCodec given = Autoencoders.open(Path.of(CODEC));
        TextEncoder keptText = own.text();
        TextEncoder givenText = TextEncoder.open(Path.of(WORDS))) {
      assertThat(kept.fingerprint()).isEqualTo(given.fingerprint());
      assertThat(keptText.fingerprint()).isEqualTo(givenText.fingerprint());
    }
    assertThat(Encoders.of(Ensemble.open(flow.member()))).isEqualTo(own);
    ObjectNode manifest = Json.read(flow.checkpoints().resolve("manifest.json"));
    assertThat(manifest.at("/settings/training/dropCaptions").asDouble()).isEqualTo(0.4);
    Dataset pictures = Datasets.open(DATA).captioned();
    assertThat(manifest.at("/inputs/pictures").asText()).isEqualTo(pictures.fingerprint());
    assertThat(manifest.at("/parts/encoding").asText()).isNotEmpty();
    runs("inspect", "--verify", flow.checkpoints().toString());
  }

  @Test
  void trajectoriesHaveTheDecodedPictures() {
    Safetensors file = Safetensors.open(flow.targets());
    assertThat(file.entry("image").shape()).containsExactly(2L, 5L, 4L, 4L);
    assertThat(file.entry("picture").shape()).containsExactly(2L, 3L, 16L, 16L);
    try (LatentCodec codec = Autoencoders.open(Path.of(CODEC))) {
      float[] latent = file.part("image", 80, 80);
      float[] expected =
          codec.decode(new float[][] {latent}, new io.journey.dataset.ImageShape(5, 4, 4))[0];
      assertThat(file.part("picture", 768, 768)).containsExactly(expected);
    }
    assertThat(file.metadata()).containsEntry("guidance", "classifier-free:3.0:dog");
  }

  /** A picture is encoded as training images are, and asked about under words or none. */
  @Test
  void aPictureFromElsewhereIsAskedAboutAsItsEncoding() throws IOException {
    Dataset pictures = Datasets.open(DATA);
    Path file;
    try (Stream<Path> files = Files.walk(Path.of("../data/coco"))) {
      file = files.filter(f -> f.toString().endsWith(pictures.id(3))).findFirst().orElseThrow();
    }
    float[] image = new float[pictures.shape().numel()];
    pictures.read(3, image, 0);
    Path none = folder.resolve("none");
    String[] asked = flow.attribute("--out", none.toString());
    int target = List.of(asked).indexOf("--target");
    asked[target] = "--image";
    asked[target + 1] = file.toString();
    assertThat(runs(asked)).contains("told no words", "--prompt");
    Path worded = folder.resolve("worded");
    runs(TinyFlow.changed(asked, "--out", worded.toString(), "--prompt", "a cat"));
    try (LatentCodec codec = Encoders.of(Ensemble.open(flow.checkpoints())).codec()) {
      float[][] latent = codec.encode(new float[][] {image}, pictures.shape());
      float[] decoded = codec.decode(latent, codec.latentShape(pictures.shape()))[0];
      Safetensors shown = Safetensors.open(none.resolve("targets.safetensors"));
      assertThat(shown.floats("image")).containsExactly(decoded);
      assertThat(shown.metadata()).containsEntry("prompts", "[\"\"]");
    }
    assertThat(Files.readAllBytes(worded.resolve("scores.npy")))
        .isNotEqualTo(Files.readAllBytes(none.resolve("scores.npy")));
    runs(flow.report("--attribution", worded.toString(), "--data", DATA));
    assertThat(Files.readString(flow.page())).contains("\"prompt\":\"a cat\"", "did not draw");
    refuses("the model knows no classes", TinyFlow.with(asked, "--class", "1"));
  }

  @Test
  void theAttributionShowsPicturesAndTheMaskAsDrawn() throws IOException {
    Safetensors shown = Safetensors.open(flow.attribution().resolve("targets.safetensors"));
    assertThat(shown.entry("x0").shape()).containsExactly(2L, 2L, 3L, 16L, 16L);
    assertThat(shown.entry("mask").shape()).containsExactly(16L, 16L);
    assertThat(shown.floats("image"))
        .containsExactly(Safetensors.open(flow.targets()).floats("picture"));
    assertThat(Files.readString(flow.page())).contains("a dog, flat", "classifier-free:3.0:dog");
    assertThat(Npy.map(flow.attribution().resolve("scores.npy")).shape()).containsExactly(2, 2, 12);
  }

  @Test
  void severalPatchesAreTargetsOfTheirOwn() throws IOException {
    Path several = folder.resolve("several");
    String[] attribute = flow.attribute("--out", several.toString());
    runs(TinyFlow.with(attribute, "--mask", "whole", "--mask", "0,0,8,16", "--mask", "8,0,8,16"));
    Safetensors shown = Safetensors.open(several.resolve("targets.safetensors"));
    assertThat(shown.entry("mask").shape()).containsExactly(6L, 16L, 16L);
    assertThat(shown.part("mask", 0, 256)).containsOnly(1);
    assertThat(shown.part("image", 768, 768)).isEqualTo(shown.part("image", 0, 768));
    Npy all = Npy.map(several.resolve("scores.npy"));
    assertThat(all.shape()).containsExactly(2, 6, 12);
    Npy left = Npy.map(flow.attribution().resolve("scores.npy")); // of the mask 0,0,8,16
    for (int step = 0; step < 2; step++) {
      for (int target = 0; target < 2; target++) {
        float[] ofSeveral = new float[12];
        float[] alone = new float[12];
        all.read((step * 6L + target * 3 + 1) * 12, ofSeveral, 0, 12);
        left.read((step * 2L + target) * 12, alone, 0, 12);
        assertThat(ofSeveral).containsExactly(alone);
      }
    }
    assertThat(Json.read(several.resolve("manifest.json")).at("/settings/masks")).hasSize(3);
    Path page = folder.resolve("several.html");
    runs(
        flow.report("--data", DATA, "--attribution", several.toString(), "--out", page.toString()));
    assertThat(Files.readString(page)).contains("Where a part is outlined", "\"mask\":1");
  }

  @Test
  void aKilledRunContinuesWithItsEncoding() throws IOException {
    Path other = folder.resolve("checkpoints");
    runs(train("--out", other.toString(), "--count", "1"));
    runs(train("--out", other.toString()));
    for (int m = 0; m < 2; m++) {
      String file = "member-00" + m + "/unet/diffusion_pytorch_model.safetensors";
      assertThat(other.resolve(file)).hasSameBinaryContentAs(flow.checkpoints().resolve(file));
    }
  }

  @Test
  void aPipelineFromElsewhereIsEncodedWhereItIsFeaturized() throws IOException {
    Path pipeline = pipeline(flow, folder.resolve("pipeline"));
    Path features = folder.resolve("features");
    String[] featurize =
        flow.featurize(
            "--data", DATA, "--checkpoints", pipeline.toString(), "--out", features.toString());
    runs(featurize);
    assertThat(features.resolve("encoding/latents-00000.npy"))
        .hasSameBinaryContentAs(flow.checkpoints().resolve("encoding/latents-00000.npy"));
    assertThat(Json.read(features.resolve("manifest.json")).at("/inputs/data"))
        .isEqualTo(Json.read(flow.features().resolve("manifest.json")).at("/inputs/data"));
  }

  @Test
  void aPipelineTakesPicturesOfAnotherSizeThanItWasTrainedOn() throws IOException {
    String pipeline = pipeline(flow, folder.resolve("pipeline")).toString();
    String larger = "../data/coco?size=24&limit=12";
    String features = folder.resolve("features").toString();
    String targets = folder.resolve("targets.safetensors").toString();
    refuses(
        "write ?sample_size=6 behind the checkpoint's name",
        flow.featurize("--data", larger, "--checkpoints", pipeline, "--out", features));
    String asked = pipeline + "?sample_size=6";
    runs(flow.featurize("--data", larger, "--checkpoints", asked, "--out", features));
    runs(TinyFlow.with(flow.sample("--checkpoint", asked, "--out", targets), "--prompt", "a cat"));
    assertThat(Safetensors.open(Path.of(targets)).entry("picture").shape())
        .containsExactly(2L, 3L, 24L, 24L);
    Path scores = folder.resolve("attribution");
    String[] attribute =
        flow.attribute(
            "--checkpoints",
            asked,
            "--features",
            features,
            "--target",
            targets,
            "--out",
            scores.toString());
    runs(attribute);
    assertThat(Npy.map(scores.resolve("scores.npy")).shape()).containsExactly(2, 2, 12);
    refuses(
        "sample_size 7 is not divisible by 2",
        flow.sample("--checkpoint", pipeline + "?sample_size=7", "--out", features + ".x"));
  }

  @Test
  void aPipelineWithoutItsTextEncoderIsRefused() throws IOException {
    Path pipeline = folder.resolve("pipeline");
    copy(flow.member(), pipeline);
    copy(flow.checkpoints().resolve("vae"), pipeline.resolve("vae"));
    refuses(
        "put the folders text_encoder and tokenizer into its pipeline's folder",
        flow.featurize(
            "--data",
            DATA,
            "--checkpoints",
            pipeline.toString(),
            "--out",
            folder.resolve("features").toString()));
  }

  @Test
  void otherPicturesThanThoseTrainedOnCanBeAskedAboutAndThatIsTold() {
    for (String checkpoints :
        new String[] {flow.checkpoints().toString(), flow.member().toString()}) {
      String told =
          runs(
              flow.featurize(
                  "--checkpoints",
                  checkpoints,
                  "--data",
                  "../data/coco?size=16&limit=11",
                  "--out",
                  folder.resolve("other-" + Path.of(checkpoints).getFileName()).toString()));
      assertThat(told).contains("was trained on other images or captions than those of");
    }
    String same = folder.resolve("same").toString();
    assertThat(
            runs(
                flow.featurize(
                    "--data", DATA, "--checkpoints", flow.member().toString(), "--out", same)))
        .doesNotContain("was trained on other");
    assertThat(Path.of(same, "encoding")).doesNotExist(); // That of the training serves.
  }

  @Test
  void aPipelineThatNamesAnAutoencoderItDoesNotHaveIsRefused() throws IOException {
    Path pipeline = pipeline(flow, folder.resolve("pipeline"));
    try (java.util.stream.Stream<Path> files = Files.list(pipeline.resolve("vae"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(pipeline.resolve("vae"));
    String out = folder.resolve("out").toString();
    String[] command =
        flow.sample("--checkpoint", pipeline.toString(), "--prompt", "a cat", "--out", out);
    refuses(
        "there is no autoencoder beside the model",
        flow.featurize("--checkpoints", pipeline.toString(), "--data", DATA, "--out", out));
    Files.writeString(
        pipeline.resolve("model_index.json"),
        "{\"_class_name\": \"StableDiffusionPipeline\", \"unet\": [\"diffusers\","
            + " \"UNet2DConditionModel\"], \"vae\": [\"diffusers\", \"AutoencoderTiny\"]}");
    refuses("has no folder vae, and its model_index.json names an autoencoder", command);
    assertThat(Path.of(out)).doesNotExist();
  }

  @Test
  void captionsThatAreCutAreTold() {
    // The text encoder takes 12 tokens; captions of MS COCO have more words.
    CommandRun run = CommandRun.of(train("--out", folder.resolve("told").toString()));
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out() + run.err()).contains("tokens the text encoder takes, so the end was cut");
  }

  /** The first checkpoint with its encoders, as one from elsewhere. */
  static Path pipeline(TinyFlow flow, Path folder) throws IOException {
    copy(flow.member(), folder);
    for (String part : new String[] {"vae", "text_encoder", "tokenizer"}) {
      copy(flow.checkpoints().resolve(part), folder.resolve(part));
    }
    return folder;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (java.util.stream.Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  @Test
  void anExportIsAWholePipeline() {
    Path pipeline = folder.resolve("pipeline");
    runs("export", "--checkpoint", flow.member().toString(), "--out", pipeline.toString());
    ObjectNode index = Json.read(pipeline.resolve("model_index.json"));
    assertThat(index.path("_class_name").asText()).isEqualTo("StableDiffusionPipeline");
    assertThat(index.at("/vae/1").asText()).isEqualTo("AutoencoderTiny");
    assertThat(index.at("/text_encoder/1").asText()).isEqualTo("CLIPTextModel");
    assertThat(index.at("/tokenizer/1").asText()).isEqualTo("CLIPTokenizer");
    assertThat(index.at("/safety_checker/0").isNull()).isTrue();
    Path drawn = folder.resolve("drawn.safetensors");
    runs(
        TinyFlow.with(
            flow.sample("--checkpoint", pipeline.toString(), "--out", drawn.toString()),
            "--prompt",
            "a cat"));
    assertThat(Safetensors.open(drawn).entry("picture").shape()).containsExactly(2L, 3L, 16L, 16L);
  }

  @Test
  void latentsAreNotClipped() {
    assertThat(
            Json.read(flow.member().resolve("scheduler/scheduler_config.json"))
                .path("clip_sample")
                .asBoolean(true))
        .isFalse();
  }

  @Test
  void whatDoesNotFitIsRefusedInASentence() {
    String elsewhere = folder.resolve("out").toString();
    refuses(
        "has no captions",
        train("--data", "../data/fashion-mnist?size=16&limit=8&channels=3", "--out", elsewhere));
    refuses("preset coco-ldm is of models of captions", preset("coco-ldm", elsewhere));
    refuses("sides divisible by", train("--data", "../data/coco?size=18", "--out", elsewhere));
    refuses(
        "--prompt is given 2 times and --count asks for 1 image",
        TinyFlow.with(
            flow.sample("--count", "1", "--prompt", "a", "--out", elsewhere), "--prompt", "b"));
    refuses(
        "are no text in the terminal's encoding",
        flow.sample("--count", "1", "--prompt", "a \uFFFD", "--out", elsewhere));
    refuses(
        "does not lie inside the image of 16×16",
        flow.attribute("--mask", "0,0,17,2", "--out", elsewhere));
    refuses("--drop-captions needs models of captions", dropped(elsewhere));
    assertThat(Path.of(elsewhere)).doesNotExist();
  }

  private static String[] preset(String name, String out) {
    return new String[] {"train", "--data", DATA, "--out", out, "--preset", name};
  }

  private static String[] dropped(String out) {
    return TinyFlow.with(preset("tiny", out), "--drop-captions", "0.1");
  }
}
