package io.journey.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.dataset.ImageShape;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Manifest;
import io.journey.run.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A classifier of real garments at 8×8. */
class ClassifierTest {
  private static final ClassifierConfig SMALL = new ClassifierConfig(4, 30, 5e-3, 8, 12);

  @TempDir static Path shared;

  private static Dataset data;
  private static Classifier classifier;

  @BeforeAll
  static void train() {
    data = Datasets.open("../data/fashion-mnist?size=8&limit=600");
    classifier = trainer(2).run(data, shared.resolve("two"), Progress.SILENT);
  }

  @AfterAll
  static void close() {
    classifier.close();
  }

  private static ClassifierTrainer trainer(int threads) {
    return new ClassifierTrainer(SMALL, 1, threads);
  }

  private static List<float[]> images(Dataset from, int... indices) {
    List<float[]> images = new ArrayList<>();
    for (int i : indices) {
      float[] image = new float[from.shape().numel()];
      from.read(i, image, 0);
      images.add(image);
    }
    return images;
  }

  /** Chance is a tenth; two deviations of 60 answers are 0.13. */
  @Test
  void itNamesTheClassOfMostImagesItHasNeverSeen() {
    assertThat(classifier.heldOutImages()).isBetween(55, 65);
    assertThat(classifier.accuracy()).isGreaterThan(0.5);
  }

  @Test
  void theAccuracyItTellsIsThatOfTheImagesHeldOut() {
    HeldOut split = HeldOut.of(data, Seed.of(1).child("classifier").child("held out"));
    int right = 0;
    for (int i : split.heldOut()) {
      float[] p = classifier.probabilities(images(data, i), data.shape())[0];
      int best = 0;
      float sum = 0;
      for (int k = 0; k < p.length; k++) {
        best = p[k] > p[best] ? k : best;
        sum += p[k];
      }
      assertThat(sum).isCloseTo(1, within(1e-5f));
      right +=
          classifier.classNames().get(best).equals(data.condition(i).words(data.classNames()))
              ? 1
              : 0;
    }
    assertThat(classifier.heldOutImages()).isEqualTo(split.heldOut().size());
    assertThat(classifier.accuracy()).isEqualTo((double) right / split.heldOut().size());
  }

  @Test
  void aTenthOfEachClassIsHeldOutAndNothingIsInBothParts() {
    HeldOut split = HeldOut.of(data, Seed.of(7));
    Set<Integer> all = new HashSet<>(split.training());
    assertThat(all).doesNotContainAnyElementsOf(split.heldOut());
    all.addAll(split.heldOut());
    assertThat(all).hasSize(data.size());
    for (int label : split.classes()) {
      Condition one = new Condition.ClassLabel(label);
      long members = all.stream().filter(i -> data.condition(i).equals(one)).count();
      long heldOut = split.heldOut().stream().filter(i -> data.condition(i).equals(one)).count();
      assertThat(heldOut).isEqualTo(Math.round(members / 10.0));
    }
    assertThat(HeldOut.of(data, Seed.of(8)).heldOut()).isNotEqualTo(split.heldOut());
  }

  @Test
  void threadsChangeNoByte() throws IOException {
    trainer(1).run(data, shared.resolve("one"), Progress.SILENT).close();
    for (String name : List.of(Classifier.WEIGHTS, Classifier.DESCRIPTION, Manifest.FILE)) {
      assertThat(Files.readAllBytes(shared.resolve("one").resolve(name)))
          .as(name)
          .isEqualTo(Files.readAllBytes(shared.resolve("two").resolve(name)));
    }
  }

  @Test
  void theVectorOfAnImageDoesNotDependOnTheImagesBesideIt() {
    float[][] all = classifier.embed(data, 2, Progress.SILENT);
    assertThat(all.length).isEqualTo(600);
    for (int i : new int[] {0, 1, 31, 32, 599}) {
      assertThat(classifier.embed(images(data, i), data.shape())[0]).isEqualTo(all[i]);
    }
    assertThat(all[0]).hasSize(classifier.dim()).isNotEqualTo(all[1]);
  }

  /** Its vectors must bring classes together, or distances between them would say nothing. */
  @Test
  void imagesOfOneClassAreNearerThanThoseOfTwo() {
    float[][] vectors = classifier.embed(data, 2, Progress.SILENT);
    double[] sum = new double[2];
    int[] count = new int[2];
    for (int i = 0; i < 200; i++) {
      for (int j = 0; j < i; j++) {
        int same = data.condition(i).equals(data.condition(j)) ? 1 : 0;
        double squared = 0;
        for (int k = 0; k < classifier.dim(); k++) {
          squared += Math.pow(vectors[i][k] - vectors[j][k], 2);
        }
        sum[same] += Math.sqrt(squared);
        count[same]++;
      }
    }
    assertThat(sum[1] / count[1]).isLessThan(0.7 * sum[0] / count[0]);
  }

