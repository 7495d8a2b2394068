package io.journey.benchmarks;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.encoding.Encoders;
import io.journey.evaluation.audit.AuditConfig;
import io.journey.evaluation.audit.AuditQuestion;
import io.journey.evaluation.audit.AuditRun;
import io.journey.evaluation.removal.RetrainedModels;
import io.journey.features.FeatureStore;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.model.Checkpoint;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.Attribution;
import io.journey.results.Timesteps;
import io.journey.results.audit.Audit;
import io.journey.results.audit.Candidate;
import io.journey.results.audit.Judgement;
import io.journey.run.AtomicFile;
import io.journey.run.Csv;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.sampling.Sampler;
import io.journey.sampling.SamplingRun;
import io.journey.sampling.Trajectory;
import io.journey.sampling.TrajectoryFile;
import io.journey.score.Attributor;
import io.journey.score.StepWeights;
import io.journey.statistics.NearDuplicates;
import io.journey.statistics.PixelSimilarity;
import io.journey.statistics.Ranking;
import io.journey.tensor.Libtorch;
import io.journey.training.EnsembleTrainer;
import io.journey.training.Retraining;
import io.journey.training.Retraining.Coupling;
import io.journey.training.TrainingConfig;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * How often audits are wrong, on drawings whose cause is known. A data set is 48 random fields of
 * 8×8 pixels, independent of each other, of which 8 are replaced by near-copies of one picture
 * unlike all others; a tiny model draws 48 images. Three kinds of audits, each of some drawings, by
 * models trained onward, from the beginning, or both:
 *
 * <ul>
 *   <li>{@code planted}: of a drawing of the copied picture, without its eight strongest images.
 *       Right is "attributed".
 *   <li>{@code exchangeable}: of a drawing unlike the copied picture, without its eight strongest
 *       images: all fields are drawn alike, so that no few matter. "Attributed" is wrong.
 *   <li>{@code unrelated}: of the copied picture, without eight random fields, and of others
 *       without eight random images. Anything but "nobody" is wrong.
 * </ul>
 *
 * <p>Writes a line an audit into {@code audits.csv}; what is finished is not done again. {@link
 * AuditTally} counts.
 *
 * <p>Arguments: a folder, the number of the first data set, the number after the last, drawings of
 * each kind, training steps, steps of training onward or 0[, "beginning"].
 */
public final class AuditCalibration {
  private static final int FIELDS = 48;
  private static final int COPIES = 8;
  private static final int SIDE = 8;
  private static final int WAVES = 4;
  private static final int DRAWN = 48;
  private static final int INFERENCE_STEPS = 10;
  private static final int TARGET_DRAWS = 20;
  private static final double ONWARD_RATE = 2e-3;
  private static final float COPY_NOISE = 0.05f;
  private static final Timesteps STEPS = Timesteps.parse("100:900:100");

  private final Path folder;
  private final Seed seed;
  private final int set;
  private final int each;
  private final int steps;
  private final int onward;
  private final boolean fromBeginning;
  private final RunContext context;

  /**
   * A line of the table.
   *
   * @param dataset its number
   * @param trained "beginning" or "onward"
   * @param likeness the correlation of the drawing with the copied picture
   * @param copies how many of its copies were left out
   */
  record Line(
      int dataset,
      String trained,
      String kind,
      int drawing,
      double likeness,
      int copies,
      @Csv.Format("%.9e") double change,
      @Csv.Format("%.9e") double random,
      @Csv.Format("%.9e") double largest,
      @Csv.Format("%.9e") double seed,
      @Csv.Format("%.6f") double p) {}

  private AuditCalibration(Path folder, int set, String[] args, RunContext context) {
    this.folder = folder.resolve("set-" + set);
    this.each = Integer.parseInt(args[3]);
    this.steps = Integer.parseInt(args[4]);
    this.onward = Integer.parseInt(args[5]);
    this.fromBeginning = args.length > 6;
    this.seed = Seed.of(2600 + set);
    this.set = set;
    this.context = context;
  }

