package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.diffusion.NoiseSchedule;
import io.journey.model.Checkpoint;
import io.journey.model.InputRange;
import io.journey.model.LayeredDenoiser;
import io.journey.model.UNet2DConfig;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every {@code UNet2DModel} that opens can be sampled from and attributed, or is refused by one
 * sentence before any work: random configurations, each named by its seed.
 */
class RandomUNetTest {
  private static final int MODELS = 28;
  private static final String DATA = "../data/fashion-mnist?size=8&limit=6";

  @TempDir Path folder;

  /** Chooses options by name, so that a further option leaves the others as they were. */
  private record Choice(Seed seed) {
    @SafeVarargs
    final <T> T of(String option, T... values) {
      return values[seed.child(option).stream().nextInt(values.length)];
    }

    boolean oneIn(int n, String option) {
      return seed.child(option).stream().nextInt(n) == 0;
    }
  }

  private static ObjectNode config(Choice choice) {
    ObjectNode json = Json.object().put("_class_name", "UNet2DModel");
    int levels = choice.of("levels", 1, 2, 3);
    int groups = choice.of("groups", 1, 2);
    RandomStream blocks = choice.seed().child("blocks").stream();
    for (int i = 0; i < levels; i++) {
      json.withArray("block_out_channels").add(4 + 4 * blocks.nextInt(2));
      String[] kinds = {"%sBlock2D", "Attn%sBlock2D", "Resnet%ssampleBlock2D"};
      json.withArray("down_block_types").add(String.format(kinds[blocks.nextInt(3)], "Down"));
      json.withArray("up_block_types").add(String.format(kinds[blocks.nextInt(3)], "Up"));
    }
    json.put("norm_num_groups", groups).put("layers_per_block", choice.of("layers", 1, 2));
    json.put("attention_head_dim", choice.of("heads", 1, 2, 4, null));
    json.put("attn_norm_num_groups", choice.of("attention groups", null, null, 1, 2));
    json.put("in_channels", choice.oneIn(12, "in") ? 2 : 1).put("out_channels", 1);
    if (choice.oneIn(12, "size")) {
      json.putNull("sample_size");
    } else {
      json.put("sample_size", 8);
    }
    String time = choice.of("time", "positional", "positional", "learned", "fourier");
    json.put("time_embedding_type", time);
    json.put("num_train_timesteps", choice.of("T", 1000, 1000, 1000, 100));
    json.put("time_embedding_dim", choice.of("width", null, 6));
    json.put("freq_shift", choice.of("shift", 0, 1));
    json.put("flip_sin_to_cos", choice.oneIn(2, "flip"));
    json.put("center_input_sample", choice.oneIn(4, "center"));
    json.put("class_embed_type", choice.of("class", null, null, "timestep", "identity"));
    json.put("num_class_embeds", choice.of("classes", null, null, 10, 3));
    json.put("resnet_time_scale_shift", choice.of("scale", "default", "default", "scale_shift"));
    json.put("downsample_type", choice.of("down", "conv", "resnet"));
    json.put("upsample_type", choice.of("up", "conv", "resnet"));
    json.put("downsample_padding", choice.of("padding", 0, 1));
    json.put("act_fn", choice.of("act", "silu", "mish", "gelu", "relu"));
    json.put("mid_block_scale_factor", choice.of("mid scale", 1.0, 1.5));
    json.put("mid_block_type", choice.of("mid", "UNetMidBlock2D", "UNetMidBlock2D", null));
    json.put("add_attention", choice.oneIn(2, "add"));
    json.put("dropout", choice.of("dropout", 0.0, 0.1));
    return json;
  }

  /** Whether a command succeeds; otherwise it says why in one sentence and leaves nothing. */
  private static boolean succeeds(String seed, Path out, String... command) {
    CommandRun run = CommandRun.of(command);
    if (run.status() == 0) {
      assertThat(out).as(seed).exists();
      return true;
    }
    assertThat(run.status()).as(seed + ": " + run.err()).isEqualTo(2);
    assertThat(run.err().strip().lines()).as(seed).hasSize(1);
    assertThat(run.err()).as(seed).doesNotContain("defect");
    assertThat(out).as(seed + ": " + run.err()).doesNotExist();
    assertThat(out.resolveSibling(out.getFileName() + ".parts")).as(seed).doesNotExist();
    return false;
  }

  /** How far a model goes: "opened", "sampled", "attributed". */
  private String way(String seed, LayeredDenoiser model, Path at) {
    Path member = at.resolve("model");
    try (Checkpoint made = new Checkpoint("random", model, NoiseSchedule.ddpm(), seed)) {
      made.export(member, DType.F32, Long.MAX_VALUE);
    }
    Path targets = at.resolve("targets.safetensors");
    List<String> sample =
        new ArrayList<>(List.of("sample", "--checkpoint", member.toString(), "--count", "2"));
    sample.addAll(List.of("--out", targets.toString(), "--inference-steps", "5"));
    sample.addAll(List.of("--spacing", "trailing"));
    if (model.conditioning().classes().isOpen()) {
      sample.addAll(List.of("--labels", "1,7"));
    }
    boolean sampled = succeeds(seed, targets, sample.toArray(String[]::new));
    Path features = at.resolve("features");
    boolean featurized =
        succeeds(
            seed,
            features,
            ("featurize --draw-scheme independent --preconditioner none --projection sparse:16 --draws 1 --checkpoints "
                    + member
                    + " --data "
                    + DATA
                    + " --out "
                    + features)
                .split(" "));
    if (!sampled || !featurized) {
      return sampled ? "sampled" : "opened";
    }
    Path scores = at.resolve("scores");
    String attribute =
        "attribute --timesteps 199,599 --draws 1 --checkpoints %s --features %s --target %s --out %s";
    assertThat(
            succeeds(
                seed,
                scores,
                String.format(attribute, member, features, targets, scores).split(" ")))
        .as(seed + ": what was featurized and sampled is attributed")
        .isTrue();
    return "attributed";
  }

  @Test
  void everyModelThatOpensIsDrawnAndAttributedOrRefusedBeforeAnyWork() throws IOException {
    Map<String, Integer> ways = new TreeMap<>();
    for (int n = 0; n < MODELS; n++) {
      Seed seed = Seed.of(n).child("random U-Net");
      ObjectNode json = config(new Choice(seed));
      String words = "seed " + n + " " + json;
      UNet2DConfig config;
      try {
        config = UNet2DConfig.fromDiffusers(json, "config.json");
      } catch (JourneyException e) {
        ways.merge("not opened", 1, Integer::sum);
        continue;
      }
      Path at = Files.createDirectories(folder.resolve("model-" + n));
      InputRange labels = config.conditioning().classes();
      String kind = labels.isEmpty() ? "" : labels.isOpen() ? " of any class" : " of classes";
      LayeredDenoiser model = config.random(seed.child("weights"), ScalarType.Float);
      ways.merge(way(words, model, at) + kind, 1, Integer::sum);
    }
    // Random, but the same on every machine: all kinds of models go all the way.
    assertThat(ways).as(ways.toString()).containsKeys("attributed", "attributed of classes");
    assertThat(ways.get("attributed of any class")).as(ways.toString()).isGreaterThanOrEqualTo(3);
    assertThat(ways.toString()).contains("opened", "sampled");
  }
}
