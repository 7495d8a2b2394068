package io.journey.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.array.Float16;
import io.journey.array.Npy;
import io.journey.condition.Condition;
import io.journey.condition.TextStates;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.dataset.ImageShape;
import io.journey.dataset.MissingCaptions;
import io.journey.dataset.Subset;
import io.journey.latent.Autoencoders;
import io.journey.latent.LatentCodec;
import io.journey.random.Seed;
import io.journey.run.Executor;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import io.journey.run.StageFiles;
import io.journey.run.Task;
import io.journey.run.WholeTask;
import io.journey.tensor.TestContext;
import io.journey.text.TextEncoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is encoded, that it is the same however it is computed, and what is refused. */
class EncodingTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final Path CODEC = GOLDEN.resolve("latent/tiny");
  private static final Path WORDS = GOLDEN.resolve("text/words");
  private static final EncodingConfig SMALL = new EncodingConfig(4, 3);
  private static final MadeSet DATA = new MadeSet(13, 8, 7);

  @TempDir Path folder;

  private static Encoding both() {
    return Encoding.of(SMALL, DATA, CODEC, WORDS);
  }

  private static float[] rounded(float[] numbers) {
    float[] out = new float[numbers.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Float16.toFloat(Float16.of(numbers[i]));
    }
    return out;
  }

  private static float[] read(Dataset data, int index) {
    float[] out = new float[data.shape().numel()];
    data.read(index, out, 0);
    return out;
  }

  private static float[] numbers(TextStates states) {
    float[] out = new float[states.tokens() * states.width()];
    states.read(out, 0);
    return out;
  }

  private static Map<String, String> files(Path directory) throws IOException {
    Map<String, String> out = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(file).toString();
        if (!name.equals("timing.json") && !name.equals(".lock") && !name.endsWith(".tmp")) {
          out.put(name, Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return out;
  }

  @SuppressWarnings("unchecked") // A copy has the type of its original.
  private static <T> T copy(T value) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(value);
      }
      try (ObjectInputStream in =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        return (T) in.readObject();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void latentsAreThoseOfTheCodec() {
    EncodedDataset encoded = both().run(folder, TestContext.TWO);
    try (LatentCodec codec = Autoencoders.open(CODEC)) {
      assertThat(encoded.shape()).isEqualTo(codec.latentShape(DATA.shape()));
      assertThat(encoded.codecFingerprint()).contains(codec.fingerprint());
      for (int i = 0; i < DATA.size(); i++) {
        float[] latent = codec.encode(new float[][] {read(DATA, i)}, DATA.shape())[0];
        assertThat(read(encoded, i)).containsExactly(rounded(latent));
      }
    }
    assertThat(encoded.pictures()).isEqualTo(DATA);
    assertThat(encoded.id(5)).isEqualTo("made/5");
    assertThat(encoded.originalShape(0)).isEqualTo(DATA.shape());
    ImageShape shape = encoded.shape();
    assertThat(Npy.map(folder.resolve("latents-00003.npy")).shape())
        .containsExactly(1, shape.channels(), shape.height(), shape.width());
  }

  @Test
  void statesAreThoseOfTheTextEncoderAndEqualCaptionsAreEncodedOnce() throws IOException {
    AtomicLong captions = new AtomicLong();
    Progress counting =
        (title, total, unit) -> {
          if (unit.equals("captions")) {
            captions.addAndGet(total);
          }
          return Progress.Task.SILENT;
        };
    EncodedDataset encoded;
    try (RunContext context = TestContext.of(2, counting)) {
      encoded = both().run(folder, context);
    }
    Set<String> distinct = new HashSet<>();
    try (TextEncoder encoder = TextEncoder.open(WORDS)) {
      assertThat(encoded.textEncoderFingerprint()).contains(encoder.fingerprint());
      for (int i = 0; i < DATA.size(); i++) {
        List<Condition.Caption> own = encoded.captionsOf(i);
        assertThat(own.stream().map(Condition.Caption::text)).isEqualTo(DATA.captions(i));
        assertThat(encoded.condition(i)).isEqualTo(own.get(0));
        for (Condition.Caption caption : own) {
          float[] expected = rounded(encoder.encode(caption.text()));
          assertThat(numbers(caption.states())).containsExactly(expected);
          assertThat(caption.states().fingerprint())
              .isEqualTo(TextStates.fingerprint(expected, encoder.tokens(), encoder.width()));
          distinct.add(caption.text());
        }
      }
      assertThat(Npy.map(folder.resolve("states-00002.npy")).shape())
          .containsExactly(2, encoder.tokens(), encoder.width());
      float[] empty = rounded(encoder.encode(""));
      assertThat(numbers(encoded.noCaption().orElseThrow().states())).containsExactly(empty);
    }
    assertThat(distinct).hasSize(7);
    assertThat(captions).hasValue(7 + 1);
    List<String> table = Files.readAllLines(folder.resolve("captions.csv"));
    assertThat(table).hasSize(1 + 8).startsWith("index,text", "0,", "1,\"a cat, =0\"");
    assertThat(Files.readAllLines(folder.resolve("examples.csv")))
        .startsWith(
            "index,id,label,class,captions",
            "0,made/0,0,even,1",
            "1,made/1,1,odd,2 3",
            "2,made/2,0,even,4 1 4");
  }

  @Test
  void withoutACodecLatentsAreThePicturesThemselves() {
    EncodedDataset encoded = Encoding.of(SMALL, DATA, null, WORDS).run(folder, TestContext.TWO);
    assertThat(read(encoded, 4)).containsExactly(read(DATA, 4));
    assertThat(encoded.shape()).isEqualTo(DATA.shape());
    assertThat(encoded.codecFingerprint()).isEmpty();
    assertThat(folder.resolve("latents-00000.npy")).doesNotExist();
  }

  @Test
  void withoutATextEncoderConditionsAreThoseOfThePictures() {
    MadeSet data = new MadeSet(5, 8, 0);
    EncodedDataset encoded = Encoding.of(SMALL, data, CODEC, null).run(folder, TestContext.TWO);
    assertThat(encoded.condition(3)).isEqualTo(new Condition.ClassLabel(1));
    assertThat(encoded.captionsOf(3)).isEmpty();
    assertThatThrownBy(encoded::captioned)
        .isInstanceOf(MissingCaptions.class)
        .hasMessageEndingWith("encode the data set with one in a new directory.");
  }

  @Test
  void captionsOfAFolderAreAskedFor() {
    Dataset coco = Datasets.open("../data/coco?size=16&limit=6");
    EncodedDataset encoded = Encoding.of(coco, CODEC, WORDS).run(folder, TestContext.TWO);
    assertThat(encoded.isCaptioned()).isTrue();
    assertThat(encoded.pictures().fingerprint()).isEqualTo(coco.captioned().fingerprint());
    assertThat(EncodedDataset.open(folder, coco).fingerprint()).isEqualTo(encoded.fingerprint());
    assertThat(encoded.describe()).isEqualTo(coco.captioned().describe());
    assertThatThrownBy(
            () -> EncodedDataset.open(folder, Datasets.open("../data/coco?size=16&limit=5")))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("was encoded from other images or captions");
  }

  @Test
  void aSubsetKnowsItsPicturesAndCaptions() {
    EncodedDataset encoded = both().run(folder, TestContext.TWO);
    Subset some = Subset.of(encoded, 2, 11);
    assertThat(some.pictures().shape()).isEqualTo(DATA.shape());
    assertThat(read(some.pictures(), 1)).containsExactly(read(DATA, 11));
    assertThat(some.captionsOf(1)).isEqualTo(encoded.captionsOf(11));
    assertThat(some.condition(0)).isEqualTo(encoded.condition(2));
    Subset own = Subset.of(DATA, 2, 11);
    assertThat(own.pictures()).isSameAs(own);
    EncodedDataset ofSubset =
        Encoding.of(SMALL, own, CODEC, WORDS).run(folder.resolve("s"), TestContext.TWO);
    assertThat(read(ofSubset, 1)).containsExactly(read(encoded, 11));
    assertThat(read(copy(ofSubset), 1)).containsExactly(read(encoded, 11));
  }

  /** Stops the run at the n-th unit, in the middle of a file. */
  private static Progress stoppingAt(long n) {
    AtomicLong done = new AtomicLong();
    return (title, total, unit) ->
        units -> {
          if (done.addAndGet(units) >= n) {
            throw new IllegalStateException("stopped");
          }
        };
  }

  @Test
  void whereverItIsStoppedItEndsInTheSameBytes() throws IOException {
    both().run(folder.resolve("whole"), TestContext.TWO);
    Map<String, String> whole = files(folder.resolve("whole"));
    for (int n = 1; n <= 20; n++) {
      Path out = folder.resolve("stopped-" + n);
      try (RunContext context = TestContext.of(1, stoppingAt(n))) {
        assertThatThrownBy(() -> both().run(out, context)).hasStackTraceContaining("stopped");
      }
      if (n % 4 == 0) {
        Files.write(out.resolve("latents-00003.npy.tmp"), new byte[100]);
        Files.write(out.resolve("states-00002.npy"), new byte[100]);
      }
      both().run(out, TestContext.TWO);
      assertThat(files(out)).as("stopped at %d", n).isEqualTo(whole);
    }
  }

  @Test
  void threadsChangeNoByte() throws IOException {
    both().run(folder.resolve("two"), TestContext.TWO);
    try (RunContext one = TestContext.of(1);
        RunContext five = TestContext.of(5)) {
      both().run(folder.resolve("one"), one);
      both().run(folder.resolve("five"), five);
    }
    assertThat(files(folder.resolve("one")))
        .isEqualTo(files(folder.resolve("two")))
        .isEqualTo(files(folder.resolve("five")));
  }

  @Test
  void tasksSentAsBytesLeaveTheSameFiles() throws IOException {
    AtomicLong sent = new AtomicLong();
    Executor elsewhere =
        new Executor() {
          @Override
          public void run(List<? extends Task> tasks, StageFiles files, Progress.Task progress) {
            sent.addAndGet(tasks.size());
            TestContext.TWO
                .executor()
                .run(tasks.stream().map(EncodingTest::copy).toList(), files, progress);
          }

          @Override
          public void runWhole(List<? extends WholeTask> tasks, StageFiles files) {
            throw new IllegalStateException("there are none");
          }
        };
    both().run(folder.resolve("here"), TestContext.TWO);
    both().run(folder.resolve("there"), TestContext.TWO.withExecutor(elsewhere));
    assertThat(files(folder.resolve("there"))).isEqualTo(files(folder.resolve("here")));
    assertThat(sent).hasValue(4 + 3);
  }

  @Test
  void anotherProcessOpensTheDirectoryItself() {
    EncodedDataset encoded = both().run(folder, TestContext.TWO);
    EncodedDataset arrived = copy(encoded);
    assertThat(arrived.fingerprint()).isEqualTo(encoded.fingerprint());
    assertThat(read(arrived, 12)).containsExactly(read(encoded, 12));
    List<Condition> conditions =
        IntStream.range(0, DATA.size()).mapToObj(encoded::condition).toList();
    assertThat(copy(conditions)).isEqualTo(conditions);
  }

  @Test
  void aDamagedFileIsFoundBeforeItsFirstUse() throws IOException {
    both().run(folder, TestContext.TWO);
    for (String name : List.of("latents-00001.npy", "states-00000.npy", "states-00001.csv")) {
      byte[] bytes = Files.readAllBytes(folder.resolve(name));
      bytes[bytes.length - 2] ^= 1;
      Files.write(folder.resolve(name), bytes);
    }
    EncodedDataset encoded = EncodedDataset.open(folder, DATA);
    read(encoded, 3);
    assertDamaged(() -> read(encoded, 4), "latents-00001.npy");
    assertThat(encoded.condition(0).fingerprint()).isNotEmpty();
    assertDamaged(
        () -> numbers(((Condition.Caption) encoded.condition(0)).states()), "states-00000.npy");
    assertDamaged(() -> encoded.condition(3).fingerprint(), "states-00001.csv");
    Files.writeString(folder.resolve("examples.csv"), "index,id,label,class,captions\n");
    assertDamaged(() -> EncodedDataset.open(folder, DATA), "examples.csv");
  }

  private static void assertDamaged(Runnable use, String file) {
    assertThatThrownBy(use::run)
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining(file + " is damaged: its SHA-256 is ");
  }

  @Test
  void whatCannotBeEncodedIsRefusedInASentence() {
    assertThatThrownBy(() -> Encoding.of(new MadeSet(5, 8, 0), CODEC, WORDS))
        .isInstanceOf(MissingCaptions.class)
        .hasMessage("Data set made has no captions: name one that has.");
    assertThatThrownBy(() -> Encoding.of(DATA, null, null))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("nothing is to be encoded: ");
    assertThatThrownBy(() -> Encoding.of(new MadeSet(5, 9, 3), CODEC, WORDS))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("sides divisible by");
    assertThatThrownBy(() -> Halves.round(new float[] {1, 70000}, "The latent of a"))
        .isInstanceOf(JourneyException.class)
        .hasMessageStartingWith("The latent of a has the number 70000.0, expected at most 65504");
    assertThatThrownBy(() -> new EncodingConfig(0, 1)).isInstanceOf(SettingException.class);
  }

  @Test
  void otherNetworksAreRefusedWhereTheWorkIsContinued() {
    both().run(folder.resolve("out"), TestContext.TWO);
    try (TextEncoder other = TextEncoder.random(Seed.of(1), List.of("cat"), 8, 1, 2, 9)) {
      other.writeTo(folder.resolve("other"));
    }
    assertThatThrownBy(
            () ->
                Encoding.of(SMALL, DATA, CODEC, folder.resolve("other"))
                    .run(folder.resolve("out"), TestContext.TWO))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("text_encoder");
    assertThatThrownBy(new TextEncoderPlace(WORDS.toString(), null, "0")::open)
        .hasMessageContaining("holds another text encoder");
    assertThatThrownBy(new CodecPlace(CODEC.toString(), "0")::open)
        .hasMessageContaining("holds another autoencoder");
  }

  /** Encodes 2000 captions of 20 000 images, 80 MB of states, and reads the conditions. */
  static final class InLittleMemory {
    private InLittleMemory() {}

    public static void main(String[] args) {
      MadeSet data = new MadeSet(20_000, 8, 2_000);
      try (RunContext context = TestContext.of(2)) {
        EncodedDataset encoded =
            Encoding.of(data, null, Path.of(args[0])).run(Path.of(args[1]), context);
        double sum = 0;
        for (int i = 0; i < data.size(); i += 5) {
          sum += numbers(encoded.captionsOf(i).get(0).states())[7];
        }
        System.out.println(Double.isFinite(sum) ? "done" : "not finite");
      }
    }
  }

  @Test
  void memoryIsBoundedWhateverTheNumberOfCaptions() throws IOException, InterruptedException {
    try (TextEncoder encoder =
        TextEncoder.random(Seed.of(1), List.of("a cat and dog"), 256, 1, 2, 80)) {
      encoder.writeTo(folder.resolve("encoder"));
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                InLittleMemory.class.getName(),
                folder.resolve("encoder").toString(),
                folder.resolve("out").toString())
            .redirectErrorStream(true)
            .start();
    try {
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
      assertThat(said).endsWith("done");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
