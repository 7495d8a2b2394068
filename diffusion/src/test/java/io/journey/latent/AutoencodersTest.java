package io.journey.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.Safetensors;
import io.journey.dataset.ImageShape;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of autoencoders: which are found, which are refused, and what is written back. */
class AutoencodersTest {
  private static final Path GOLDEN = AutoencoderGoldenTest.GOLDEN;
  private static final Path TAEF2 = AutoencoderGoldenTest.TAEF2;
  private static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

  @TempDir Path folder;

  private static float[][] images(int count, ImageShape shape) {
    float[][] images = new float[count][shape.numel()];
    for (int i = 0; i < count; i++) {
      var stream = Seed.of(3).child("image").child(i).stream();
      for (int j = 0; j < images[i].length; j++) {
        images[i][j] = (float) (2 * stream.uniform(j) - 1);
      }
    }
    return images;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName().toString()));
      }
    }
  }

  /** A copy of a golden model with another value of an option. */
  private Path changed(String model, String option, String value) throws IOException {
    copy(GOLDEN.resolve(model), folder.resolve("changed"));
    Path file = folder.resolve("changed").resolve("config.json");
    ObjectNode json = Json.read(file);
    byte[] wrapped = ("{\"value\": " + value + "}").getBytes(StandardCharsets.UTF_8);
    json.set(option, Json.parse(wrapped, "test").get("value"));
    AtomicFile.write(file, Json.bytes(json));
    return folder.resolve("changed");
  }

  @Test
  void aPipelineAFolderAFileAndAPairOpen() throws IOException {
    Path pipeline = folder.resolve("tiny-pipeline");
    copy(GOLDEN.resolve("kl"), pipeline.resolve("vae"));
    String expected;
    try (Autoencoder kl = Autoencoders.open(GOLDEN.resolve("kl"))) {
      expected = kl.fingerprint();
    }
    for (Path path :
        List.of(
            pipeline,
            pipeline.resolve("vae"),
            pipeline.resolve("vae/config.json"),
            pipeline.resolve("vae").resolve(WEIGHTS))) {
      try (Autoencoder kl = Autoencoders.open(path)) {
        assertThat(kl.fingerprint()).isEqualTo(expected);
        assertThat(kl.name()).isEqualTo("AutoencoderKL tiny-pipeline");
      }
    }
    try (LatentCodec codec = Autoencoders.ofPipeline(pipeline)) {
      assertThat(codec.fingerprint()).isEqualTo(expected);
    }
    assertThat(Autoencoders.ofPipeline(folder)).isSameAs(LatentCodec.IDENTITY);
    try (Autoencoder one = Autoencoders.open(TAEF2);
        Autoencoder two = Autoencoders.open(TAEF2.resolve("taef2_decoder.pth"))) {
      assertThat(one.name()).isEqualTo("TAESD taef2");
      assertThat(one.fingerprint()).isEqualTo(two.fingerprint()).isNotEqualTo(expected);
    }
  }

  @Test
  void pixelsStayAsTheyAre() {
    LatentCodec pixels = LatentCodec.IDENTITY;
    ImageShape shape = new ImageShape(1, 3, 5);
    float[][] images = images(2, shape);
    assertThat(pixels.scale()).isEqualTo(1);
    assertThat(pixels.latentShape(shape)).isEqualTo(shape);
    assertThat(pixels.decode(pixels.encode(images, shape), shape)).isDeepEqualTo(images);
  }

  @ParameterizedTest
  @CsvSource({
    "kl, 3, 12, 21, '3 channels with sides divisible by 2, got 3×12×21: .* such as 12x20'",
    "kl-four-levels, 3, 4, 40, '3 channels with sides divisible by 8, got 3×4×40: .* such as 8x40'",
    "kl, 1, 12, 20, '3 channels with sides divisible by 2, got 1×12×20'",
    "tiny, 3, 6, 8, '3 channels with sides divisible by 4, got 3×6×8: .* such as 4x8'"
  })
  void imagesThatDoNotDivideAreRefused(
      String model, int channels, int height, int width, String message) {
    ImageShape shape = new ImageShape(channels, height, width);
    try (Autoencoder codec = Autoencoders.open(GOLDEN.resolve(model))) {
      for (var call :
          List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
              () -> codec.latentShape(shape), () -> codec.encode(images(1, shape), shape))) {
        assertThatThrownBy(call)
            .isInstanceOf(JourneyException.class)
            .hasMessageMatching(".* takes images of " + message + ".*");
      }
      assertThatThrownBy(() -> codec.imageShape(new ImageShape(7, 1, 1)))
          .hasMessageContaining("decodes latents of")
          .hasMessageContaining("got 7×1×1");
    }
  }

  /** A latent must not depend on its batch: a cache of latents would differ from run to run. */
  @ParameterizedTest
  @ValueSource(strings = {"kl", "tiny", "taef2"})
  void aLatentDependsNeitherOnOtherImagesNorOnThreads(String model) {
    Path path = model.equals("taef2") ? TAEF2 : GOLDEN.resolve(model);
    ImageShape shape = new ImageShape(3, 24, 40);
    float[][] images = images(19, shape);
    try (Autoencoder codec = Autoencoders.open(path)) {
      float[][] together = codec.encode(images, shape);
      float[][] decoded = codec.decode(together, codec.latentShape(shape));
      IntStream.range(0, images.length)
          .parallel()
          .forEach(
              i -> {
                float[][] alone = codec.encode(new float[][] {images[i]}, shape);
                assertThat(alone[0]).isEqualTo(together[i]);
                assertThat(codec.decode(alone, codec.latentShape(shape))[0]).isEqualTo(decoded[i]);
              });
    }
    assertThat(images(19, shape)).isDeepEqualTo(images);
  }

  @Test
  void batchesLeaveNoTensorsBehind() {
    ImageShape shape = new ImageShape(3, 12, 20);
    float[][] images = images(3, shape);
    try (Autoencoder kl = Autoencoders.open(GOLDEN.resolve("kl"))) {
      long before = 0;
      for (int round = 0; round < 12; round++) {
        kl.decode(kl.encode(images, shape), kl.latentShape(shape));
        before = round == 4 ? Pointer.totalCount() : before;
      }
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
      assertThat(GradMode.is_enabled()).as("gradients, afterwards").isTrue();
    }
  }

  @Test
  void ofAComputationInItsOwnScopeTheResultAloneLivesOn() {
    try (PointerScope outer = new PointerScope()) {
      Tensor[] inner = new Tensor[1];
      Tensor x = Libtorch.zeros(ScalarType.Float, 3);
      Tensor y =
          Libtorch.inOwnScope(
              () -> {
                inner[0] = x.add(x);
                return inner[0].exp();
              });
      assertThat(inner[0].isNull()).isTrue();
      assertThat(Libtorch.floats(y)).containsExactly(1, 1, 1);
      assertThat(Libtorch.inOwnScope(() -> x)).isSameAs(x);
      assertThat(Libtorch.floats(x)).containsExactly(0, 0, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kl", "kl-four-levels", "kl-without-quant", "tiny", "tiny-mish", "taef2"})
  void whatIsWrittenOpensAsTheSame(String model) {
    Path path = model.equals("taef2") ? TAEF2 : GOLDEN.resolve(model);
    ImageShape shape = new ImageShape(3, 24, 40);
    float[][] images = images(2, shape);
    Path single = folder.resolve("single");
    try (Autoencoder codec = Autoencoders.open(path)) {
      codec.writeTo(single);
      codec.writeTo(folder.resolve("shards"), DType.F32, 9_000);
      assertThat(folder.resolve("shards").resolve(WEIGHTS + ".index.json")).isRegularFile();
      for (String written : List.of("single", "shards")) {
        try (Autoencoder again = Autoencoders.open(folder.resolve(written))) {
          assertThat(again.fingerprint()).isEqualTo(codec.fingerprint());
          assertThat(again.config()).isEqualTo(codec.config());
          assertThat(again.encode(images, shape)).isDeepEqualTo(codec.encode(images, shape));
        }
      }
      for (DType half : List.of(DType.F16, DType.BF16)) {
        Path rounded = folder.resolve(half.name());
        codec.writeTo(rounded, half, Long.MAX_VALUE);
        assertThat(Safetensors.open(rounded.resolve(WEIGHTS)).names()).isNotEmpty();
        try (Autoencoder again = Autoencoders.open(rounded)) {
          // TAEF2 is float16 from the start.
          boolean same = model.equals("taef2") && half == DType.F16;
          assertThat(again.fingerprint().equals(codec.fingerprint())).isEqualTo(same);
        }
      }
      assertThatThrownBy(() -> codec.writeTo(folder))
          .hasMessageContaining("not an empty directory");
    }
  }

  @Test
  void diffusersConfigurationsAreWrittenBackWhole() {
    for (String model : List.of("kl", "kl-four-levels", "kl-without-attention", "tiny")) {
      ObjectNode source = Json.read(GOLDEN.resolve(model).resolve("config.json"));
      try (Autoencoder codec = Autoencoders.open(GOLDEN.resolve(model))) {
        ObjectNode written = codec.config();
        source.remove("_diffusers_version");
        written.remove("_diffusers_version");
        for (String name : List.of("latent_magnitude", "shift_factor", "scaling_factor")) {
          if (source.path(name).isNumber()) { // 3 and 3.0 are the same number
            assertThat(written.get(name).asDouble()).isEqualTo(source.get(name).asDouble());
            written.remove(name);
            source.remove(name);
          }
        }
        assertThat(written).isEqualTo(source);
      }
    }
  }

  /** A pair of taesd's files without the branch of TAEF2 is diffusers' class, renumbered. */
  @Test
  void aPairOfTheSmallerArchitectureIsAnAutoencoderTiny() {
    AutoencoderTiny network = AutoencoderTiny.of(AutoencoderTinyConfig.taesd(4));
    network.parameters().allocate(ScalarType.Float);
    network.parameters().initialize(Seed.of(1));
    Safetensors.Writer encoder = new Safetensors.Writer();
    Safetensors.Writer decoder = new Safetensors.Writer();
    network
        .parameters()
        .list()
        .forEach(
            weight -> {
              String[] parts = weight.name().split("\\.", 4); // encoder.layers.3.conv.0.weight
              boolean first = parts[0].equals("encoder");
              int layer = Integer.parseInt(parts[2]) + (first ? 0 : 1);
              String name = layer + "." + parts[3];
              (first ? encoder : decoder).add(name, weight.get(), weight.shape());
            });
    AtomicFile.write(folder.resolve("taesd_encoder.safetensors"), encoder::writeTo);
    AtomicFile.write(folder.resolve("taesd_decoder.safetensors"), decoder::writeTo);
    try (Autoencoder expected = new Autoencoder(network, "taesd");
        Autoencoder pair = Autoencoders.open(folder)) {
      assertThat(pair.name()).isEqualTo("AutoencoderTiny taesd");
      assertThat(pair.fingerprint()).isEqualTo(expected.fingerprint());
      pair.writeTo(folder.resolve("out"));
    }
    assertThat(Json.read(folder.resolve("out/config.json")).path("_class_name").asText())
        .isEqualTo("AutoencoderTiny");
  }

  /** The number of vae/ of Stable Diffusion 1.5; nothing is allocated. */
  @Test
  void theAutoencoderOfStableDiffusionHasItsKnownNumberOfWeights() {
    ObjectNode json = Json.object().put("layers_per_block", 2);
    json.set("block_out_channels", Json.tree(new int[] {128, 256, 512, 512}));
    json.set("down_block_types", Json.tree(Collections.nCopies(4, "DownEncoderBlock2D")));
    json.set("up_block_types", Json.tree(Collections.nCopies(4, "UpDecoderBlock2D")));
    AutoencoderKLConfig config = AutoencoderKLConfig.fromDiffusers(json, "here");
    AutoencoderKL network = new AutoencoderKL(config);
    assertThat(network.parameters().count()).isEqualTo(83_653_863);
    assertThat(config.leastWeights()).isLessThan(83_653_863);
    assertThat(network.scale()).isEqualTo(8);
  }

  @Test
  void everythingThatIsNotSupportedIsNamedAtOnce() throws IOException {
    Path model = changed("kl", "latents_mean", "[0.1]");
    Path file = model.resolve("config.json");
    ObjectNode json = Json.read(file);
    json.putArray("down_block_types").add("DownEncoderBlock2D").add("AttnDownEncoderBlock2D");
    json.put("norm_type", "spatial").put("latent_channels", "4").put("shift_factor", "x");
    AtomicFile.write(file, Json.bytes(json));
    assertThatThrownBy(() -> Autoencoders.open(model))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("config.json asks for what Journey does not support")
        .hasMessageContaining("AttnDownEncoderBlock2D (only DownEncoderBlock2D)")
        .hasMessageContaining("latents_mean [0.1] (expected null)")
        .hasMessageContaining("norm_type \"spatial\" (no option of AutoencoderKL)")
        .hasMessageContaining("latent_channels \"4\" (expected a whole number")
        .hasMessageContaining("shift_factor \"x\" (expected a number)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kl   | _class_name       | \"VQModel\"     | \"VQModel\", expected AutoencoderKL",
        "kl   | out_channels      | 1               | in_channels 3 and out_channels 1 differ",
        "kl   | norm_num_groups   | 3               | norm_num_groups 3 does not divide 4 channels",
        "kl   | norm_num_groups   | 0               | norm_num_groups 0 does not divide",
        "kl   | scaling_factor    | 0               | scaling_factor must not be 0",
        "kl   | layers_per_block  | 0               | layers_per_block must be at least 1",
        "kl   | block_out_channels| []              | as many down_block_types",
        "kl   | layers_per_block  | 2147483647      | at least",
        "kl   | block_out_channels| [2147483646, 8] | at least",
        "kl   | latent_channels   | 2147483647      | at least",
        "kl   | in_channels       | 2147483647      | in_channels 2147483647 and out_channels 3",
        "tiny | num_encoder_blocks| [1, 0, 2147483647] | at least",
        "tiny | num_encoder_blocks| [1, 2]          | need as many levels",
        "tiny | num_decoder_blocks| [1, 1, -1]      | num_decoder_blocks must be at least 0",
        "tiny | encoder_block_out_channels | [6, 6, 8] | must be all alike",
        "tiny | upsample_fn       | \"bilinear\"    | upsample_fn \"bilinear\" (only nearest)",
        "tiny | upsampling_scaling_factor | 4       | upsampling_scaling_factor must be 2",
        "tiny | act_fn            | \"tanh\"        | act_fn \"tanh\"",
        "tiny | latent_channels   | 6               | is [5, 6, 3, 3], expected [6, 6, 3, 3]",
        "kl   | use_quant_conv    | false           | unknown tensor quant_conv.weight"
      })
  void anotherOptionIsRefusedWithASentence(
      String model, String option, String value, String message) throws IOException {
    Path changed = changed(model, option, value);
    long before = Pointer.totalBytes();
    assertThatThrownBy(() -> Autoencoders.open(changed))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(message);
    assertThat(Pointer.totalBytes() - before).isLessThan(1 << 20);
  }

  @Test
  void aConfigurationOfVeryManyLevelsIsRefused() throws IOException {
    Path model = changed("kl", "block_out_channels", ("[" + "8,".repeat(99) + "8]"));
    Path file = model.resolve("config.json");
    ObjectNode json = Json.read(file);
    for (String half : List.of("down_block_types:DownEncoder", "up_block_types:UpDecoder")) {
      String[] parts = half.split(":");
      var list = json.putArray(parts[0]);
      IntStream.range(0, 100).forEach(i -> list.add(parts[1] + "Block2D"));
    }
    AtomicFile.write(file, Json.bytes(json));
    assertThatThrownBy(() -> Autoencoders.open(model)).hasMessageContaining("has 100 levels");
  }

  @Test
  void whatIsNoAutoencoderIsRefused() throws IOException {
    assertThatThrownBy(() -> Autoencoders.open(folder))
        .hasMessageContaining("holds no autoencoder");
    assertThatThrownBy(() -> Autoencoders.open(folder.resolve("nothing")))
        .hasMessageContaining("no such file or folder");
    assertThatThrownBy(() -> Autoencoders.open(GOLDEN.resolveSibling("unet-small")))
        .hasMessageContaining("has _class_name \"UNet2DModel\"");
    Files.copy(TAEF2.resolve("taef2_encoder.pth"), folder.resolve("taef2_encoder.pth"));
    assertThatThrownBy(() -> Autoencoders.open(folder.resolve("taef2_encoder.pth")))
        .hasMessageContaining("has no taef2_decoder.pth beside it");
    assertThatThrownBy(() -> Autoencoders.open(folder))
        .hasMessageContaining("holds no autoencoder");
    Files.copy(TAEF2.resolve("taef2_encoder.pth"), folder.resolve("taef2_decoder.pth"));
    assertThatThrownBy(() -> Autoencoders.open(folder)).hasMessageContaining("decoder");
    for (String half : List.of("encoder", "decoder")) {
      Files.copy(TAEF2.resolve("taef2_" + half + ".pth"), folder.resolve("other_" + half + ".pth"));
    }
    assertThatThrownBy(() -> Autoencoders.open(folder))
        .hasMessageContaining("holds several autoencoders, other, taef2");
    assertThatCode(() -> Autoencoders.open(folder.resolve("other_encoder.pth")).close())
        .doesNotThrowAnyException();
  }

  @Test
  void theAutoencoderOfSanaAndCompVissNamesAreTold() throws IOException {
    Safetensors.Writer sana = new Safetensors.Writer();
    sana.add("0.weight", new float[32 * 27], 32, 3, 3, 3);
    AtomicFile.write(folder.resolve("taesana_encoder.safetensors"), sana::writeTo);
    AtomicFile.write(folder.resolve("taesana_decoder.safetensors"), sana::writeTo);
    assertThatThrownBy(() -> Autoencoders.open(folder)).hasMessageContaining("for Sana");

    Path model = folder.resolve("compvis");
    Files.createDirectories(model);
    Files.copy(GOLDEN.resolve("kl/config.json"), model.resolve("config.json"));
    Safetensors.Writer compvis = new Safetensors.Writer();
    compvis.add("first_stage_model.encoder.down.0.block.0.conv1.weight", new float[1], 1);
    AtomicFile.write(model.resolve(WEIGHTS), compvis::writeTo);
    assertThatThrownBy(() -> Autoencoders.open(model)).hasMessageContaining("from_single_file");
  }
}
