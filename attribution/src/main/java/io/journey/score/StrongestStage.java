package io.journey.score;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.features.FeatureStore;
import io.journey.results.Attribution;
import io.journey.results.ExampleTable;
import io.journey.results.Influence;
import io.journey.results.Strongest;
import io.journey.run.Csv;
import io.journey.run.FileStage;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.StageFiles;
import io.journey.run.StageWork;
import io.journey.run.WholeTask;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Writes the strongest examples alone. Scores by a checkpoint are products Φx ({@link
 * Scorer#weights}): first x of every target at every step is computed, checkpoint by checkpoint;
 * then blocks of examples are scored by all checkpoints, and the strongest of each are kept. Memory
 * does not depend on the number of examples, but for their names.
 *
 * @param attributor of whose features they are
 * @param asked what all scores would come from
 * @param kept examples at each end
 * @param rows examples in a block; with a multiple of 64 scores are those of an {@link
 *     AttributionStage} to the last bit
 */
record StrongestStage(Attributor attributor, AttributionStage asked, int kept, int rows)
    implements FileStage<Strongest>, Serializable {
  /** Examples in a block: 64 KiB of scores of a target at a step. */
  static final int BLOCK = 1 << 14;

  private static final String EXAMPLES = "examples";
  private static final String SCORES = "scores";
  private static final String SUMS = "sums";

  @Override
  public String kind() {
    return Strongest.KIND;
  }

  @Override
  public Record settings() {
    return attributor.settings(asked.steps(), kept);
  }

  @Override
  public ObjectNode inputs() {
    return asked.inputs();
  }

  @Override
  public void check() {
    asked.check();
    attributor.requireLinear();
  }

  @Override
  public Strongest open(Path directory) {
    return Strongest.open(directory);
  }

  private FeatureStore features() {
    return attributor.features();
  }

  private int queries() {
    return asked.steps().length * asked.targets().size();
  }

  @Override
  public void write(StageWork run) {
    run.runWhole(
        features().checkpointNames().stream().map(m -> new MemberWeights(this, m)).toList());
    int blocks = (features().size() + rows - 1) / rows;
    List<BlockTask> tasks =
        IntStream.range(0, blocks).mapToObj(b -> new BlockTask(this, b)).toList();
    run.runWhole(tasks);
    Strong[] strong = new Strong[queries()];
    for (int q = 0; q < strong.length; q++) {
      strong[q] = new Strong(kept);
    }
    for (BlockTask task : tasks) {
      read(run.path(task.file()), strong);
    }
    run.write(
        Strongest.RANKING, out -> out.write(ranking(strong).getBytes(StandardCharsets.UTF_8)));
    run.write(Strongest.SPREAD, out -> out.write(spread(strong).getBytes(StandardCharsets.UTF_8)));
    run.write(Attribution.TARGETS, asked::writeTargets);
  }

  /** The x of every query by one checkpoint, float64 [Q, k]. */
  private record MemberWeights(StrongestStage stage, String member) implements WholeTask {
    @Override
    public String file() {
      return member + ".weights.npy";
    }

    @Override
    public void run(StageFiles files, RunContext context) {
      double[][] weights = new double[stage.queries()][];
      try (CheckpointScorer scorer = stage.attributor.engine(context).open(member)) {
        scorer.weights(
            stage.asked.targets(),
            stage.asked.steps(),
            stage.attributor.draws(),
            (request, q, x) -> weights[q] = x);
      }
      files.write(
          file(),
          out -> {
            Npy.writeHeader(out, DType.F64, weights.length, weights[0].length);
            for (double[] row : weights) {
              Npy.writeNumbers(out, row);
            }
          });
    }
  }

  /** The strongest of some examples, by all checkpoints. */
  private record BlockTask(StrongestStage stage, int block) implements WholeTask {
    @Override
    public String file() {
      return String.format(Locale.ROOT, "block-%05d.safetensors", block);
    }

    @Override
    public void run(StageFiles files, RunContext context) {
      FeatureStore features = stage.features();
      List<String> members = features.checkpointNames();
      int from = block * stage.rows;
      int count = Math.min(stage.rows, features.size() - from);
      MeanScores mean = new MeanScores(stage.queries());
      String title =
          String.format(Locale.ROOT, "Scoring images %,d to %,d", from + 1L, (long) from + count);
      try (Progress.Task task = context.progress().start(title, members.size(), "checkpoints")) {
        for (String member : members) {
          FeatureRows some = FeatureRows.of(features, member).some(from, count);
          double[][] x = read(files.path(new MemberWeights(stage, member).file()));
          double[][] products = FeatureProducts.of(some, x, context.workers()).sum();
          for (int q = 0; q < products.length; q++) {
            mean.add(q, CheckpointScorer.floats(products[q]));
          }
          task.advance(1);
        }
      }
      float[][] scores = mean.over(members.size());
      Strong[] strong = new Strong[scores.length];
      context
          .workers()
          .forEach(
              scores.length,
              q -> {
                strong[q] = new Strong(stage.kept);
                strong[q].add(from, scores[q]);
              });
      files.write(file(), out -> stage.content(strong).writeTo(out));
    }

    private static double[][] read(Path file) {
      Npy npy = Npy.map(file);
      double[][] rows = new double[(int) npy.shape()[0]][(int) npy.shape()[1]];
      for (int q = 0; q < rows.length; q++) {
        npy.read((long) q * rows[q].length, rows[q], rows[q].length);
      }
      return rows;
    }
  }

  private Safetensors.Writer content(Strong[] strong) {
    int each = 2 * Math.min(kept, strong[0].count);
    long[] examples = new long[strong.length * each];
    float[] scores = new float[examples.length];
    double[] sums = new double[2 * strong.length];
    for (int q = 0; q < strong.length; q++) {
      List<Candidate> both = new ArrayList<>(strong[q].top());
      both.addAll(strong[q].bottom());
      for (int i = 0; i < each; i++) {
        examples[q * each + i] = both.get(i).example();
        scores[q * each + i] = both.get(i).score();
      }
      sums[2 * q] = strong[q].sum;
      sums[2 * q + 1] = strong[q].squares;
    }
    return new Safetensors.Writer()
        .add(EXAMPLES, examples, strong.length, each)
        .add(SCORES, scores, strong.length, each)
        .add(SUMS, DType.F64, out -> Npy.writeNumbers(out, sums), strong.length, 2);
  }

  private static void read(Path file, Strong[] strong) {
    Safetensors tensors = Safetensors.open(file);
    long[] examples = tensors.longs(EXAMPLES);
    float[] scores = tensors.floats(SCORES);
    double[] sums = tensors.doubles(SUMS);
    int each = examples.length / strong.length;
    for (int q = 0; q < strong.length; q++) {
      for (int i = 0; i < each; i++) {
        Candidate candidate =
            new Candidate(Math.toIntExact(examples[q * each + i]), scores[q * each + i]);
        if (i < each / 2) {
          strong[q].offer(strong[q].top, candidate, Candidate.WEAKEST_OF_TOP);
        } else {
          strong[q].offer(strong[q].bottom, candidate, Candidate.WEAKEST_OF_BOTTOM);
        }
      }
      strong[q].sum += sums[2 * q];
      strong[q].squares += sums[2 * q + 1];
    }
  }

  private String ranking(Strong[] strong) {
    List<Strongest.Ranked> rows = new ArrayList<>();
    for (int j = 0; j < asked.targets().size(); j++) {
      for (int s = 0; s < asked.steps().length; s++) {
        Strong of = strong[s * asked.targets().size() + j];
        int step = asked.steps()[s];
        rows.addAll(Strongest.Ranked.of(j, step, true, influences(of.top())));
        rows.addAll(Strongest.Ranked.of(j, step, false, influences(of.bottom())));
      }
    }
    return Csv.table(Strongest.Ranked.class, rows);
  }

  private List<Influence> influences(List<Candidate> candidates) {
    List<ExampleTable.Example> examples = features().examples();
    return candidates.stream()
        .map(
            c ->
                new Influence(
                    c.example(),
                    examples.get(c.example()).id(),
                    examples.get(c.example()).className(),
                    c.score()))
        .toList();
  }

  private String spread(Strong[] strong) {
    int n = features().size();
    List<Strongest.Spread> rows = new ArrayList<>();
    for (int j = 0; j < asked.targets().size(); j++) {
      for (int s = 0; s < asked.steps().length; s++) {
        Strong of = strong[s * asked.targets().size() + j];
        double mean = of.sum / n;
        double deviation = Math.sqrt(Math.max(0, of.squares / n - mean * mean));
        rows.add(new Strongest.Spread(j, asked.steps()[s], mean, deviation));
      }
    }
    return Csv.table(Strongest.Spread.class, rows);
  }

  /** An example that may be among the strongest. */
  private record Candidate(int example, float score) {
    /** The smallest score first, of equal ones the last example. */
    static final Comparator<Candidate> WEAKEST_OF_TOP =
        Comparator.comparingDouble(Candidate::score)
            .thenComparing(Candidate::example, Comparator.reverseOrder());

    /** The largest score first, of equal ones the last example. */
    static final Comparator<Candidate> WEAKEST_OF_BOTTOM =
        Comparator.comparingDouble((Candidate c) -> -c.score())
            .thenComparing(Candidate::example, Comparator.reverseOrder());
  }

  /** The strongest examples of one query, those of both ends, and sums of all scores. */
  private static final class Strong {
    private final int kept;
    private final PriorityQueue<Candidate> top = new PriorityQueue<>(Candidate.WEAKEST_OF_TOP);
    private final PriorityQueue<Candidate> bottom =
        new PriorityQueue<>(Candidate.WEAKEST_OF_BOTTOM);
    private double sum;
    private double squares;
    private int count;

    Strong(int kept) {
      this.kept = kept;
    }

    void add(int from, float[] scores) {
      for (int i = 0; i < scores.length; i++) {
        Candidate candidate = new Candidate(from + i, scores[i]);
        offer(top, candidate, Candidate.WEAKEST_OF_TOP);
        offer(bottom, candidate, Candidate.WEAKEST_OF_BOTTOM);
        sum += scores[i];
        squares += (double) scores[i] * scores[i];
      }
      count += scores.length;
    }

    private void offer(
        PriorityQueue<Candidate> end, Candidate candidate, Comparator<Candidate> order) {
      if (end.size() < kept) {
        end.add(candidate);
      } else if (order.compare(candidate, end.peek()) > 0) {
        end.poll();
        end.add(candidate);
      }
    }

    List<Candidate> top() {
      return top.stream().sorted(Candidate.WEAKEST_OF_TOP.reversed()).toList();
    }

    List<Candidate> bottom() {
      return bottom.stream().sorted(Candidate.WEAKEST_OF_BOTTOM.reversed()).toList();
    }
  }
}
