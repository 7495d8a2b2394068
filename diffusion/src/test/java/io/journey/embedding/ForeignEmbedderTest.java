package io.journey.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Safetensors;
import io.journey.dataset.ImageShape;
import io.journey.run.GoldenFiles;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks of others against what Python made of them (tools/golden/make_embeddings.py). */
class ForeignEmbedderTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/embedding");

  /** float32 on both sides, or float64 on the other: vectors are of size 1. */
  private static final double FLOAT32 = 2e-5;

  @TempDir Path folder;

  private static List<float[]> rows(Safetensors file, String name) {
    int count = Math.toIntExact(file.shape(name).get(0));
    int length = file.floats(name).length / count;
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(file.part(name, (long) i * length, length));
    }
    return rows;
  }

  private static ImageShape shape(Safetensors file, String name) {
    List<Long> shape = file.shape(name);
    return new ImageShape(
        shape.get(1).intValue(), shape.get(2).intValue(), shape.get(3).intValue());
  }

  private static double difference(float[][] found, List<float[]> expected) {
    assertThat(found.length).isEqualTo(expected.size());
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).hasSameSizeAs(expected.get(i));
      for (int d = 0; d < found[i].length; d++) {
        largest = Math.max(largest, Math.abs(found[i][d] - (double) expected.get(i)[d]));
      }
    }
    return largest;
  }

  @Test
  void goldenFilesAreTheOnesThatWereMade() throws IOException {
    assertThat(GoldenFiles.checked(GOLDEN, "")).hasSizeGreaterThan(10);
  }

  /** Pillow's weights are float64, its pixels float32: an error of a grey level's millionth. */
  @Test
  void planesAreResizedAsPillowDoes() {
    Safetensors golden = Safetensors.open(GOLDEN.resolve("resize.safetensors"));
    int compared = 0;
    for (String name : golden.names()) {
      if (!name.endsWith(".in")) {
        continue;
      }
      String outName = name.replace(".in", ".out");
      float[] in = golden.floats(name);
      double[] plane = new double[in.length];
      for (int i = 0; i < in.length; i++) {
        plane[i] = in[i];
      }
      List<Long> from = golden.shape(name);
      List<Long> to = golden.shape(outName);
      double[] found =
          Resize.plane(
              plane,
              from.get(0).intValue(),
              from.get(1).intValue(),
              to.get(0).intValue(),
              to.get(1).intValue(),
              name.startsWith("bicubic") ? Interpolation.BICUBIC : Interpolation.BILINEAR);
      float[] expected = golden.floats(outName);
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).as("%s, number %d", name, i).isCloseTo(expected[i], within(1e-4));
      }
      compared++;
    }
    assertThat(compared).isEqualTo(6);
  }

  @ParameterizedTest
  @CsvSource({"clip, 16", "clip-pooled, 32"})
  void clipVectorsAreThoseOfTransformers(String model, int dim) {
    Safetensors golden = Safetensors.open(GOLDEN.resolve(model + "/golden.safetensors"));
    try (Embedder clip = Embedders.open("clip:" + GOLDEN.resolve(model))) {
      assertThat(clip.name()).isEqualTo("CLIP " + model);
      assertThat(clip.dim()).isEqualTo(dim);
      for (String images : List.of("whole", "grey", "wide")) {
        float[][] found = clip.embed(rows(golden, images), shape(golden, images));
        assertThat(difference(found, rows64(golden, images + ".vectors")))
            .as(images)
            .isLessThan(FLOAT32);
      }
    }
  }

  private static List<float[]> rows64(Safetensors file, String name) {
    double[] all = file.doubles(name);
    int count = Math.toIntExact(file.shape(name).get(0));
    int length = all.length / count;
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] row = new float[length];
      for (int d = 0; d < length; d++) {
        row[d] = (float) all[i * length + d];
      }
      rows.add(row);
    }
    return rows;
  }

  /** Pillow rounds 8-bit images after each pass, half a grey level; Journey does not. */
  @Test
  void roundingToEightBitsWouldHardlyTurnAVector() {
    Safetensors golden = Safetensors.open(GOLDEN.resolve("clip/golden.safetensors"));
    List<float[]> exact = rows64(golden, "grey.vectors");
    List<float[]> rounded = rows64(golden, "grey.vectors.eight_bit");
    for (int i = 0; i < exact.size(); i++) {
      double product = 0;
      double first = 0;
      double second = 0;
      for (int d = 0; d < exact.get(i).length; d++) {
        product += (double) exact.get(i)[d] * rounded.get(i)[d];
        first += (double) exact.get(i)[d] * exact.get(i)[d];
        second += (double) rounded.get(i)[d] * rounded.get(i)[d];
      }
      assertThat(product / Math.sqrt(first * second)).isBetween(0.9999, 0.99999999);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"torchscript:%s/tiny.pt?size=6", "onnx:%s/tiny.onnx"})
  void networksInFilesGiveTheNumbersOfPyTorch(String form) {
    String spec = form.formatted(GOLDEN);
    String and = spec.contains("?") ? "&" : "?";
    Safetensors golden = Safetensors.open(GOLDEN.resolve("tiny.safetensors"));
    List<float[]> images = rows(golden, "images");
    ImageShape shape = shape(golden, "images");
    try (Embedder unit = Embedders.open(spec);
        Embedder bytes = Embedders.open(spec + and + "range=byte");
        Embedder normalised =
            Embedders.open(spec + and + "mean=0.485,0.456,0.406&std=0.229,0.224,0.225")) {
      assertThat(unit.dim()).isEqualTo(5);
      assertThat(difference(unit.embed(images, shape), rows(golden, "unit"))).isLessThan(1e-5);
      // Numbers up to 255 times larger.
      assertThat(difference(bytes.embed(images, shape), rows(golden, "byte"))).isLessThan(1e-3);
      assertThat(difference(normalised.embed(images, shape), rows(golden, "normalised")))
          .isLessThan(1e-5);
      assertThat(unit.fingerprint()).hasSize(64).isNotEqualTo(bytes.fingerprint());
      assertThat(unit.embed(images, shape, 2, Progress.SILENT))
          .isDeepEqualTo(unit.embed(images, shape));
      float[] grey = new float[36];
      float[] colour = new float[108];
      for (int i = 0; i < 108; i++) {
        grey[i % 36] = images.get(0)[i % 36];
        colour[i] = images.get(0)[i % 36];
      }
      assertThat(unit.embed(List.of(grey), new ImageShape(1, 6, 6)))
          .isDeepEqualTo(unit.embed(List.of(colour), shape));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "torchscript:%s/tiny.pt                   | does not say how large its images are",
        "torchscript:%s/tiny.pt?size=7            | fails on an image of 3×7×7",
        "torchscript:%s/tiny.pt?size=0            | size=0, expected a whole number from 1",
        "torchscript:%s/tiny.pt?size=6&size=6     | gives the option size twice",
        "torchscript:%s/tiny.pt?size=6&range=8bit | range=8bit, expected unit or signed or byte",
        "torchscript:%s/tiny.pt?size=6&std=0      | std positive",
        "torchscript:%s/tiny.pt?size=6&mean=1,2   | a number for each of 3 channels",
        "torchscript:%s/tiny.pt?size=6&mean=a     | expected numbers with commas",
        "torchscript:%s/tiny.pt?sice=6            | unknown option 'sice': use size",
        "torchscript:%s/tiny.onnx?size=6          | is not a TorchScript program",
        "torchscript:%s/absent.pt?size=6          | There is no file or directory",
        "onnx:%s/tiny.onnx?size=7                 | has size=7, the network takes 6",
        "onnx:%s/tiny.onnx?channels=1             | has channels=1, the network takes 3",
        "onnx:%s/tiny.onnx?output=z               | has no output z, only [y]",
        "onnx:%s/tiny.pt                          | is damaged or not ONNX",
        "onnx:%s/external.onnx                    | keeps numbers in other files",
        "onnx:%s/external-in-branch.onnx          | keeps numbers in other files",
        "clip:%s/clip?size=32                     | unknown option 'size': leave it out",
        "clip:%s                                  | config.json: there is no such file",
      })
  void aSpecThatCannotBeIsRefusedInASentence(String form, String said) {
    assertThatThrownBy(() -> Embedders.open(form.formatted(GOLDEN)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(said)
        .satisfies(e -> assertThat(e.getMessage().lines().count()).isEqualTo(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "config.json | \"hidden_size\": 32 | \"hidden_size\": 64 | class_embedding is [32], expected [64]",
        "config.json | \"num_hidden_layers\": 2 | \"num_hidden_layers\": 3 | lacks encoder.layers.2.layer_norm1",
        "config.json | \"num_attention_heads\": 4 | \"num_attention_heads\": 5 | cannot be",
        "config.json | \"image_size\": 32 | \"image_size\": 40 | expected the model's image_size 40",
        "config.json | quick_gelu | relu | hidden_act relu, expected quick_gelu or gelu",
        "config.json | clip_vision_model | siglip | expected clip or clip_vision_model",
        "preprocessor_config.json | \"resample\": 3 | \"resample\": 1 | resample 1, expected 2",
        "preprocessor_config.json | \"resample\": 3 | \"resample\": \"1\" | expected a whole number",
        "preprocessor_config.json | \"do_normalize\": true | \"do_normalize\": false | expected true",
      })
  void aClipThatDoesNotFitItsConfigurationIsRefused(
      String file, String good, String bad, String said) throws IOException {
    for (String name : List.of("config.json", "model.safetensors", "preprocessor_config.json")) {
      Files.copy(GOLDEN.resolve("clip").resolve(name), folder.resolve(name));
    }
    String text = Files.readString(folder.resolve(file));
    assertThat(text).contains(good);
    Files.writeString(folder.resolve(file), text.replace(good, bad));
    assertThatThrownBy(() -> Embedders.open("clip:" + folder))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(said);
  }

  /**
   * A file cut anywhere, or with one byte changed, is an error in a sentence or still a network.
   */
  @Test
  void aDamagedOnnxEndsInASentence() throws IOException {
    byte[] good = Files.readAllBytes(GOLDEN.resolve("tiny.onnx"));
    Path file = folder.resolve("x.onnx");
    int refused = 0;
    for (int i = 0; i < 120; i++) {
      byte[] bad = good.clone();
      bad[i % 60] ^= (byte) (i < 60 ? 0x80 : 0x07);
      Files.write(file, i % 2 == 0 ? bad : java.util.Arrays.copyOf(good, good.length - 1 - 13 * i));
      try (Embedder opened = Embedders.open("onnx:" + file)) {
        assertThat(opened.dim()).isPositive();
      } catch (JourneyException e) {
        assertThat(e.getMessage().lines().count()).isEqualTo(1);
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(60);
  }

  /** As a plain installation is: everything on the class path but ONNX Runtime. */
  @Test
  void withoutOnnxRuntimeTheSentenceSaysHowToGetIt() throws Exception {
    List<URL> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.contains("onnxruntime")) {
        path.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      Method open = loader.loadClass(Embedders.class.getName()).getMethod("open", String.class);
      assertThatThrownBy(() -> open.invoke(null, "onnx:" + GOLDEN.resolve("tiny.onnx")))
          .rootCause()
          .isInstanceOf(ClassNotFoundException.class);
      assertThatThrownBy(() -> open.invoke(null, "onnx:" + GOLDEN.resolve("tiny.onnx")))
          .cause()
          .hasMessageContaining("is not installed")
          .satisfies(
              e -> assertThat(e.getClass().getName()).isEqualTo(JourneyException.class.getName()));
    }
  }
}
