package io.journey.score;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.condition.ConditionColumn;
import io.journey.dataset.ImageShape;
import io.journey.encoding.Encoders;
import io.journey.latent.LatentCodec;
import io.journey.model.Ensemble;
import io.journey.results.Attribution;
import io.journey.results.ExampleTable;
import io.journey.results.Influence;
import io.journey.results.StepScores;
import io.journey.run.Csv;
import io.journey.run.FileStage;
import io.journey.run.RunContext;
import io.journey.run.StageFiles;
import io.journey.run.StageWork;
import io.journey.run.WholeTask;
import io.journey.sampling.Trajectory;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Writes an attribution as a directory, checkpoint by checkpoint, so that a kill loses one. */
record AttributionStage(MemberScores by, List<Trajectory> targets, int[] steps)
    implements FileStage<Attribution>, Serializable {
  /** Examples at each end of a ranking. */
  private static final int RANKED = 20;

  @Override
  public String kind() {
    return Attribution.KIND;
  }

  @Override
  public Record settings() {
    return by.settings(steps);
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = by.inputs();
    inputs
        .put("targets", targets.size())
        .put("trajectories", Trajectory.fingerprint(targets, steps));
    if (by.weights() != null) {
      inputs.put("step_weights", by.weights().fingerprint());
    }
    if (!targets.get(0).isDrawn()) {
      ArrayNode files = inputs.put("asked", Attribution.ASKED_PICTURES).putArray(Attribution.FILES);
      targets.forEach(target -> files.add(target.file()));
    }
    if (!targets.get(0).guidance().isNone()) {
      inputs.put("guidance", targets.get(0).guidance().toString());
    }
    return inputs;
  }

  @Override
  public void check() {
    by.check(targets, steps);
  }

  @Override
  public Attribution open(Path directory) {
    return Attribution.open(directory);
  }

  @Override
  public void write(StageWork run) {
    int n = by.examples().size();
    MeanScores sum = new MeanScores(steps.length * targets.size());
    MeanScores even = new MeanScores(steps.length * targets.size());
    boolean halved = false;
    run.runWhole(by.checkpointNames().stream().map(m -> new MemberTask(this, m)).toList());
    for (String member : by.checkpointNames()) {
      by.tidy(run, member, steps.length * targets.size());
      sum.add(readRows(run.path(Attribution.checkpointScoresFile(member))));
      if (run.has(Attribution.checkpointEvenFile(member))) {
        halved = true;
        even.add(readRows(run.path(Attribution.checkpointEvenFile(member))));
      }
    }
    float[][] mean = sum.over(by.checkpointNames().size());
    run.write(Attribution.SCORES, out -> writeScores(out, mean, n));
    if (halved) {
      float[][] half = even.over(by.checkpointNames().size());
      run.write(Attribution.EVEN, out -> writeScores(out, half, n));
    }
    writeLearnt(run);
    String examples = by.exampleTable();
    run.write(ExampleTable.FILE, out -> out.write(examples.getBytes(StandardCharsets.UTF_8)));
    run.write(Attribution.TARGETS, this::writeTargets);
    run.write(
        Attribution.RANKING, out -> out.write(ranking(mean).getBytes(StandardCharsets.UTF_8)));
    if (by.weights() != null) {
      new OverStepsFiles(this, mean).write(run);
    }
    String losses = losses();
    if (!losses.isEmpty()) {
      run.write(Attribution.LOSS, out -> out.write(losses.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** The scores by one checkpoint. */
  private record MemberTask(AttributionStage stage, String member) implements WholeTask {
    @Override
    public String file() {
      return Attribution.checkpointMeasurementFile(member);
    }

    @Override
    public void run(StageFiles files, RunContext context) {
      stage.write(files, member, context);
    }
  }

  private void write(StageFiles run, String member, RunContext context) {
    int n = by.examples().size();
    int queries = steps.length * targets.size();
    float[][] scores = new float[queries][];
    float[][] even = new float[queries][];
    float[] measurements = new float[queries];
    by.score(
        member,
        targets,
        steps,
        run,
        context,
        (request, query, scored) -> {
          scores[query] = scored.scores();
          even[query] = scored.even();
          measurements[query] = scored.measurement();
        });
    if (even[0] != null) {
      run.write(Attribution.checkpointEvenFile(member), out -> writeScores(out, even, n));
    }
    run.write(Attribution.checkpointScoresFile(member), out -> writeScores(out, scores, n));
    run.write(
        Attribution.checkpointMeasurementFile(member),
        out -> Npy.write(out, measurements, steps.length, targets.size()));
  }

  private void writeScores(java.io.OutputStream out, float[][] scores, int n) throws IOException {
    writeRows(out, scores, steps.length, targets.size(), n);
  }

  /** Rows as an array of a shape whose last side is their length. */
  static void writeRows(java.io.OutputStream out, float[][] rows, long... shape)
      throws IOException {
    Npy.writeHeader(out, io.journey.array.DType.F32, shape);
    for (float[] row : rows) {
      Npy.writeNumbers(out, io.journey.array.DType.F32, row);
    }
  }

  /** The mean over checkpoints of when images were learnt, where training was followed. */
  private void writeLearnt(StageWork run) {
    List<String> members = by.checkpointNames();
    if (!run.has(Attribution.checkpointLearntFile(members.get(0)))) {
      return;
    }
    MeanScores sum = new MeanScores(by.examples().size());
    for (String member : members) {
      sum.add(readRows(run.path(Attribution.checkpointLearntFile(member))));
    }
    float[][] mean = sum.over(members.size());
    run.write(Attribution.LEARNT, out -> writeRows(out, mean, mean.length, mean[0].length));
  }

  /** Reads what {@link #writeRows} wrote. */
  private static float[][] readRows(Path file) {
    Npy npy = Npy.map(file);
    int length = Math.toIntExact(npy.shape()[npy.shape().length - 1]);
    float[][] rows = new float[npy.count() / length][length];
    for (int q = 0; q < rows.length; q++) {
      npy.read((long) q * length, rows[q], 0, length);
    }
    return rows;
  }

  /** The targets as a person sees them: of latents, decoded. */
  void writeTargets(java.io.OutputStream out) throws IOException {
    try (LatentCodec codec = Encoders.of(by.ensemble()).codec()) {
      targets(codec).writeTo(out);
    }
  }

  private Safetensors.Writer targets(LatentCodec codec) {
    ImageShape sampled = targets.get(0).shape();
    ImageShape shape = codec.imageShape(sampled);
    int numel = shape.numel();
    float[] xt = new float[steps.length * targets.size() * numel];
    float[] x0 = new float[xt.length];
    float[] image = new float[targets.size() * numel];
    // Parts of a target have the same pictures.
    Map<float[], float[]> decoded = new IdentityHashMap<>();
    UnaryOperator<float[]> picture =
        z -> decoded.computeIfAbsent(z, one -> codec.decode(new float[][] {one}, sampled)[0]);
    for (int j = 0; j < targets.size(); j++) {
      Trajectory target = targets.get(j);
      if (j > 0 && target != targets.get(j - 1)) {
        decoded.clear();
      }
      for (int s = 0; s < steps.length; s++) {
        int to = (s * targets.size() + j) * numel;
        int step = target.indexOf(steps[s]);
        System.arraycopy(picture.apply(target.xt()[step]), 0, xt, to, numel);
        System.arraycopy(picture.apply(target.x0()[step]), 0, x0, to, numel);
      }
      System.arraycopy(picture.apply(target.image()), 0, image, j * numel, numel);
    }
    int c = shape.channels();
    int h = shape.height();
    int w = shape.width();
    Safetensors.Writer writer = new Safetensors.Writer();
    if (targets.get(0).isDrawn()) {
      writer.metadata("model", targets.get(0).modelFingerprint());
    }
    writer
        .metadata("seeds", String.join(" ", targets.stream().map(Trajectory::seed).toList()))
        .add("xt", xt, steps.length, targets.size(), c, h, w)
        .add("x0", x0, steps.length, targets.size(), c, h, w)
        .add("image", image, targets.size(), c, h, w);
    ConditionColumn.add(writer, targets.stream().map(Trajectory::condition).toList());
    addMasks(writer, h, w);
    return writer;
  }

  /** One for all targets, or one for each, all 1 where the whole is asked about. */
  private void addMasks(Safetensors.Writer writer, int height, int width) {
    List<PixelMask> masks = by.draws().masks();
    if (masks.size() == 1 && masks.get(0) != null) {
      writer.add("mask", masks.get(0).weights(), height, width);
    } else if (masks.size() > 1) {
      float[] all = new float[masks.size() * height * width];
      Arrays.fill(all, 1);
      for (int t = 0; t < masks.size(); t++) {
        if (masks.get(t) != null) {
          System.arraycopy(masks.get(t).weights(), 0, all, t * height * width, height * width);
        }
      }
      writer.add("mask", all, masks.size(), height, width);
    }
  }

  private String ranking(float[][] scores) {
    List<Ranked> rows = new ArrayList<>();
    for (int j = 0; j < targets.size(); j++) {
      for (int s = 0; s < steps.length; s++) {
        StepScores at = new StepScores(scores[s * targets.size() + j], by.examples());
        add(rows, j, steps[s], "positive", at.top(RANKED));
        add(rows, j, steps[s], "negative", at.bottom(RANKED));
      }
    }
    return Csv.table(Ranked.class, rows);
  }

  /** A line of {@link Attribution#RANKING}. */
  private record Ranked(
      int target,
      int timestep,
      String sign,
      int rank,
      int example,
      String id,
      @JsonProperty("class") String className,
      @Csv.Format("%.6e") double score) {}

  /** Scores of the other sign have no place at this end, however few the images are. */
  private static void add(
      List<Ranked> rows, int target, int step, String sign, List<Influence> strongest) {
    boolean positive = sign.equals("positive");
    List<Influence> ranked = Influence.ofSign(strongest, positive);
    for (int rank = 0; rank < ranked.size(); rank++) {
      Influence of = ranked.get(rank);
      rows.add(
          new Ranked(
              target,
              step,
              sign,
              rank + 1,
              of.index(),
              of.exampleId(),
              of.className(),
              of.score()));
    }
  }

  /** A line of {@link Attribution#LOSS}. */
  private record CheckpointLoss(String checkpoint, int step, double loss) {}

  /** The checkpoints' loss curves as one table, or "" where they have none. */
  private String losses() {
    List<CheckpointLoss> rows = new ArrayList<>();
    for (String member : by.checkpointNames()) {
      for (Ensemble.Loss at : by.ensemble().lossCurve(member)) {
        rows.add(new CheckpointLoss(member, at.step(), at.loss()));
      }
    }
    return rows.isEmpty() ? "" : Csv.table(CheckpointLoss.class, rows);
  }
}
