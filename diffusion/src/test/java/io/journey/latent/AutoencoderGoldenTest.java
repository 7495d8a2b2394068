package io.journey.latent;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.array.DType;
import io.journey.array.Safetensors;
import io.journey.dataset.ImageShape;
import io.journey.run.GoldenFiles;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Autoencoders against diffusers' and taesd's own code in float64 (tools/golden/make_latent.py). An
 * error is the largest difference of any number, relative to the largest number.
 */
class AutoencoderGoldenTest {
  static final Path GOLDEN = Path.of("src/test/resources/golden/latent");
  static final Path TAEF2 = Path.of("../data/taef2");

  /** Rounding of float64, summed in another order, through some twenty layers. */
  private static final double FLOAT64 = 1e-12;

  /** Twenty times the rounding of float32, 6e-8, of numbers that grow and shrink on the way. */
  private static final double FLOAT32 = 5e-6;

  @Test
  void goldenFilesAreTheOnesThatWereMade() throws IOException {
    assertThat(GoldenFiles.checked(GOLDEN, "")).hasSize(27);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kl",
        "kl-four-levels",
        "kl-without-quant",
        "kl-without-attention",
        "tiny",
        "tiny-mish"
      })
  void encodesAndDecodesAsDiffusers(String name) {
    Safetensors golden = Safetensors.open(GOLDEN.resolve(name).resolve("golden.safetensors"));
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Autoencoder exact = Autoencoders.open(GOLDEN.resolve(name), ScalarType.Double);
        Autoencoder single = Autoencoders.open(GOLDEN.resolve(name))) {
      AutoencoderNetwork network = exact.network();
      AutoencoderNetwork.Encoded encoded = network.encode(tensor(golden, "image"));
      Scalar scaling = new Scalar(network.scalingFactor());
      Scalar shift = new Scalar(network.shiftFactor());
      assertClose(encoded.mean().sub(shift).mul(scaling), golden, "latent");
      Tensor given = tensor(golden, "given");
      assertClose(network.decode(given.div(scaling).add(shift)), golden, "decoded");
      if (network instanceof AutoencoderKL kl) {
        assertClose(kl.moments(tensor(golden, "image")), golden, "moments");
        assertClose(encoded.deviation().mul(scaling), golden, "deviation");
      }

      ImageShape image = shape(golden, "image");
      ImageShape latent = shape(golden, "latent");
      assertThat(single.latentShape(image)).isEqualTo(latent);
      assertThat(single.imageShape(latent)).isEqualTo(image);
      assertClose(single.encode(rows(golden, "image"), image), golden, "latent");
      assertClose(single.decode(rows(golden, "given"), latent), golden, "decoded");
      Autoencoder.Posterior posterior = single.posterior(rows(golden, "image"), image);
      assertClose(posterior.mean(), golden, "latent");
      if (network instanceof AutoencoderKL) {
        assertClose(posterior.deviation(), golden, "deviation");
      } else {
        assertThat(posterior.deviation()).isDeepEqualTo(new float[2][latent.numel()]);
      }
    }
  }

  /** Names of early diffusers in a .bin; maps of attention that are 1×1 convolutions. */
  @ParameterizedTest
  @ValueSource(strings = {"kl-early-names", "kl-convolved"})
  void earlyFormsOfAttentionAreTheSameModel(String name) {
    try (Autoencoder early = Autoencoders.open(GOLDEN.resolve(name));
        Autoencoder now = Autoencoders.open(GOLDEN.resolve("kl"))) {
      assertThat(early.fingerprint()).isEqualTo(now.fingerprint());
      assertThat(early.name()).isEqualTo("AutoencoderKL " + name);
    }
  }

  /** Where activations are small, a U-Net's 1e-5 in place of 1e-6 would show at once. */
  @Test
  void everyNormOfAutoencoderKlHasEpsilon1e6() {
    Safetensors golden =
        Safetensors.open(GOLDEN.resolve("kl-epsilon").resolve("golden.safetensors"));
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Autoencoder exact = Autoencoders.open(GOLDEN.resolve("kl-epsilon"), ScalarType.Double)) {
      Tensor moments = ((AutoencoderKL) exact.network()).moments(tensor(golden, "image"));
      assertClose(moments, golden, "moments");
      assertThat(error(Libtorch.doubles(moments), doubles(golden, "moments.other")))
          .isGreaterThan(0.01);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"square", "oblong"})
  void taef2IsAsInTaesdsOwnCode(String name) {
    Safetensors golden = Safetensors.open(GOLDEN.resolve("taef2/" + name + ".safetensors"));
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Autoencoder exact = Autoencoders.open(TAEF2, ScalarType.Double);
        Autoencoder single = Autoencoders.open(TAEF2)) {
      Tensor latents = exact.network().encode(tensor(golden, "image")).mean();
      assertClose(latents, golden, "latent");
      // The file has them as float32.
      double[] decoded = Libtorch.doubles(exact.network().decode(latents));
      assertThat(error(decoded, doubles(golden, "decoded"))).isLessThan(1e-7);

      ImageShape image = shape(golden, "image");
      float[][] pictures = rows(golden, "image");
      float[][] encoded = single.encode(pictures, image);
      assertClose(encoded, golden, "latent");
      float[][] again = single.decode(encoded, single.latentShape(image));
      assertClose(again, golden, "decoded");
      assertThat(psnr(pictures[0], again[0])).isBetween(26.0, 30.0);
    }
  }

  /** Of two pictures in [-1, 1], the second clipped; in decibel. */
  private static double psnr(float[] picture, float[] decoded) {
    double sum = 0;
    for (int i = 0; i < picture.length; i++) {
      double difference = picture[i] - Math.max(-1, Math.min(1, decoded[i]));
      sum += difference * difference;
    }
    return 10 * Math.log10(4 * picture.length / sum);
  }

  static ImageShape shape(Safetensors file, String name) {
    List<Long> shape = file.shape(name);
    return new ImageShape(
        shape.get(1).intValue(), shape.get(2).intValue(), shape.get(3).intValue());
  }

  static float[][] rows(Safetensors file, String name) {
    float[] all = file.floats(name);
    int rows = file.shape(name).get(0).intValue();
    float[][] out = new float[rows][all.length / rows];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(all, i * out[i].length, out[i], 0, out[i].length);
    }
    return out;
  }

  /** Returns numbers of float64, or those of float32. */
  private static double[] doubles(Safetensors file, String name) {
    if (file.dtype(name) != DType.F32) {
      return file.doubles(name);
    }
    float[] floats = file.floats(name);
    return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
  }

  private static Tensor tensor(Safetensors file, String name) {
    long[] shape = file.shape(name).stream().mapToLong(Long::longValue).toArray();
    return Libtorch.of(doubles(file, name)).view(shape);
  }

  private static void assertClose(Tensor found, Safetensors golden, String name) {
    assertThat(error(Libtorch.doubles(found), doubles(golden, name))).as(name).isLessThan(FLOAT64);
  }

  private static void assertClose(float[][] found, Safetensors golden, String name) {
    double[] expected = doubles(golden, name);
    double[] numbers = new double[expected.length];
    assertThat(found.length * found[0].length).as(name).isEqualTo(expected.length);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = found[i / found[0].length][i % found[0].length];
    }
    assertThat(error(numbers, expected)).as(name + " in float32").isLessThan(FLOAT32);
  }

  private static double error(double[] found, double[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isFinite();
      difference = Math.max(difference, Math.abs(found[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return difference / largest;
  }
}
