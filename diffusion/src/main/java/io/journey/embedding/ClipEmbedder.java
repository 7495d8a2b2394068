package io.journey.embedding;

import io.journey.array.NamedTensors;
import io.journey.dataset.ImageShape;
import io.journey.model.WeightFiles;
import io.journey.run.Checksums;
import io.journey.tensor.Libtorch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * The vision model of a CLIP in a Hugging Face folder: {@code config.json}, {@code
 * model.safetensors} or what stands for it, and {@code preprocessor_config.json} if there is one.
 * Vectors are as the network gives them, not brought to length 1.
 */
final class ClipEmbedder implements Embedder {
  private final ClipVision network;
  private final ImagePreparation preparation;
  private final String name;
  private final String fingerprint;

  private ClipEmbedder(
      ClipVision network, ImagePreparation preparation, String name, String fingerprint) {
    this.network = network;
    this.preparation = preparation;
    this.name = name;
    this.fingerprint = fingerprint;
  }

  static ClipEmbedder open(Path folder) {
    ClipConfig config = ClipConfig.read(folder.resolve("config.json"));
    ImagePreparation preparation = config.preparation(folder.resolve("preprocessor_config.json"));
    NamedTensors file = WeightFiles.ofTransformers(folder, "the model");
    ClipVision network = ClipVision.read(config, file);
    String name = "CLIP " + folder.toAbsolutePath().normalize().getFileName();
    return new ClipEmbedder(network, preparation, name, fingerprint(config, preparation, file));
  }

  private static String fingerprint(
      ClipConfig config, ImagePreparation preparation, NamedTensors file) {
    MessageDigest digest = Checksums.sha256();
    digest.update((config + " " + preparation.describe()).getBytes(StandardCharsets.UTF_8));
    for (Path part : file.files()) {
      digest.update(HexFormat.of().parseHex(Checksums.of(part)));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int dim() {
    return network.dim();
  }

  @Override
  public float[][] embed(List<float[]> images, ImageShape shape) {
    Libtorch.singleThreaded();
    float[][] out = new float[images.size()][];
    try (NoGradGuard guard = new NoGradGuard()) {
      for (int i = 0; i < out.length; i++) {
        float[] prepared = preparation.apply(images.get(i), shape);
        try (PointerScope scope = new PointerScope()) {
          out[i] =
              Libtorch.floats(network.forward(Classifier.rows(prepared, 1, preparation.shape())));
        }
      }
    }
    return out;
  }

  @Override
  public void close() {
    network.close();
  }
}
