package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options and configurations that cannot be used: one sentence, nothing touched. */
class BadSettingsTest {
  @TempDir static Path root;
  private static TinyFlow flow;

  @BeforeAll
  static void makeOnce() throws IOException {
    flow = TinyFlow.made(root);
  }

  private static String[] command(String stage, String... changes) {
    return switch (stage) {
      case "train" -> flow.train(changes);
      case "sample" -> flow.sample(changes);
      case "featurize" -> flow.featurize(changes);
      case "attribute" -> flow.attribute(changes);
      default -> throw new IllegalArgumentException(stage);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "train     | --count         | 0          | --count must be between 1 and 999, got 0",
        "train     | --count         | 1000       | --count must be between 1 and 999, got 1000",
        "train     | --count         | two        | --count takes a whole number;got 'two';--help",
        "train     | --threads         | 0          | --threads;at least 1;got 0",
        "train     | --training-steps           | 0          | --training-steps must be between 1 and 100000000, got 0",
        "train     | --save-interval   | -1         | --save-interval;at least 0;got -1",
        "train     | --seed            | x          | --seed takes a whole number;got 'x';--help",
        "train     | --drop-classes    | 1          | --drop-classes must be at least 0 and below 1, got 1",
        "train     | --drop-classes    | 0.1        | --drop-classes 0.1 needs;--classes",
        "train     | --preset          | tiny       | --preset;--config;mutually exclusive;--help",
        "sample    | --count           | 0          | --count must be;at least 1;got 0",
        "sample    | --count           | -3         | count;at least 1;got -3",
        "sample    | --inference-steps | 0          | --inference-steps must be;at least 1;got 0",
        "sample    | --inference-steps | 1001       | --inference-steps must be;between 1 and 1000;got 1001",
        "sample    | --scheduler       | heun       | no scheduler heun;ddim, ddpm, dpm-",
        "sample    | --eta             | 0.5        | --eta is DDIM's;0.5",
        "sample    | --eta             | x          | --eta takes a number, got 'x'",
        "sample    | --eta             | 2          | --eta must be between 0 and 1, got 2",
        "sample    | --guidance        | Infinity   | --guidance must be between 0 and 1000;got Infinity",
        "sample    | --spacing         | karras     | --spacing takes leading, trailing or linspace;'karras';--help",
        "sample    | --labels          | 1,x        | knows no classes;leave --labels 1,x out",
        "sample    | --labels          | 1,7        | knows no classes;leave --labels 1,7 out",
        "sample    | --labels          | all        | knows no classes;leave --labels all out",
        "sample    | --threads         | -1         | --threads;at least 1;got -1",
        "featurize | --draws           | 0          | --draws must be;at least 1;got 0",
        "featurize | --threads         | 0          | --threads;at least 1;got 0",
        "featurize | --projection      | dense:8    | --projection dense:8 is unknown;sparse:4096",
        "featurize | --projection      | sparse     | --projection sparse is unknown;sparse:4096",
        "featurize | --projection      | sparse:lot | --projection sparse:lot;whole number;sparse:4096",
        "featurize | --projection      | sparse:0   | --projection sparse:0;fewer than 1;sparse:4096",
        "featurize | --preconditioner       | kfac       | --preconditioner kfac is unknown;none, ekfac:0.003 or ekfac-gn:0.003",
        "featurize | --preconditioner       | ekfac:x    | --preconditioner ekfac:x;no number;ekfac:0.003",
        "featurize | --preconditioner       | ekfac:0    | --preconditioner ekfac:0;above 0;ekfac:0.003",
        "featurize | --preconditioner       | ekfac:1e999 | --preconditioner ekfac:1e999;finite;ekfac:0.003",
        "featurize | --parameters      | a,,b       | --parameters 'a,,b';empty pattern",
        "featurize | --precision       | f16        | --precision takes f32, tf32 or bf16, got 'f16'",
        "featurize | --function        | square     | --function square is unknown;loss, norm or mean",
        "featurize | --dtype           | i64        | --dtype takes f32, f16 or i8, got 'i64'",
        "featurize | --gradients       | fast       | --gradients takes one_image or layerwise, got 'fast';--help",
        "attribute | --draws           | 0          | --draws must be;at least 1;got 0",
        "attribute | --strongest       | 0          | --strongest must be;at least 1;got 0",
        "featurize | --shard-rows      | 0          | --shard-rows must be;at least 1;got 0",
        "attribute | --threads         | 0          | --threads;at least 1;got 0",
        "attribute | --damping         | -0.1       | --damping must be;at least 0;got -0.1",
        "attribute | --damping         | NaN        | --damping must be;at least 0;got NaN",
        "attribute | --timesteps           | 100:300    | --timesteps 100:300;unreadable;100:900:100",
        "attribute | --timesteps           | 300:100:50 | --timesteps 300:100:50;unreadable;100:900:100",
        "attribute | --timesteps           | 0:2147483647:1 | --timesteps 0:2147483647:1;unreadable;100:900:100",
        "attribute | --timesteps           | all        | --timesteps all;unreadable;100,400",
        "attribute | --timesteps           | -100       | --timesteps must be;at least 0;-100",
        "attribute | --timesteps           | 150        | no step 150;from 0 to 900;name steps it has",
        "attribute | --timesteps           | 100,1000   | no step 1000;nearest is 900;name steps it has",
        "attribute | --mask            | 5,5,4,4    | Mask 5,5,4,4;8×8;rectangle",
        "attribute | --mask            | 1,1,0,3    | Mask 1,1,0,3;8×8;rectangle",
        "attribute | --mask            | -1,0,2,2   | Mask -1,0,2,2;8×8;rectangle",
        "attribute | --mask            | 99999999999999999999,0,1,1 | Mask 99999;8×8;rectangle",
        "attribute | --mask            | none.png   | Mask none.png;neither x,y,w,h nor a file;PNG",
      })
  void aSettingOutOfRangeIsRefused(String stage, String option, String value, String said)
      throws IOException {
    String[] parts = said.split(";");
    Refusal.of(root, command(stage, option, value), parts);
    String fresh = root.resolve("new").toString();
    Refusal.of(root, command(stage, option, value, "--out", fresh), parts);
    assertThat(Path.of(fresh)).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"modle\": {}}                            | \"modle\";\"model\", \"scheduler\" or \"tr",
        "{\"scheduler\": 5}                         | \"scheduler\";5;an object",
        "{\"scheduler\": {\"beta_schedule\": \"cosine\"}} | beta_schedule \"cosine\";linear",
        "{\"scheduler\": {\"betas\": 1, \"variance_type\": \"learned\"}} | betas 1;learned",
        "{\"scheduler\": {\"beta_end\": 2}}         | beta_end < 1;2.0",
        "{\"model\": 5}                             | \"model\";5;an object",
        "{\"training\": []}                         | \"training\";[];an object",
        "{\"training\": {\"stepz\": 5}}             | stepz;unknown;steps;batchSize",
        "{\"training\": {\"steps\": -5}}            | training.steps;at least 1;got -5",
        "{\"training\": {\"steps\": \"many\"}}      | training.steps;\"many\";a whole number",
        "{\"training\": {\"steps\": 1.5}}           | training.steps;1.5;a whole number",
        "{\"training\": {\"steps\": null}}          | training.steps;null;a whole number",
        "{\"training\": {\"steps\": 9999999999}}    | training.steps;9999999999;a whole number",
        "{\"training\": {\"learningRate\": \"x\"}}  | training.learningRate;\"x\";a number",
        "{\"training\": {\"learningRate\": 0}}      | training.learningRate;positive;got 0.0",
        "{\"training\": {\"horizontalFlip\": 1}}    | training.horizontalFlip;1;true or false",
        "{\"training\": {\"emaDecay\": 1}}          | training.emaDecay;[0, 1);got 1.0",
        "{\"model\": {\"channels\": 8}}             | channels 8;does not support",
        "{\"model\": {\"act_fn\": \"tanh\"}}        | act_fn \"tanh\";silu",
        "{\"model\": {\"dropout\": 0.1}}            | dropout 0.1;set dropout to 0",
        "{\"model\": {\"time_embedding_type\": \"fourier\"}} | fourier;positional or learned",
        "{\"model\": {\"layers_per_block\": \"2\"}} | layers_per_block;\"2\";a whole number",
        "{\"model\": {\"layers_per_block\": 0}}     | layers_per_block;at least 1;0",
        "{\"model\": {\"block_out_channels\": [16, 16, 65536]}} | bad.json;at least;more than the",
        "{\"model\": {\"norm_eps\": \"x\"}}         | norm_eps;\"x\";a number",
        "{\"model\": {\"norm_num_groups\": 3}}      | norm_num_groups 3;16 channels",
        "{\"model\": {\"block_out_channels\": 8}}   | block_out_channels;8;a list of whole numbers",
        "{\"model\": {\"sample_size\": 16}}         | 1×16×16;1×8×8;size=",
        "{\"model\": {\"_class_name\": \"VQModel\"}} | VQModel;UNet2DModel",
        "{\"model\": {                              | not valid JSON;line 1",
        "[]                                         | not an object",
        "''                                         | not an object",
      })
  void aConfigurationThatCannotBeUsedIsRefused(String json, String said) throws IOException {
    Path config = root.resolve("bad.json");
    Files.writeString(config, json);
    String fresh = root.resolve("new").toString();
    Refusal.of(root, flow.train("--config", config.toString(), "--out", fresh), said.split(";"));
    assertThat(Path.of(fresh)).doesNotExist();
  }

  /** The checkpoints, data and targets named here do not exist: nothing has looked for them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "featurize --draws 0                     | --draws must be at least 1, got 0",
        "featurize --projection dense:8          | --projection dense:8 is unknown",
        "attribute --draws 0                     | --draws must be at least 1, got 0",
        "train --drop-classes 2                  | --drop-classes must be at least 0 and below 1",
        "sample --count 1 --scheduler heun       | There is no scheduler heun",
        "quickstart --targets 0                  | --targets must be at least 1, got 0",
        "quickstart --training-steps x                    | --training-steps takes a whole number",
        "evaluate stability --target-draws 0     | --target-draws must be at least 1, got 0",
        "evaluate stability --draws 10,0         | --draws must be at least 1, got 0",
        "evaluate stability --damping 2          | --damping 2.0 changes nothing of ek-fac",
        "evaluate lds --ground-truth n --draws 3 | --draws must be even, got 3",
        "evaluate lds --ground-truth n --dampings 1,0 | --dampings must be above 0, got 0",
        "evaluate lds --ground-truth n --fraction 1 | --fraction must be above 0 and below 1, got 1",
        "evaluate lds --ground-truth n --embedding x | --embedding takes NAME=SPEC, got 'x'",
        "evaluate forget --attribution n --remove -1 | --remove must be at least 0, got -1",
        "evaluate forget --attribution n --coupling x | --coupling takes coupled or independent",
        "evaluate seeds --count 1                | --count must be at least 2, got 1",
        "evaluate classifier --epochs 0          | --epochs must be at least 1, got 0",
      })
  void settingsAreCheckedBeforeAnyWork(String command, String said) {
    Path nothing = root.resolve("nothing");
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    for (String needed :
        List.of("--checkpoints", "--checkpoint", "--features", "--data", "--target")) {
      String stage = words.get(0).equals("evaluate") ? words.get(1) : words.get(0);
      if (NEEDS.getOrDefault(stage, List.of()).contains(needed)) {
        words.addAll(List.of(needed, nothing.toString()));
      }
    }
    words.addAll(List.of("--out", nothing.toString()));
    CommandRun run = CommandRun.of(words.toArray(String[]::new));
    assertThat(run.err()).contains(said).hasLineCount(1);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(nothing).doesNotExist();
  }

  private static final Map<String, List<String>> NEEDS =
      Map.of(
          "train", List.of("--data"),
          "sample", List.of("--checkpoint"),
          "featurize", List.of("--checkpoints", "--data"),
          "attribute", List.of("--checkpoints", "--features", "--target"),
          "stability", List.of("--checkpoints", "--data", "--target"),
          "lds", List.of("--checkpoints", "--data", "--target"),
          "forget", List.of("--checkpoints", "--data", "--target"),
          "seeds", List.of("--checkpoints"),
          "classifier", List.of("--data"));

  @Test
  void aConfigurationThatIsNotThereIsRefused() throws IOException {
    Refusal.of(root, flow.train("--config", "none.json"), "none.json", "no such file");
    Refusal.of(root, flow.train("--config", root.toString()), root.toString(), "directory");
  }

  @Test
  void anUnknownPresetIsRefused() throws IOException {
    String out = root.resolve("new").toString();
    Refusal.of(
        root,
        new String[] {"train", "--data", TinyFlow.DATA, "--out", out, "--preset", "huge"},
        "preset huge",
        "tiny, small, medium");
  }

  @Test
  void aMaskThatIsNoPictureOfTheImagesSizeIsRefused() throws IOException {
    Path mask = root.resolve("mask.png");
    Files.writeString(mask, "no picture");
    Refusal.of(root, flow.attribute("--mask", mask.toString()), "mask.png", "not an image", "PNG");
    save(mask, 9, 8, 0xFFFFFF);
    Refusal.of(root, flow.attribute("--mask", mask.toString()), "mask.png", "9×8", "8×8", "draw");
    save(mask, 8, 8, 0);
    Refusal.of(root, flow.attribute("--mask", mask.toString()), "mask.png", "no pixel", "mark");
    save(mask, 8, 8, 0xC02020);
    Refusal.of(root, flow.attribute("--mask", mask.toString()), "mask.png", "colours", "white");
    Refusal.of(root, flow.attribute("--mask", root.toString()), "neither x,y,w,h nor a file");
  }

  private static void save(Path file, int width, int height, int rgb) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, rgb);
    }
    ImageIO.write(image, "png", file.toFile());
  }
}