  @Test
  void anotherShapeIsRefused() {
    assertThatThrownBy(() -> classifier.embed(List.of(new float[256]), new ImageShape(1, 16, 16)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("images of 1×8×8, these are 1×16×16");
  }

  @Test
  void onlyClassesThatOccurAreOutcomes() {
    Dataset two = Datasets.open("../data/fashion-mnist?size=8&class=Bag,Sandal&limit=60");
    try (Classifier small = trainer(1).run(two, shared.resolve("pair"), Progress.SILENT)) {
      assertThat(small.classNames()).containsExactlyInAnyOrder("Bag", "Sandal");
      assertThat(small.probabilities(images(two, 0), two.shape())[0]).hasSize(2);
    }
  }

  @Test
  void dataWithoutTwoClassesOrTooFewImagesAreRefused() {
    Dataset bags = Datasets.open("../data/fashion-mnist?size=8&class=Bag&limit=60");
    assertThatThrownBy(() -> trainer(1).run(bags, shared.resolve("bags"), Progress.SILENT))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("at least two classes")
        .hasMessageContaining("only those of Bag");
    Dataset few = Datasets.open("../data/fashion-mnist?size=8&limit=5");
    assertThatThrownBy(() -> trainer(1).run(few, shared.resolve("few"), Progress.SILENT))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("no class of five images");
    assertThat(shared.resolve("bags")).doesNotExist();
  }

  @Test
  void aDirectoryWithOtherSettingsOrOtherContentIsRefused() throws IOException {
    ClassifierTrainer other = new ClassifierTrainer(SMALL, 2, 1);
    assertThatThrownBy(() -> other.run(data, shared.resolve("two"), Progress.SILENT))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("seed");
    Path copy = Files.createDirectory(shared.resolve("copy"));
    for (String name : List.of(Classifier.WEIGHTS, Classifier.DESCRIPTION, Manifest.FILE)) {
      Files.copy(shared.resolve("two").resolve(name), copy.resolve(name));
    }
    Classifier.open(copy).close();
    Files.writeString(copy.resolve(Classifier.DESCRIPTION), "{}");
    assertThatThrownBy(() -> Classifier.open(copy))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("is damaged");
  }

  /** Whoever changes the checksum too must not be able to ask for any amount of memory. */
  @Test
  void aDescriptionThatDoesNotFitItsWeightsIsRefused() throws IOException {
    Path copy = Files.createDirectory(shared.resolve("lying"));
    Files.copy(shared.resolve("two/weights.safetensors"), copy.resolve(Classifier.WEIGHTS));
    String good = Files.readString(shared.resolve("two/classifier.json"));
    String manifest = Files.readString(shared.resolve("two/manifest.json"));
    for (String[] lie :
        new String[][] {
          {"\"width\" : 8,", "\"width\" : 256,", "expected [256, 1, 3, 3]"},
          {"\"height\" : 8", "\"height\" : 2000000000", "describes no network"},
          {"\"channels\" : 1", "\"channels\" : 2000000000", "describes no network"},
          {"\"features\" : 12", "\"features\" : \"12\"", "expected a whole number"},
          {"\"format\" : 1", "\"format\" : 2", "expected 1"},
        }) {
      assertThat(good).contains(lie[0]);
      byte[] bytes = good.replaceFirst(lie[0], lie[1]).getBytes(StandardCharsets.UTF_8);
      Files.write(copy.resolve(Classifier.DESCRIPTION), bytes);
      String before = sha256(good.getBytes(StandardCharsets.UTF_8));
      byte[] listed = manifest.replace(before, sha256(bytes)).getBytes(StandardCharsets.UTF_8);
      ObjectNode signed = Json.parse(listed, "the manifest");
      signed.remove("sha256");
      signed.put("sha256", sha256(Json.bytes(signed)));
      Files.write(copy.resolve(Manifest.FILE), Json.bytes(signed));
      assertThatThrownBy(() -> Classifier.open(copy))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining(lie[2]);
    }
  }

  private static String sha256(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(io.journey.run.Checksums.sha256().digest(bytes));
  }

  @Test
  void itIsOpenedByItsSpecAndOthersAreRefused() {
    try (Embedder opened = Embedders.open("classifier:" + shared.resolve("two"))) {
      assertThat(opened.name()).isEqualTo("classifier trained on the data (10 classes)");
      assertThat(opened.dim()).isEqualTo(12);
      assertThat(opened.fingerprint()).isEqualTo(classifier.fingerprint()).hasSize(64);
      assertThat(opened.embed(images(data, 3), data.shape()))
          .isDeepEqualTo(classifier.embed(images(data, 3), data.shape()));
    }
    for (String wrong : List.of("", "classifier", "classifier:", "resnet:x", "/tmp")) {
      assertThatThrownBy(() -> Embedders.open(wrong))
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("classifier:DIR");
    }
    assertThatThrownBy(() -> Embedders.open("classifier:" + shared.resolve("nowhere")))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("There is no file or directory");
  }

  @Test
  void theDescriptionHoldsWhatWasMeasured() {
    var json = Json.read(shared.resolve("two/classifier.json"));
    assertThat(json.path("held_out").path("accuracy").asDouble()).isEqualTo(classifier.accuracy());
    assertThat(json.path("training_images").asInt() + classifier.heldOutImages()).isEqualTo(600);
  }
}
