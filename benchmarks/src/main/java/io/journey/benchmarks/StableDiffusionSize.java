package io.journey.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.Float16;
import io.journey.array.Safetensors;
import io.journey.cli.Main;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.latent.Autoencoder;
import io.journey.latent.Autoencoders;
import io.journey.model.Architecture;
import io.journey.model.LoraWriter;
import io.journey.nn.Parameter;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.DiffusersJson;
import io.journey.run.Json;
import io.journey.run.Memory;
import io.journey.text.TextEncoder;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What a model of Stable Diffusion's size takes: random weights in the configuration of Stable
 * Diffusion 1.5, U-Net, autoencoder and text encoder, with a LoRA of rank 4, and captioned images
 * of 256 pixels. Samples two inference steps, featurizes and attributes, each by the command line
 * in a process of its own; a line of JSON for each, with seconds and the largest resident size.
 *
 * <p>Arguments: [folder of the weights, 2.4 GB, made if they are not there][, preconditioner[,
 * draws [, images]]]; without, a folder beside other temporary files, none, 2 and 8.
 */
public final class StableDiffusionSize {
  private static final long WEIGHTS = 859_520_964;
  private static final long PAIRS = 797_184;
  private static final int RANK = 4;
  private static final int LATENT_SIDE = 32; // of pictures of 256 pixels

  /** Words of four letters that the vocabulary has, so that it is about as large as CLIP's. */
  private static final int LONG_WORDS = 28_800;

  private StableDiffusionSize() {}

  /** Runs the measurement. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 0 && args[0].equals("--stage")) {
      stage(args[1], List.of(args).subList(2, args.length).toArray(String[]::new));
      return;
    }
    Path folder =
        Path.of(
            args.length > 0
                ? args[0]
                : System.getProperty("java.io.tmpdir") + "/journey-stable-diffusion-size");
    String preconditioner = args.length > 1 ? args[1] : "none";
    String draws = args.length > 2 ? args[2] : "2";
    int images = args.length > 3 ? Integer.parseInt(args[3]) : 8;
    Path home = Path.of(System.getProperty("journey.home", "."));
    String data = home.resolve("data/coco") + "?size=256&limit=" + images;
    makePipeline(folder, data);
    Path run = folder.resolve("run");
    if (Files.exists(run)) {
      TemporaryFolders.delete(run);
    }
    String pipeline = folder.toString();
    String lora = folder.resolve("lora").toString();
    String targets = run.resolve("targets.safetensors").toString();
    String features = run.resolve("features").toString();
    String prompt = Datasets.open(data).captioned().captions(0).get(0);
    child(
        "sample two inference steps",
        "sample --count 1 --guidance 7.5 --scheduler ddim --inference-steps 2",
        "--checkpoint",
        pipeline,
        "--lora",
        lora,
        "--prompt",
        prompt,
        "--out",
        targets);
    child(
        "featurize " + images + " images, " + draws + " draws, " + preconditioner,
        "featurize --draw-scheme independent --draws "
            + draws
            + " --preconditioner "
            + preconditioner,
        "--checkpoints",
        pipeline,
        "--lora",
        lora,
        "--data",
        data,
        "--out",
        features);
    child(
        "attribute a target at two steps, " + draws + " draws",
        "attribute --draws " + draws,
        "--checkpoints",
        pipeline,
        "--lora",
        lora,
        "--features",
        features,
        "--target",
        targets,
        "--out",
        run.resolve("attribution").toString());
  }

  /** Runs a command of journey and says what it took. */
  private static void stage(String what, String[] command) {
    PrintWriter out = new PrintWriter(System.err, true);
    long start = System.nanoTime();
    int status = Main.run(command, out, out);
    System.out.printf(
        Locale.ROOT,
        "{\"engine\": \"journey\", \"what\": \"%s\", \"seconds\": %.1f, \"peak_mib\": %d,"
            + " \"status\": %d}%n",
        what,
        (System.nanoTime() - start) * 1e-9,
        Memory.peakResidentBytes() >> 20,
        status);
  }

