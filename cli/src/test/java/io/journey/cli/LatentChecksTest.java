package io.journey.cli;

import static io.journey.cli.CommandRun.runs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.array.Npy;
import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.dataset.ImageShape;
import io.journey.embedding.ClipClassifier;
import io.journey.embedding.Embedder;
import io.journey.embedding.Embedders;
import io.journey.encoding.Encoders;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.random.Seed;
import io.journey.results.lds.GroundTruth;
import io.journey.results.lds.Lds;
import io.journey.results.lds.Prediction;
import io.journey.run.Json;
import io.journey.sampling.Guidance;
import io.journey.sampling.PictureFile;
import io.journey.sampling.Sampler;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.scheduler.Scheduler;
import io.journey.statistics.CaptionSimilarity;
import io.journey.training.Retraining;
import io.journey.training.Retraining.Coupling;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of attributions, of models of captions on latents, as a user types them. */
class LatentChecksTest {
  private static final ImageShape PICTURE = new ImageShape(3, 16, 16);

  /** Of a network that takes pictures of 6×6 in colour. */
  private static final String EMBEDDING =
      "torchscript:" + LatentFlowTest.GOLDEN.resolve("embedding/tiny.pt") + "?size=6";

  /** Latents of so young a model are of any size; clipped ones differ where they are looked at. */
  private static final String CLIPPED =
      LatentFlowTest.CONFIG.replace(
          "\"training\"",
          "\"scheduler\": {\"_class_name\": \"DDPMScheduler\", \"clip_sample\": true}, \"training\"");

  @TempDir static Path root;
  @TempDir Path folder;
  private static TinyFlow flow;

  @BeforeAll
  static void goTheWayOnce() throws IOException {
    flow = LatentFlowTest.made(root, CLIPPED);
  }

  private static String evaluate(Object... words) {
    return runs(TinyFlow.with(new String[] {"evaluate"}, words));
  }

  private static Encoders.Opened open() {
    return Encoders.of(Ensemble.open(flow.checkpoints())).open(true);
  }

