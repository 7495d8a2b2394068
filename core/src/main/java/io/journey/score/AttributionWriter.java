package io.journey.score;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.features.ExampleTable;
import io.journey.features.FeatureStore;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import io.journey.sampling.Trajectory;
import io.journey.tensor.Npy;
import io.journey.tensor.Safetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Writes an attribution as a directory, checkpoint by checkpoint, so that a kill loses one. */
final class AttributionWriter {
  /** Examples at each end of a ranking. */
  private static final int RANKED = 20;

  private final Attributor estimator;
  private final List<Trajectory> targets;
  private final int[] steps;

  AttributionWriter(Attributor estimator, List<Trajectory> targets, int[] steps) {
    this.estimator = estimator;
    this.targets = targets;
    this.steps = steps;
  }

  void write(Path directory) {
    FeatureStore features = estimator.features();
    ObjectNode inputs = Json.object();
    inputs.put("data", features.dataFingerprint());
    inputs.put("features", features.fingerprint());
    inputs.set("checkpoints", features.manifest().inputs().path("checkpoints"));
    inputs.set("feature_settings", features.manifest().settings());
    inputs.put("targets", targets.size()).put("target", Trajectory.fingerprint(targets, steps));
    if (!targets.get(0).guidance().isNone()) {
      inputs.put("guidance", targets.get(0).guidance().toString());
    }
    try (RunDirectory run =
        RunDirectory.claim(directory, Attribution.KIND, estimator.settings(steps), inputs)) {
      if (!run.isFinished()) {
        writeAll(run);
      }
    }
  }

  private void writeAll(RunDirectory run) {
    FeatureStore features = estimator.features();
    int n = features.size();
    float[][] sum = null;
    float[][] even = null;
    for (String member : features.members()) {
      if (!run.has(Attribution.memberOutputFile(member))
          || !run.has(Attribution.memberScoresFile(member))) {
        Attributor.MemberScores scores = estimator.member(member, targets, steps);
        if (scores.even() != null) {
          run.write(Attribution.memberEvenFile(member), out -> writeScores(out, scores.even(), n));
        }
        run.write(
            Attribution.memberScoresFile(member), out -> writeScores(out, scores.scores(), n));
        run.write(
            Attribution.memberOutputFile(member),
            out -> Npy.write(out, scores.outputs(), steps.length, targets.size()));
      }
      sum = Attributor.add(sum, readScores(run.path(Attribution.memberScoresFile(member)), n));
      if (run.has(Attribution.memberEvenFile(member))) {
        even = Attributor.add(even, readScores(run.path(Attribution.memberEvenFile(member)), n));
      }
    }
    float[][] mean = Attributor.divide(sum, features.members().size());
    run.write(Attribution.SCORES, out -> writeScores(out, mean, n));
    if (even != null) {
      float[][] half = Attributor.divide(even, features.members().size());
      run.write(Attribution.EVEN, out -> writeScores(out, half, n));
    }
    run.write(
        FeatureStore.EXAMPLES,
        out -> Files.copy(features.manifest().verified(FeatureStore.EXAMPLES), out));
    run.write(Attribution.TARGETS, this::writeTargets);
    run.write(
        Attribution.RANKING, out -> out.write(ranking(mean).getBytes(StandardCharsets.UTF_8)));
    String losses = losses();
    if (!losses.isEmpty()) {
      run.write(Attribution.LOSS, out -> out.write(losses.getBytes(StandardCharsets.UTF_8)));
    }
    run.finish(Json.object().put("threads", estimator.threads()));
  }

  private void writeScores(java.io.OutputStream out, float[][] scores, int n) throws IOException {
    Npy.writeHeader(out, io.journey.tensor.DType.F32, steps.length, targets.size(), n);
    for (float[] row : scores) {
      Npy.writeNumbers(out, io.journey.tensor.DType.F32, row);
    }
  }

  private float[][] readScores(Path file, int n) {
    Npy npy = Npy.map(file);
    float[][] scores = new float[steps.length * targets.size()][n];
    for (int q = 0; q < scores.length; q++) {
      npy.read((long) q * n, scores[q], 0, n);
    }
    return scores;
  }

  private void writeTargets(java.io.OutputStream out) throws IOException {
    ImageShape shape = targets.get(0).shape();
    int numel = shape.numel();
    float[] xt = new float[steps.length * targets.size() * numel];
    float[] x0 = new float[xt.length];
    float[] image = new float[targets.size() * numel];
    for (int j = 0; j < targets.size(); j++) {
      Trajectory target = targets.get(j);
      for (int s = 0; s < steps.length; s++) {
        int to = (s * targets.size() + j) * numel;
        System.arraycopy(target.xt()[target.indexOf(steps[s])], 0, xt, to, numel);
        System.arraycopy(target.x0()[target.indexOf(steps[s])], 0, x0, to, numel);
      }
      System.arraycopy(target.image(), 0, image, j * numel, numel);
    }
    int c = shape.channels();
    int h = shape.height();
    int w = shape.width();
    Safetensors.Writer writer =
        new Safetensors.Writer()
            .metadata("model", targets.get(0).modelFingerprint())
            .metadata("seeds", String.join(" ", targets.stream().map(Trajectory::seed).toList()))
            .add("xt", xt, steps.length, targets.size(), c, h, w)
            .add("x0", x0, steps.length, targets.size(), c, h, w)
            .add("image", image, targets.size(), c, h, w);
    if (targets.get(0).label() != Trajectory.NO_LABEL) {
      long[] labels = targets.stream().mapToLong(Trajectory::label).toArray();
      writer.add("labels", labels, labels.length);
    }
    if (estimator.mask() != null) {
      writer.add("mask", estimator.mask().weights(), h, w);
    }
    writer.writeTo(out);
  }

  private String ranking(float[][] scores) {
    StringBuilder csv = new StringBuilder("target,step,sign,rank,example,id,class,score\n");
    for (int j = 0; j < targets.size(); j++) {
      for (int s = 0; s < steps.length; s++) {
        StepScores at =
            new StepScores(scores[s * targets.size() + j], estimator.features().examples());
        append(csv, j, steps[s], "positive", at.top(RANKED));
        append(csv, j, steps[s], "negative", at.bottom(RANKED));
      }
    }
    return csv.toString();
  }

  private static void append(
      StringBuilder csv, int target, int step, String sign, List<Influence> ranked) {
    for (int rank = 0; rank < ranked.size(); rank++) {
      Influence influence = ranked.get(rank);
      csv.append(target).append(',').append(step).append(',').append(sign).append(',');
      csv.append(rank + 1).append(',').append(influence.index()).append(',');
      csv.append(ExampleTable.quote(influence.exampleId())).append(',');
      csv.append(ExampleTable.quote(influence.className())).append(',');
      csv.append(String.format(Locale.ROOT, "%.6e", influence.score())).append('\n');
    }
  }

  /** The members' loss curves as one table, or "" where they have none. */
  private String losses() {
    StringBuilder csv = new StringBuilder();
    for (String member : estimator.features().members()) {
      for (String line : estimator.ensemble().lossCurve(member)) {
        csv.append(csv.isEmpty() ? "member,step,loss\n" : "");
        csv.append(ExampleTable.quote(member)).append(',').append(line).append('\n');
      }
    }
    return csv.toString();
  }
}