  private static void child(String what, String words, String... more)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.addAll(List.of(StableDiffusionSize.class.getName(), "--stage", what));
    line.addAll(List.of(words.split(" ")));
    line.addAll(List.of(more));
    if (new ProcessBuilder(line).inheritIO().start().waitFor() != 0) {
      throw new IllegalStateException(what + " failed");
    }
  }

  private static void makePipeline(Path folder, String data) {
    if (Files.exists(folder.resolve("model_index.json"))) {
      return;
    }
    makeUnet(folder);
    try (Autoencoder made = Autoencoders.random(autoencoder(), Seed.of(2))) {
      made.writeTo(folder.resolve("vae"), DType.F16, Long.MAX_VALUE);
    }
    try (TextEncoder made = TextEncoder.random(Seed.of(3), words(data), 768, 12, 12, 77)) {
      made.writeTo(folder);
    }
    write(
        folder.resolve("scheduler/scheduler_config.json"),
        DiffusersJson.object("PNDMScheduler")
            .put("beta_schedule", "scaled_linear")
            .put("beta_start", 0.00085)
            .put("beta_end", 0.012)
            .put("skip_prk_steps", true)
            .put("set_alpha_to_one", false)
            .put("steps_offset", 1)
            .put("clip_sample", false));
    ObjectNode index = DiffusersJson.object("StableDiffusionPipeline");
    index.putArray("unet").add("diffusers").add("UNet2DConditionModel");
    index.putArray("vae").add("diffusers").add("AutoencoderKL");
    index.putArray("scheduler").add("diffusers").add("PNDMScheduler");
    index.putArray("text_encoder").add("transformers").add("CLIPTextModel");
    index.putArray("tokenizer").add("transformers").add("CLIPTokenizer");
    write(folder.resolve("model_index.json"), index);
  }

  private static void makeUnet(Path folder) {
    ObjectNode config = DiffusersJson.object("UNet2DConditionModel");
    config.put("sample_size", LATENT_SIDE).put("in_channels", 4).put("out_channels", 4);
    config.set("block_out_channels", Json.tree(List.of(320, 640, 1280, 1280)));
    config.put("layers_per_block", 2).put("cross_attention_dim", 768).put("attention_head_dim", 8);
    Safetensors.Writer weights = new Safetensors.Writer().metadata("format", "pt");
    Safetensors.Writer pairs = new Safetensors.Writer().metadata("format", "pt");
    long all = 0;
    long ofPairs = 0;
    int seed = 0;
    for (Parameter weight : Architecture.read(config, "The U-Net").build().parameters().list()) {
      all += weight.numel();
      weights.add(weight.name(), DType.F16, numbers(weight, seed++), weight.shape());
      if (weight.name().matches(".*\\.attn[12]\\.to_(q|k|v|out\\.0)\\.weight")) {
        String layer = "unet." + weight.name().replaceAll("\\.weight$", "");
        long[] shape = weight.shape();
        pairs.add(layer + ".lora_A.weight", small(RANK * shape[1], seed++), RANK, shape[1]);
        pairs.add(layer + ".lora_B.weight", small(shape[0] * RANK, seed++), shape[0], RANK);
        ofPairs += RANK * (shape[0] + shape[1]);
      }
    }
    if (all != WEIGHTS || ofPairs != PAIRS) {
      throw new IllegalStateException(all + " weights and " + ofPairs + " of pairs");
    }
    write(folder.resolve("unet/config.json"), config);
    AtomicFile.write(folder.resolve("unet/diffusion_pytorch_model.safetensors"), weights::writeTo);
    AtomicFile.write(folder.resolve("lora").resolve(LoraWriter.FILE), pairs::writeTo);
  }

  /** Norms 1 and 0; all else uniform in ±1/√(inputs), and biases 0. */
  private static Safetensors.Writer.Numbers numbers(Parameter weight, int seed) {
    long[] shape = weight.shape();
    boolean bias = weight.name().endsWith(".bias");
    boolean norm = shape.length == 1 && !bias;
    double bound = Math.sqrt((double) shape[0] / weight.numel());
    return out -> {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = new byte[2 * weight.numel()];
      for (int i = 0; i < weight.numel(); i++) {
        double value = norm ? 1 : bias ? 0 : bound * (2 * random.nextDouble() - 1);
        short half = Float16.of((float) value);
        bytes[2 * i] = (byte) half;
        bytes[2 * i + 1] = (byte) (half >> 8);
      }
      out.write(bytes);
    };
  }

  private static float[] small(long count, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] numbers = new float[Math.toIntExact(count)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (0.02 * (2 * random.nextDouble() - 1));
    }
    return numbers;
  }

  private static ObjectNode autoencoder() {
    ObjectNode json = DiffusersJson.object("AutoencoderKL");
    json.put("in_channels", 3).put("out_channels", 3).put("latent_channels", 4);
    json.set("block_out_channels", Json.tree(List.of(128, 256, 512, 512)));
    List<String> down = new ArrayList<>();
    List<String> up = new ArrayList<>();
    for (int level = 0; level < 4; level++) {
      down.add("DownEncoderBlock2D");
      up.add("UpDecoderBlock2D");
    }
    json.set("down_block_types", Json.tree(down));
    json.set("up_block_types", Json.tree(up));
    return json.put("layers_per_block", 2).put("scaling_factor", 0.18215);
  }

  /** The captions, and as many words of letters as make the vocabulary as large as CLIP's. */
  private static List<String> words(String data) {
    Dataset captioned = Datasets.open(data).captioned();
    List<String> words = new ArrayList<>();
    for (int i = 0; i < captioned.size(); i++) {
      words.addAll(captioned.captions(i));
    }
    for (int i = 0; i < 26 * 26 * 26; i++) {
      words.add(letters(i, 3));
    }
    for (int i = 0; i < LONG_WORDS; i++) {
      words.add(letters(i, 4));
    }
    return words;
  }

  private static String letters(int number, int count) {
    StringBuilder word = new StringBuilder();
    int rest = number;
    for (int i = 0; i < count; i++) {
      word.insert(0, (char) ('a' + rest % 26));
      rest /= 26;
    }
    return word.toString();
  }

  private static void write(Path file, ObjectNode json) {
    AtomicFile.write(file, out -> out.write(Json.bytes(json)));
  }
}
