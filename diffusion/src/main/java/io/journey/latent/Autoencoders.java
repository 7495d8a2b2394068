package io.journey.latent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.NamedTensors;
import io.journey.model.CheckpointFiles;
import io.journey.nn.ModuleReader;
import io.journey.random.Seed;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Reads autoencoders: folders of diffusers, whose {@code config.json} names the class, and pairs of
 * files of taesd's code.
 */
public final class Autoencoders {
  private static final String CONFIG = "config.json";
  private static final String VAE = "vae";

  /** A name of CompVis's own layout, which diffusers' converter renames. */
  private static final String COMPVIS = "encoder.down.0.block.0.conv1.weight";

  private Autoencoders() {}

  /**
   * Returns the folder of a pipeline's autoencoder, or nothing where the folder has none. Where the
   * pipeline's index names one that is not there, opening it says so.
   */
  public static Optional<Path> inPipeline(Path folder) {
    Path vae = folder.resolve(VAE);
    boolean there =
        Files.exists(vae.resolve(CONFIG))
            || Files.isDirectory(vae) && TaesdPair.in(vae).isPresent();
    return there || CheckpointFiles.namesPart(folder, VAE) ? Optional.of(vae) : Optional.empty();
  }

  /** What was found: a network that has announced its weights, and where they are. */
  private record Found(AutoencoderNetwork network, NamedTensors tensors, String name) {}

  /**
   * Reads an autoencoder in float32.
   *
   * @param path a pipeline folder with {@code vae/}, the autoencoder's own folder, a file of
   *     weights in it, a folder with {@code X_encoder.pth} and {@code X_decoder.pth}, or one of the
   *     two
   * @throws JourneyException if there is none, it is of another class, asks for what is not
   *     supported, or is damaged; naming everything that is wrong with it
   */
  public static Autoencoder open(Path path) {
    return open(path, ScalarType.Float);
  }

  /** The same in float32 or float64. */
  public static Autoencoder open(Path path, ScalarType type) {
    Found found = find(path);
    ModuleReader reader = new ModuleReader(found.tensors(), "", name -> false);
    reader.requireFit(found.network());
    found.network().parameters().allocate(type);
    try {
      reader.load(found.network());
      return new Autoencoder(found.network(), found.name());
    } catch (RuntimeException e) {
      found.network().parameters().close();
      throw e;
    }
  }

  /**
   * Returns an {@code AutoencoderKL} with random weights, by PyTorch's default start: of no use but
   * to measure with.
   *
   * @param config as diffusers writes it
   */
  public static Autoencoder random(ObjectNode config, Seed seed) {
    AutoencoderKL network =
        new AutoencoderKL(AutoencoderKLConfig.fromDiffusers(config, "The autoencoder"));
    network.parameters().allocate(ScalarType.Float);
    network.parameters().initialize(seed);
    return new Autoencoder(network, "random");
  }

  /**
   * Reads what a pipeline encodes its images with.
   *
   * @param folder of a pipeline
   * @return the autoencoder in {@code vae/}, or {@link LatentCodec#IDENTITY} where there is none
   * @throws JourneyException as {@link #open} says
   */
  public static LatentCodec ofPipeline(Path folder) {
    return Files.exists(folder.resolve(VAE)) ? open(folder.resolve(VAE)) : LatentCodec.IDENTITY;
  }

