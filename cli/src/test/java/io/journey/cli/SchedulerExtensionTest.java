package io.journey.cli;

import static io.journey.cli.CommandRun.runs;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.array.Safetensors;
import io.journey.diffusion.NoiseSchedule;
import io.journey.random.Seed;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler that another module registers, from the command line; and all those of Journey. */
class SchedulerExtensionTest {
  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;

  @BeforeAll
  static void goTheWayOnce() throws IOException {
    flow = TinyFlow.made(root);
  }

  private String[] sample(Path out, String... more) {
    String[] changes = new String[more.length + 2];
    changes[0] = "--out";
    changes[1] = out.toString();
    System.arraycopy(more, 0, changes, 2, more.length);
    return flow.sample(changes);
  }

  @Test
  void aRegisteredSchedulerDrawsByItsName() {
    Path out = folder.resolve("t.safetensors");
    runs(
        sample(out, "--scheduler", "renoising", "--spacing", "trailing", "--inference-steps", "5"));
    Safetensors drawn = Safetensors.open(out);
    assertThat(drawn.longs("timesteps")).containsExactly(999, 799, 599, 399, 199);
    assertThat(drawn.metadata()).containsEntry("sampler", "renoising");
    assertThat(Json.parse(drawn.metadata().get("scheduler").getBytes(), "it").path("_class_name"))
        .hasToString("\"RenoisingScheduler\"");
    // The second latents of picture 0, from x̂0 of the first and the noise that its seed names.
    NoiseSchedule schedule = NoiseSchedule.ddpm();
    float[] noise = new float[64];
    Seed.of(0).child("trajectory").child(0).child("step").child(999).stream().fillGaussian(noise);
    float[] x0 = drawn.part("x0", 0, 64);
    float[] next = drawn.part("xt", 64, 64);
    double alphaBar = schedule.alphaBar(799);
    for (int i = 0; i < 64; i++) {
      assertThat(next[i])
          .isEqualTo((float) (Math.sqrt(alphaBar) * x0[i] + Math.sqrt(1 - alphaBar) * noise[i]));
    }
    assertThat(drawn.part("image", 0, 64)).isEqualTo(drawn.part("x0", 4 * 64, 64));
  }

  @Test
  void itsTrajectoriesAreAttributedAndContinued() {
    Path out = folder.resolve("t.safetensors");
    runs(
        sample(out, "--scheduler", "renoising", "--spacing", "trailing", "--inference-steps", "5"));
    Path scores = folder.resolve("scores");
    runs(
        flow.attribute(
            "--target", out.toString(), "--out", scores.toString(), "--timesteps", "199"));
    assertThat(scores.resolve("scores.npy")).exists();
    Path emergence = flow.emergence(out, "599,199", folder);
    assertThat(emergence.resolve("manifest.json")).exists();
  }

  @Test
  void everySchedulerDrawsTargetsThatAreAttributed() {
    for (String name : new String[] {"ddim", "euler", "euler-ancestral", "pndm", "dpm-solver++"}) {
      Path out = folder.resolve(name + ".safetensors");
      runs(sample(out, "--scheduler", name, "--inference-steps", "9", "--count", "1"));
      Safetensors drawn = Safetensors.open(out);
      assertThat(drawn.longs("timesteps")).as(name).hasSize(9);
      String step = Long.toString(drawn.longs("timesteps")[4]);
      Path scores = folder.resolve(name);
      runs(
          flow.attribute(
              "--target", out.toString(), "--out", scores.toString(), "--timesteps", step));
      assertThat(scores.resolve("scores.npy")).as(name).exists();
    }
  }

  @Test
  void theHelpAndTheRefusalListWhatIsRegistered() {
    String all = "ddim, ddpm, dpm-solver++, euler, euler-ancestral, pndm, renoising";
    String help = runs("sample", "--help").replaceAll("\\s+", " ");
    assertThat(help).contains("One of " + all);
    CommandRun refused =
        CommandRun.of(sample(folder.resolve("t.safetensors"), "--scheduler", "heun"));
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("There is no scheduler heun", all);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aSchedulerIsReadFromTheCheckpointsFile() throws IOException {
    Path file = flow.member().resolve("scheduler/scheduler_config.json");
    Path copy = folder.resolve("copy");
    runs("export", "--checkpoint", flow.member().toString(), "--out", copy.toString());
    Files.write(
        copy.resolve("scheduler/scheduler_config.json"),
        Json.bytes(Json.read(file).put("_class_name", "EulerDiscreteScheduler")));
    Path own = folder.resolve("own.safetensors");
    runs(sample(own, "--checkpoint", copy.toString()));
    Path named = folder.resolve("named.safetensors");
    runs(sample(named, "--scheduler", "euler"));
    assertThat(Safetensors.open(own).floats("image"))
        .isEqualTo(Safetensors.open(named).floats("image"));
  }
}
