package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Json;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files and directories of another kind than an option takes: the sentence says which. */
class WrongKindTest {
  private static final Path GOLDEN =
      Path.of("../base/src/test/resources/golden/checkpoints").toAbsolutePath().normalize();

  @TempDir Path root;

  @BeforeEach
  void makeFiles() throws IOException {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    for (String format : new String[] {"png", "jpg", "gif", "bmp"}) {
      assertThat(ImageIO.write(image, format, root.resolve("a." + format).toFile())).isTrue();
    }
    Files.writeString(root.resolve("a.json"), "{}");
    Files.writeString(root.resolve("README.md"), "# Größe\n\nAll about it.\n");
    Files.write(root.resolve("a.npy"), new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    Files.copy(
        GOLDEN.resolve("reference/diffusion_pytorch_model.safetensors"),
        root.resolve("a.safetensors"));
    Files.copy(GOLDEN.resolve("training/last.ckpt"), root.resolve("a.ckpt"));
    Files.createDirectory(root.resolve("folder"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.png | a PNG picture | a picture is asked about with --image",
        "a.jpg | a JPEG picture | a picture is asked about with --image",
        "a.gif | a GIF picture | a picture is asked about with --image",
        "a.bmp | a BMP picture | a picture is asked about with --image",
        "a.npy | an NPY array | expected trajectories",
        "a.json | a JSON file | expected trajectories",
        "README.md | a text file | expected trajectories",
        "a.ckpt | a PyTorch or other zip file | expected trajectories",
        "a.safetensors | but no trajectories | journey sample wrote",
        "folder | is a directory | expected trajectories",
      })
  void aTargetSaysWhatItIs(String name, String kind, String expected) throws IOException {
    Refusal.of(
        root,
        new TinyFlow(root).attribute("--target", root.resolve(name).toString()),
        name,
        kind,
        expected);
  }

  @ParameterizedTest
  @CsvSource({"a.png, a PNG picture", "a.npy, an NPY array", "a.safetensors, a safetensors file"})
  void aDirectoryOfAStageSaysWhatItIs(String name, String kind) throws IOException {
    String file = root.resolve(name).toString();
    String[] command = {
      "report",
      "--attribution",
      file,
      "--data",
      TinyFlow.DATA,
      "--out",
      root.resolve("page.html").toString()
    };
    Refusal.of(root, command, name, kind, "expected a directory that a stage has written");
  }

  @ParameterizedTest
  @CsvSource({"a.png, a PNG picture", "a.npy, an NPY array"})
  void aCheckpointSaysWhatItIs(String name, String kind) throws IOException {
    String file = root.resolve(name).toString();
    TinyFlow flow = new TinyFlow(root);
    Refusal.of(root, flow.sample("--checkpoint", file), name, kind, "expected weights of a model");
    Refusal.of(
        root, flow.featurize("--checkpoints", file), name, kind, "expected weights of a model");
  }

  @Test
  void inspectSaysWhetherAUNetCanBeUsed() throws IOException {
    Path model = Files.createDirectory(root.resolve("model"));
    Files.copy(root.resolve("a.safetensors"), model.resolve("diffusion_pytorch_model.safetensors"));
    ObjectNode config = Json.read(GOLDEN.resolve("reference/config.json"));
    Files.write(model.resolve("config.json"), Json.bytes(config));
    assertThat(inspect(model)).contains("can be used, for images of 1×8×8");
    Files.write(model.resolve("config.json"), Json.bytes(config.putNull("sample_size")));
    assertThat(inspect(model)).contains("cannot be used", "sample_size null");
    config.put("sample_size", 8).putArray("block_out_channels").add(4096).add(4096);
    Files.write(model.resolve("config.json"), Json.bytes(config));
    assertThat(inspect(model)).contains("cannot be used", "at least", "holds 4877");
    config.putArray("block_out_channels").add(65536).add(65536);
    Files.write(model.resolve("config.json"), Json.bytes(config));
    assertThat(inspect(model)).contains("cannot be used", "config.json", "a model may have");
  }

  @Test
  void inspectSaysThatAFileHoldsOtherWeights() throws IOException {
    Path file = root.resolve("tensors.pt");
    Files.copy(GOLDEN.resolve("tensors/dict.pt"), file);
    assertThat(inspect(file)).contains("verdict", "no weights of a UNet2DModel", "torchscript:");
  }

  private static String inspect(Path path) {
    CommandRun run = CommandRun.of("inspect", path.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    return run.out();
  }
}