  /** Runs the measurement. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    List<Line> lines = new ArrayList<>();
    try (RunContext context = RunContext.of(Libtorch.device())) {
      for (int set = Integer.parseInt(args[1]); set < Integer.parseInt(args[2]); set++) {
        lines.addAll(new AuditCalibration(folder, set, args, context).audits());
        String table = Csv.table(Line.class, lines);
        AtomicFile.write(folder.resolve("audits.csv"), table.getBytes(StandardCharsets.UTF_8));
        System.err.println("data set " + set + " done");
      }
    }
  }

  private List<Line> audits() throws IOException {
    float[] copied = copied();
    Dataset data = data(copied);
    Ensemble ensemble = train(data);
    TrajectoryFile file = draw(ensemble);
    float[] likeness = new float[DRAWN];
    for (int n = 0; n < DRAWN; n++) {
      likeness[n] = (float) PixelSimilarity.cosine(file.picture(n), copied);
    }
    int[] ranked = Ranking.top(likeness, DRAWN);
    int[] like = Arrays.copyOf(ranked, each);
    int[] unlike = new int[each];
    for (int n = 0; n < each; n++) {
      unlike[n] = ranked[DRAWN - 1 - n * (DRAWN / 2 / each)];
    }
    List<Line> lines = new ArrayList<>();
    Attribution scores =
        attribute(
            ensemble,
            data,
            file,
            IntStream.concat(Arrays.stream(like), Arrays.stream(unlike)).toArray());
    int[] clusters =
        NearDuplicates.clusters(data, NearDuplicates.DEFAULT_CORRELATION, Progress.SILENT);
    for (Retraining how : ways(ensemble)) {
      Audits audits = new Audits(new RetrainedModels(ensemble, how, data, models(how)), file);
      for (int n = 0; n < 2 * each; n++) {
        int drawing = n < each ? like[n] : unlike[n - each];
        Candidate strongest =
            Candidate.strongest(scores.overSteps().orElseThrow().scores(n), COPIES, clusters);
        String kind = n < each ? "planted" : "exchangeable";
        lines.add(audits.line(kind, drawing, likeness[drawing], strongest));
        if (n % 2 == 0) {
          lines.add(
              audits.line(
                  "unrelated", drawing, likeness[drawing], random(drawing, n < each ? COPIES : 0)));
        }
      }
    }
    return lines;
  }

  private List<Retraining> ways(Ensemble ensemble) {
    List<Retraining> ways = new ArrayList<>();
    if (onward > 0) {
      CheckpointSpec first = ensemble.spec(Ensemble.checkpointName(0));
      ways.add(Retraining.onward(first, onward, ONWARD_RATE));
    }
    if (fromBeginning) {
      ways.add(Retraining.like(ensemble, Coupling.COUPLED));
    }
    return ways;
  }

  private static String word(Retraining how) {
    return how.isOnward() ? "onward" : "beginning";
  }

  private Path models(Retraining how) {
    return folder.resolve("models-" + word(how));
  }

  /**
   * Returns images that have nothing to do with a drawing.
   *
   * @param first they are drawn among images from this one on
   */
  private Candidate random(int drawing, int first) {
    int[] order = seed.child("unrelated").child(drawing).stream().permutation(FIELDS - first);
    return new Candidate(
        "unrelated", Arrays.stream(order, 0, COPIES).map(i -> first + i).toArray());
  }

  /** Blocks of 2×2 pixels, black or white: no waves of fields are so short. */
  private float[] copied() {
    float[] picture = new float[SIDE * SIDE];
    RandomStream random = seed.child("copied").stream();
    for (int block = 0; block < picture.length / 4; block++) {
      float value = random.nextInt(2) == 0 ? -0.9f : 0.9f;
      int y = block / (SIDE / 2) * 2;
      int x = block % (SIDE / 2) * 2;
      for (int pixel = 0; pixel < 4; pixel++) {
        picture[(y + pixel / 2) * SIDE + x + pixel % 2] = value;
      }
    }
    return picture;
  }

