package io.journey.latent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.dataset.ImageShape;
import io.journey.model.ExportedFolder;
import io.journey.model.WeightsWriter;
import io.journey.nn.Parameter;
import io.journey.run.AtomicFile;
import io.journey.run.Checksums;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.tensor.BatchSizes;
import io.journey.tensor.Libtorch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** A trained autoencoder: what {@link Autoencoders#open} reads. */
public final class Autoencoder implements LatentCodec {
  /** Options of a configuration that decide no number. */
  private static final List<String> WITHOUT_EFFECT =
      List.of(
          "_diffusers_version", "force_upcast", "latent_magnitude", "latent_shift", "sample_size");

  private final AutoencoderNetwork network;
  private final String name;
  private final String fingerprint;

  /**
   * Takes over a network whose weights are set; closes it with itself.
   *
   * @param name of the model, such as that of its folder
   */
  Autoencoder(AutoencoderNetwork network, String name) {
    this.network = network;
    this.name = network.toDiffusers().path("_class_name").textValue() + " " + name;
    this.fingerprint = fingerprint(network);
  }

  /**
   * What an encoder says of images, in the latents' units.
   *
   * @param mean [images], each L·H/s·W/s numbers: what {@link #encode} gives
   * @param deviation [images], as many: the posterior's standard deviation, all 0 where the encoder
   *     gives a number, not a distribution
   */
  public record Posterior(float[][] mean, float[][] deviation) {}

  private static String fingerprint(AutoencoderNetwork network) {
    MessageDigest digest = Checksums.sha256();
    ObjectNode deciding = network.toDiffusers();
    deciding.remove(WITHOUT_EFFECT);
    digest.update(Json.bytes(deciding));
    for (Parameter parameter : network.parameters().list()) {
      digest.update(parameter.name().getBytes(StandardCharsets.UTF_8));
      float[] values = parameter.get();
      ByteBuffer bytes =
          ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public String name() {
    return name;
  }

  /**
   * SHA-256 of the options that decide a number and of the weights as float32, in hexadecimal. The
   * form of the files is no part of it: an export has the fingerprint of its source, unless numbers
   * were rounded.
   */
  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int scale() {
    return network.scale();
  }

  /** Returns the configuration, as it is written to {@code config.json}. */
  public ObjectNode config() {
    return network.toDiffusers();
  }

  AutoencoderNetwork network() {
    return network;
  }

  @Override
  public ImageShape latentShape(ImageShape image) {
    int s = scale();
    if (image.channels() != network.imageChannels()
        || image.height() % s != 0
        || image.width() % s != 0) {
      throw new JourneyException(
          String.format(
              Locale.ROOT,
              "%s takes images of %d channels with sides divisible by %d, got %s: choose another"
                  + " size of the images, such as %dx%d.",
              name,
              network.imageChannels(),
              s,
              image,
              divisible(image.height(), s),
              divisible(image.width(), s)));
    }
    return new ImageShape(network.latentChannels(), image.height() / s, image.width() / s);
  }

  /** Returns the nearest side below that is divisible, at least s. */
  private static int divisible(int side, int s) {
    return Math.max(s, side / s * s);
  }

  @Override
  public ImageShape imageShape(ImageShape latent) {
    if (latent.channels() != network.latentChannels()) {
      throw new JourneyException(
          name
              + " decodes latents of "
              + network.latentChannels()
              + " channels, got "
              + latent
              + ": they are of another autoencoder.");
    }
    int s = scale();
    return new ImageShape(
        network.imageChannels(),
        Math.multiplyExact(latent.height(), s),
        Math.multiplyExact(latent.width(), s));
  }

  @Override
  public float[][] encode(float[][] images, ImageShape shape) {
    ImageShape latent = latentShape(shape);
    return map(images, shape, latent, x -> toLatent(network.encode(x).mean()));
  }

  /**
   * Encodes images on the calling thread, with the uncertainty of the encoder.
   *
   * @param images each C·H·W numbers in [-1, 1], order C, H, W
   * @param shape of all of them
   * @throws JourneyException as {@link #latentShape} says
   */
  public Posterior posterior(float[][] images, ImageShape shape) {
    ImageShape latent = latentShape(shape);
    Scalar scaling = new Scalar(Math.abs(network.scalingFactor()));
    float[][] deviation =
        map(
            images,
            shape,
            latent,
            x -> {
              AutoencoderNetwork.Encoded encoded = network.encode(x);
              return encoded.deviation() == null
                  ? encoded.mean().mul(new Scalar(0.0))
                  : encoded.deviation().mul(scaling);
            });
    return new Posterior(encode(images, shape), deviation);
  }

  @Override
  public float[][] decode(float[][] latents, ImageShape shape) {
    ImageShape image = imageShape(shape);
    return map(latents, shape, image, z -> network.decode(fromLatent(z)));
  }

  /** z = (m − shift) · scaling */
  private Tensor toLatent(Tensor mean) {
    return mean.sub(new Scalar(network.shiftFactor())).mul(new Scalar(network.scalingFactor()));
  }

  /** m = z / scaling + shift */
  private Tensor fromLatent(Tensor z) {
    return z.div(new Scalar(network.scalingFactor())).add(new Scalar(network.shiftFactor()));
  }

  /**
   * Computes in batches.
   *
   * @param in shape of each of {@code rows}
   * @param out shape of each result
   */
  private float[][] map(
      float[][] rows, ImageShape in, ImageShape out, UnaryOperator<Tensor> function) {
    Libtorch.singleThreaded();
    float[][] results = new float[rows.length][];
    try (NoGradGuard guard = new NoGradGuard()) {
      for (int from = 0; from < rows.length; from += BatchSizes.AUTOENCODED) {
        int to = Math.min(rows.length, from + BatchSizes.AUTOENCODED);
        try (PointerScope scope = new PointerScope()) {
          Tensor y = function.apply(batch(Arrays.copyOfRange(rows, from, to), in));
          for (int i = from; i < to; i++) {
            results[i] = new float[out.numel()];
            Libtorch.floats(y.select(0, i - from), results[i], 0);
          }
        }
      }
    }
    return results;
  }

  /** Returns rows as a tensor, (B, C, H, W). */
  private Tensor batch(float[][] rows, ImageShape shape) {
    float[] numbers = new float[Math.multiplyExact(rows.length, shape.numel())];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != shape.numel()) {
        throw new IllegalArgumentException(
            "expected " + shape.numel() + " numbers of " + shape + ", got " + rows[i].length);
      }
      System.arraycopy(rows[i], 0, numbers, i * shape.numel(), shape.numel());
    }
    return Libtorch.of(
        numbers,
        network.parameters().type(),
        rows.length,
        shape.channels(),
        shape.height(),
        shape.width());
  }

  /**
   * Writes the autoencoder as a folder that opens again, in float32. If its class is one of
   * diffusers', as {@code save_pretrained} does. What an interrupted writing left is continued.
   *
   * @param folder absent, empty, or with a part of the same files
   * @throws JourneyException if the folder holds anything else
   */
  public void writeTo(Path folder) {
    writeTo(folder, DType.F32, Long.MAX_VALUE);
  }

  /**
   * The same in another number type and in shards.
   *
   * @param dtype F32, F16 or BF16
   * @param maxShardBytes most bytes of weights in one file
   */
  public void writeTo(Path folder, DType dtype, long maxShardBytes) {
    Map<String, AtomicFile.Content> files = new LinkedHashMap<>();
    writeTo(files::put, dtype, maxShardBytes);
    ExportedFolder.write(folder, files);
  }

  /**
   * Gives the files of the folder one by one, in the smallest number type that holds all weights
   * exactly.
   */
  public void writeTo(BiConsumer<String, AtomicFile.Content> files) {
    writeTo(files, DType.exact(network.parameters().get()), Long.MAX_VALUE);
  }

  /**
   * Gives the files of the folder one by one, for a folder with others in it, such as {@code vae/}
   * of a pipeline.
   *
   * @param files takes a name without folders and a content
   */
  public void writeTo(
      BiConsumer<String, AtomicFile.Content> files, DType dtype, long maxShardBytes) {
    files.accept("config.json", out -> out.write(Json.bytes(config())));
    new WeightsWriter(files, dtype, maxShardBytes)
        .write(network.parameters().stored(), network.parameters().get());
  }

  @Override
  public void close() {
    network.parameters().close();
  }
}