  /** A line of a table as its cells. */
  private static List<String> row(Path table, String start) throws IOException {
    return Files.readAllLines(table).stream()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .map(line -> List.of(line.split(",", -1)))
        .orElseThrow();
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double d = (double) Math.max(-1, Math.min(1, a[i])) - Math.max(-1, Math.min(1, b[i]));
      sum += d * d;
    }
    return Math.sqrt(sum);
  }

  @Test
  void ldsComparesWithPicturesAndWithCaptions() throws IOException {
    String[] command =
        flow.lds(
            folder,
            "--data",
            LatentFlowTest.DATA,
            "--embedding",
            "tiny=" + EMBEDDING,
            "--seeds",
            "1");
    String told = runs(command);
    assertThat(told)
        .contains("ek-fac: LDS", "pixel-cosine: LDS", "caption-cosine: LDS", "tiny: LDS");
    assertThat(runs(command)).isEqualTo(told);
    GroundTruth found = GroundTruth.open(folder.resolve("truth"));
    Dataset pictures = Datasets.open(LatentFlowTest.DATA).captioned();
    List<String> prompts = List.of("a cat", "a dog, flat");
    double[][] pixels = new double[2][];
    double[][] captions = new double[2][];
    TrajectoryFile file = TrajectoryFile.open(flow.targets());
    for (int t = 0; t < 2; t++) {
      float[] cosines = new float[pictures.size()];
      float[] own = file.picture(t);
      for (int i = 0; i < cosines.length; i++) {
        float[] image = new float[PICTURE.numel()];
        pictures.read(i, image, 0);
        double product = 0;
        double first = 0;
        double second = 0;
        for (int k = 0; k < image.length; k++) {
          product += (double) image[k] * own[k];
          first += (double) image[k] * image[k];
          second += (double) own[k] * own[k];
        }
        cosines[i] = (float) (product / Math.sqrt(first * second));
      }
      pixels[t] = found.predictions(cosines);
      captions[t] = found.predictions(CaptionSimilarity.cosines(pictures, prompts)[t]);
    }
    Lds lds =
        Lds.of(
            found,
            List.of(
                Prediction.of("pixel-cosine", new double[][][] {pixels, pixels}),
                Prediction.of("caption-cosine", new double[][][] {captions, captions})));
    for (int e = 0; e < 2; e++) {
      for (int s = 0; s < 2; s++) {
        String start = lds.names().get(e) + "," + found.steps()[s] + ",";
        assertThat(Double.parseDouble(row(folder.resolve("lds/lds.csv"), start).get(2)))
            .isCloseTo(lds.at(e, s).value(), within(1e-4));
      }
    }
  }

  /** Ground truth trains and asks in tasks, which another process could do. */
  @Test
  void dataAndTargetsOfTasksCanBeSentElsewhere() throws IOException, ClassNotFoundException {
    Ensemble ensemble = Ensemble.open(flow.checkpoints());
    Dataset data = Encoders.dataOf(ensemble, Datasets.open(LatentFlowTest.DATA));
    try (Encoders.Opened encoders = open()) {
      TrajectoryFile file = TrajectoryFile.open(flow.targets());
      Trajectory target = file.read(new int[] {300}, encoders.text()).get(0);
      Object[] parts = {Retraining.like(ensemble, Coupling.COUPLED), data, target};
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(parts);
      }
      ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));
      Object[] sent = (Object[]) in.readObject();
      assertThat(((Retraining) sent[0]).settings())
          .isEqualTo(Retraining.like(ensemble, Coupling.COUPLED).settings());
      Dataset there = (Dataset) sent[1];
      assertThat(there.fingerprint()).isEqualTo(data.fingerprint());
      assertThat(there.captionsOf(3)).isEqualTo(data.captionsOf(3));
      assertThat(((Trajectory) sent[2]).condition()).isEqualTo(target.condition());
      assertThat(((Trajectory) sent[2]).guidance()).isEqualTo(new Guidance(3, "dog"));
    }
  }

  private Object[] removal(String name, Object... more) {
    String[] line = {
      name,
      "--checkpoints",
      flow.checkpoints().toString(),
      "--data",
      LatentFlowTest.DATA,
      "--target",
      flow.targets().toString(),
      "--attribution",
      "own=" + flow.attribution(),
      "--timestep",
      "300",
      "--remove",
      "4",
      "--random-sets",
      "1",
      "--other-seeds",
      "1",
      "--out",
      folder.toString()
    };
    return TinyFlow.with(line, more);
  }

  @Test
  void forgettingIsMeasuredOnPictures() throws IOException {
    Object[] command = removal("forget");
    String told = evaluate(command);
    assertThat(evaluate(command)).isEqualTo(told);
    TrajectoryFile file = TrajectoryFile.open(flow.targets());
    Ensemble ensemble = Ensemble.open(flow.checkpoints());
    try (Encoders.Opened encoders = open();
        Checkpoint original = ensemble.first();
        Checkpoint other = ensemble.load("member-001")) {
      Sampler sampler = file.sampler(original, encoders.text()).by(other);
      for (int t = 0; t < 2; t++) {
        Trajectory target = file.read(new int[] {300}, encoders.text()).get(t);
        float[] latent = sampler.sample(Seed.parse(target.seed()), target.condition()).image();
        float[] picture = encoders.codec().decode(new float[][] {latent}, target.shape())[0];
        List<String> line = row(folder.resolve("forget.csv"), t + ",another seed,");
        assertThat(Double.parseDouble(line.get(4)))
            .isCloseTo(distance(picture, file.picture(t)), within(1e-3));
        float[][] again =
            PictureFile.read(folder.resolve("target-00" + t + "/original.npy"), 1, PICTURE);
        assertThat(again[0]).containsExactly(file.picture(t), within(1e-4f));
      }
    }
    assertThat(folder.resolve("pictures.png")).exists();
  }

  private Object[] stability(Path checkpoints, Path out) {
    return new Object[] {
      "stability",
      "--checkpoints",
      checkpoints,
      "--data",
      LatentFlowTest.DATA,
      "--target",
      flow.targets(),
      "--timesteps",
      "100,300",
      "--draws",
      "1",
      "--target-draws",
      "2",
      "--projection",
      "sparse:64",
      "--out",
      out
    };
  }

  /**
   * Of one checkpoint: the data are encoded in the ensemble's directory, or once beside features.
   */
  @Test
  void answersAreComparedAlikeWhereverTheModelIsFrom() throws IOException {
    Path own = folder.resolve("own");
    Path alone = folder.resolve("alone");
    Path pipeline = LatentFlowTest.pipeline(flow, folder.resolve("pipeline"));
    Path foreign = folder.resolve("foreign");
    assertThat(evaluate(stability(flow.checkpoints(), own))).contains("features", "targets");
    assertThat(own.resolve("encoding")).doesNotExist();
    evaluate(stability(pipeline, foreign));
    assertThat(foreign.resolve("encoding/latents-00000.npy")).exists();
    assertThat(foreign.resolve("draws-1/features-0/encoding")).doesNotExist();
    String[] command =
        flow.featurize(
            "--data",
            LatentFlowTest.DATA,
            "--checkpoints",
            pipeline.toString(),
            "--draws",
            "1",
            "--out",
            alone.toString());
    runs(command);
    try (Stream<Path> files = Files.walk(alone)) {
      List<Path> arrays =
          files
              .map(alone::relativize)
              .filter(f -> f.toString().endsWith(".npy") && !f.startsWith("encoding"))
              .toList();
      assertThat(arrays).isNotEmpty();
      for (Path array : arrays) {
        assertThat(foreign.resolve("draws-1/features-0").resolve(array))
            .hasSameBinaryContentAs(alone.resolve(array));
      }
    }
  }

  @Test
  void seedsAreComparedOnThePicturesThatSampleDraws() throws IOException {
    Object[] command = {
      "seeds",
      "--checkpoints",
      flow.checkpoints(),
      "--count",
      2,
      "--inference-steps",
      10,
      "--prompt",
      "a cat",
      "--prompt",
      "a dog, flat",
      "--guidance",
      3,
      "--negative-prompt",
      "dog",
      "--embedding",
      EMBEDDING,
      "--out",
      folder
    };
    String told = evaluate(command);
    assertThat(evaluate(command)).isEqualTo(told);
    float[][] first = PictureFile.read(folder.resolve("member-000.npy"), 2, PICTURE);
    float[][] second = PictureFile.read(folder.resolve("member-001.npy"), 2, PICTURE);
    TrajectoryFile file = TrajectoryFile.open(flow.targets());
    double same = 0;
    for (int n = 0; n < 2; n++) {
      assertThat(first[n]).isEqualTo(file.picture(n));
      same += distance(first[n], second[n]) / 2;
    }
    List<String> line = row(folder.resolve("distances.csv"), "pixels,member-000,member-001,");
    assertThat(Double.parseDouble(line.get(3))).isCloseTo(same, within(1e-5));
    List<Object> labelled = new ArrayList<>(Arrays.asList(command));
    labelled.addAll(List.of("--labels", "1"));
    refused("a caption: leave --labels 1 out", labelled.toArray());
  }

  private Object[] emergence(Object... more) {
    String[] line = {
      "emergence",
      "--checkpoint",
      flow.member().toString(),
      "--target",
      flow.targets().toString(),
      "--timesteps",
      "0,100,500",
      "--samples",
      "7"
    };
    return TinyFlow.with(line, more);
  }

  @Test
  void aClipChoosesBetweenTwoPromptsOnDecodedPictures() throws IOException {
    Path clip = LatentFlowTest.GOLDEN.resolve("clip");
    List<String> texts = List.of("cat", "dog");
    Path out = folder.resolve("emergence");
    Object[] command =
        emergence(
            "--clip", clip, "--prompt", "cat", "--prompt", "dog", "--feature", "cat", "--out", out);
    String told = evaluate(command);
    assertThat(evaluate(command)).isEqualTo(told);
    assertThat(Json.read(out.resolve("pictures/manifest.json")).at("/settings/guidance").asText())
        .isEqualTo("classifier-free:3.0:dog");
    ImageShape latent = new ImageShape(5, 4, 4);
    try (Encoders.Opened encoders = open();
        ClipClassifier classifier = ClipClassifier.open(clip, texts)) {
      for (int target = 0; target < 2; target++) {
        for (int step : new int[] {0, 100, 500}) {
          Path file =
              out.resolve(String.format("pictures/target-%03d/step-%04d.npy", target, step));
          float[][] drawn = PictureFile.read(file, 7, latent);
          int count = 0;
          for (float[] one : drawn) {
            float[] picture = encoders.codec().decode(new float[][] {one}, latent)[0];
            for (int i = 0; i < picture.length; i++) {
              picture[i] = Math.max(-1, Math.min(1, picture[i]));
            }
            float[] odds = classifier.probabilities(List.of(picture), PICTURE)[0];
            count += odds[0] > odds[1] ? 1 : 0;
          }
          List<String> line = row(out.resolve("likelihood.csv"), target + "," + step + ",");
          assertThat(Double.parseDouble(line.get(line.size() - 2)))
              .isCloseTo(count / 7.0, within(1e-6));
        }
      }
    }
    assertThat(out.resolve("pictures-000.png")).exists();
  }

  @Test
  void aClassifierSeesDecodedPicturesAndOneOfTheTwoIsNamed() {
    Path classifier = folder.resolve("classifier");
    String data = "../data/fashion-mnist?size=16&channels=3&limit=40";
    evaluate("classifier", "--data", data, "--epochs", 1, "--out", classifier);
    Path out = folder.resolve("out");
    assertThat(evaluate(emergence("--classifier", classifier, "--out", out))).contains("Target 1");
    Path clip = LatentFlowTest.GOLDEN.resolve("clip");
    refused("either --classifier DIR, or --clip DIR", emergence("--out", folder.resolve("no")));
    refused(
        "either --classifier DIR, or --clip DIR",
        emergence("--classifier", classifier, "--clip", clip, "--out", folder.resolve("no")));
    refused(
        "--prompt is what --clip DIR chooses between",
        emergence("--classifier", classifier, "--prompt", "a", "--out", folder.resolve("no")));
    refused(
        "give two different texts or more",
        emergence("--clip", clip, "--prompt", "a", "--out", folder.resolve("no")));
    assertThat(folder.resolve("no")).doesNotExist();
  }

  private static void refused(String sentence, Object... words) {
    CommandRun.refuses(sentence, TinyFlow.with(new String[] {"evaluate"}, words));
  }

  @Test
  void scoresOfStepsAreComparedAsThoseOfAnyModel() {
    Path flips = folder.resolve("flips");
    Path steps = folder.resolve("steps");
    assertThat(evaluate("flips", "--attribution", flow.attribution(), "--out", flips))
        .contains("The most striking");
    assertThat(evaluate("timesteps", "--attribution", flow.attribution(), "--out", steps))
        .contains("Spearman");
  }

  /** The pictures of the original again, one by one, guided by hand. */
  @Test
  void distributionsAreOfPicturesUnderTheGuidanceOfTheTargets() throws IOException {
    Object[] command = removal("retrain", "--delta", 200, "--samples", 5, "--embedding", EMBEDDING);
    String told = evaluate(command);
    assertThat(evaluate(command)).isEqualTo(told);
    TrajectoryFile file = TrajectoryFile.open(flow.targets());
    try (Encoders.Opened encoders = open();
        Embedder embedder = Embedders.open(EMBEDDING);
        Checkpoint original = Ensemble.open(flow.checkpoints()).first()) {
      Trajectory target = file.read(new int[] {300}, encoders.text()).get(1);
      assertThat(target.condition().captionText()).contains("a dog, flat");
      Condition negative = new Condition.Prompt("dog").resolve(encoders.text());
      Sampler sampler = file.sampler(original, encoders.text());
      Npy vectors = Npy.map(folder.resolve("target-001/original.npy"));
      for (int n = 0; n < 5; n++) {
        float[] found = new float[embedder.dim()];
        vectors.read((long) n * found.length, found, 0, found.length);
        assertThat(found)
            .containsExactly(
                vector(guided(original, sampler, target, negative, n), encoders, embedder),
                within(5e-6f));
        float[] unguided =
            vector(guided(original, sampler, target, target.condition(), n), encoders, embedder);
        assertThat(distance(found, unguided)).isGreaterThan(1e-4);
      }
    }
    assertThat(Double.parseDouble(row(folder.resolve("retrain.csv"), "1,own,4,0").get(4)))
        .isPositive();
  }

  private static float[] vector(float[] latent, Encoders.Opened encoders, Embedder embedder) {
    ImageShape shape = new ImageShape(5, 4, 4);
    float[] picture = encoders.codec().decode(new float[][] {latent}, shape)[0];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = Math.max(-1, Math.min(1, picture[i]));
    }
    return embedder.embed(List.of(picture), PICTURE)[0];
  }

  private static float[] guided(
      Checkpoint model, Sampler sampler, Trajectory target, Condition negative, int n) {
    float[] x = target.xt()[0];
    int[] timesteps = sampler.timesteps();
    Scheduler scheduler = sampler.scheduler();
    for (int t : Arrays.stream(timesteps).filter(t -> t <= 300).toArray()) {
      int index = Trajectory.indexOf(timesteps, t);
      float[] with = model.model().predict(x, t, target.condition());
      float[] away = model.model().predict(x, t, negative);
      float[] noise = new float[x.length];
      Seed.of(0)
          .child("window")
          .child("SHARED")
          .child(target.seed())
          .child(300)
          .child(n)
          .child("step")
          .child(t)
          .stream()
          .fillGaussian(noise);
      float[] output = new float[x.length];
      for (int i = 0; i < output.length; i++) {
        output[i] = (float) (away[i] + 3 * ((double) with[i] - away[i]));
      }
      x =
          scheduler
              .steps(model.schedule(), timesteps.length)
              .begin(index)
              .step(index, x, output, noise);
    }
    return x;
  }
}