  /** A sum of few cosines with Gaussian coefficients. */
  private float[] field(int n) {
    float[] waves = new float[WAVES * WAVES];
    seed.child("field").child(n).stream().fillGaussian(waves);
    float[] picture = new float[SIDE * SIDE];
    for (int i = 0; i < picture.length; i++) {
      double sum = 0;
      for (int w = 0; w < waves.length; w++) {
        int down = w / WAVES;
        int across = w % WAVES;
        sum +=
            waves[w]
                / (1 + down + across)
                * StrictMath.cos(Math.PI * down * (i / SIDE + 0.5) / SIDE)
                * StrictMath.cos(Math.PI * across * (i % SIDE + 0.5) / SIDE);
      }
      picture[i] = (float) Math.max(-1, Math.min(1, 0.5 * sum));
    }
    return picture;
  }

  /** The copies come first. */
  private Dataset data(float[] copied) throws IOException {
    Path place = Files.createDirectories(folder.resolve("images"));
    for (int n = 0; n < FIELDS; n++) {
      float[] picture = field(n);
      if (n < COPIES) {
        seed.child("copy").child(n).stream().fillGaussian(picture);
        for (int i = 0; i < picture.length; i++) {
          picture[i] = copied[i] + COPY_NOISE * picture[i];
        }
      }
      BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
      for (int i = 0; i < picture.length; i++) {
        int grey = Math.round((Math.max(-1, Math.min(1, picture[i])) + 1) * 127.5f);
        image.getRaster().setSample(i % SIDE, i / SIDE, 0, grey);
      }
      ImageIO.write(image, "png", place.resolve(String.format("%03d.png", n)).toFile());
    }
    return Datasets.open(place + "?size=" + SIDE + "&channels=1");
  }

  private Ensemble train(Dataset data) {
    UNet2DConfig model =
        new UNet2DConfig(SIDE, 1, List.of(16, 32), List.of(false, true), 1, 4, 1e-5, 8, true, 0, 1);
    return new EnsembleTrainer(
            data,
            model,
            TrainingConfig.of(steps, 16, 4e-3).withEmaDecay(0.99),
            1,
            set,
            Duration.ofMinutes(10))
        .run(folder.resolve("checkpoints"), context);
  }

  private TrajectoryFile draw(Ensemble ensemble) {
    Path file = folder.resolve("drawn.safetensors");
    try (Checkpoint first = ensemble.first()) {
      new SamplingRun(Sampler.of(first, INFERENCE_STEPS), set, DRAWN).run(file, context);
    }
    return TrajectoryFile.open(file);
  }

  private Attribution attribute(Ensemble ensemble, Dataset data, TrajectoryFile file, int[] which) {
    FeatureStore features =
        Featurizer.of(FeaturizerConfig.defaults().withDraws(10), ensemble, data)
            .run(folder.resolve("features"), context);
    List<Trajectory> all = file.read(file.timesteps());
    List<Trajectory> targets = Arrays.stream(which).mapToObj(all::get).toList();
    int[] steps = STEPS.among(file.timesteps());
    return Attributor.of(ensemble, features)
        .withDraws(TARGET_DRAWS)
        .withOverSteps(StepWeights.equal(steps, targets.size()))
        .stage(targets, STEPS)
        .run(folder.resolve("attribution"), context);
  }

  /** Audits of drawings by models that are trained one way. */
  private final class Audits {
    private final RetrainedModels models;
    private final TrajectoryFile file;

    Audits(RetrainedModels models, TrajectoryFile file) {
      this.models = models;
      this.file = file;
    }

    Line line(String kind, int drawing, double likeness, Candidate candidate) {
      String trained = word(models.how());
      Trajectory target = file.read(file.timesteps()).get(drawing);
      Audit audit =
          new AuditRun(
                  models,
                  new AuditQuestion.Drawing(file, target, Encoders.Opened.NONE),
                  List.of(candidate),
                  null,
                  AuditConfig.DEFAULT)
              .run(folder.resolve(trained + "-" + kind + "-" + drawing), context);
      Judgement found = audit.judgements().get(0);
      int copies = (int) Arrays.stream(candidate.images()).filter(i -> i < COPIES).count();
      return new Line(
          set,
          trained,
          kind,
          drawing,
          likeness,
          copies,
          found.change(),
          found.random(),
          found.largest(),
          found.seed(),
          found.p());
    }
  }
}