  private static Found find(Path path) {
    if (Files.isRegularFile(path)) {
      Optional<TaesdPair> pair = TaesdPair.of(path);
      if (pair.isPresent()) {
        return of(pair.get());
      }
      Path folder = path.toAbsolutePath().getParent();
      if (!Files.exists(folder.resolve(CONFIG))) {
        throw new JourneyException(
            path + " has no " + CONFIG + " beside it: put the autoencoder's configuration there.");
      }
      boolean isConfig = path.getFileName().toString().equals(CONFIG);
      return read(folder, isConfig ? CheckpointFiles.weightsIn(folder) : path);
    }
    Path pipeline = path.toAbsolutePath().getParent();
    if (!Files.exists(path) && path.endsWith(VAE) && CheckpointFiles.isPipeline(pipeline)) {
      throw new JourneyException(
          pipeline
              + " has no folder vae, and its model_index.json names an autoencoder: put it there.");
    }
    if (!Files.isDirectory(path)) {
      throw new JourneyException(
          "Cannot read " + path + ": there is no such file or folder, check the path.");
    }
    for (Path folder : new Path[] {path, path.resolve(VAE)}) {
      if (Files.exists(folder.resolve(CONFIG))) {
        return read(folder, CheckpointFiles.weightsIn(folder));
      }
      Optional<TaesdPair> pair =
          Files.isDirectory(folder) ? TaesdPair.in(folder) : Optional.empty();
      if (pair.isPresent()) {
        return of(pair.get());
      }
    }
    throw new JourneyException(
        path
            + " holds no autoencoder (expected config.json, vae/config.json, or a pair such as"
            + " taef2_encoder.pth and taef2_decoder.pth): name another folder.");
  }

  private static Found of(TaesdPair pair) {
    TaesdPair.Opened opened = pair.open();
    return new Found(opened.network(), opened.tensors(), pair.model());
  }

  private static Found read(Path folder, Path weights) {
    Path config = folder.resolve(CONFIG);
    ObjectNode json = Json.read(config);
    String className = json.path("_class_name").asText();
    String where = config.toString();
    return switch (className) {
      case AutoencoderKLConfig.CLASS_NAME -> {
        AutoencoderKLConfig kl = AutoencoderKLConfig.fromDiffusers(json, where);
        yield build(config, weights, kl.leastWeights(), () -> new AutoencoderKL(kl));
      }
      case AutoencoderTinyConfig.CLASS_NAME -> {
        AutoencoderTinyConfig tiny = AutoencoderTinyConfig.fromDiffusers(json, where);
        yield build(config, weights, tiny.leastWeights(), () -> AutoencoderTiny.of(tiny));
      }
      case TaesdConfig.CLASS_NAME -> {
        TaesdConfig taesd = TaesdConfig.read(json, where);
        double least = AutoencoderTinyConfig.taesd(taesd.latentChannels()).leastWeights();
        yield build(config, weights, least, () -> AutoencoderTiny.of(taesd));
      }
      default ->
          throw new JourneyException(
              where
                  + " has _class_name \""
                  + Failures.quoted(className)
                  + "\", expected AutoencoderKL, AutoencoderTiny or TAESD: name the folder of such"
                  + " an autoencoder.");
    };
  }

  /** Builds the network once it is known that the file has room for it. */
  private static Found build(
      Path config, Path weights, double least, Supplier<AutoencoderNetwork> network) {
    NamedTensors tensors = NamedTensors.open(weights);
    if (tensors.names().stream().anyMatch(name -> name.endsWith(COMPVIS))) {
      throw new JourneyException(
          weights
              + " holds an autoencoder under the names of CompVis's code, expected diffusers': in"
              + " Python, AutoencoderKL.from_single_file(path).save_pretrained(folder).");
    }
    long count = ModuleReader.count(tensors);
    if (least > count) {
      throw new JourneyException(
          String.format(
              Locale.ROOT,
              "%s describes an autoencoder of at least %.0f weights, %s holds %d: put the"
                  + " configuration that belongs to the weights there.",
              config,
              least,
              weights,
              count));
    }
    return new Found(network.get(), new ConvolvedAttention(tensors), name(config));
  }

  /** Returns the name of a model: of its folder, or of the pipeline that it is a part of. */
  private static String name(Path config) {
    Path folder = config.toAbsolutePath().normalize().getParent();
    Path model = folder.endsWith(VAE) && folder.getParent() != null ? folder.getParent() : folder;
    return String.valueOf(model.getFileName());
  }
}
