package io.journey.unrolling;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/** How far a {@link BackwardSweep} has come. It goes on from a file in the same bytes. */
final class SweepState implements AutoCloseable {
  private static final String NEXT = "next";
  private static final String SHARE = "share";
  private static final String SCORES = "scores";
  private static final String BEFORE = "before";
  private static final String LEARNT = "learnt";

  private final List<Adjoint> adjoints;
  private final int steps;
  private final double[][] scores; // of all steps that were taken back, [n][N]
  private final double[][] before; // the same, of finished periods alone
  private final double[][] learnt; // [N][periods]
  private int next;

  /**
   * Begins behind the last step.
   *
   * @param adjoints of n questions, by parts of the weights; closed with this object
   * @param examples N
   * @param periods parts of training that are told apart
   */
  SweepState(List<Adjoint> adjoints, int questions, int examples, int steps, int periods) {
    this.adjoints = adjoints;
    this.steps = steps;
    this.scores = new double[questions][examples];
    this.before = new double[questions][examples];
    this.learnt = new double[examples][periods];
    this.next = steps;
  }

  List<Adjoint> adjoints() {
    return adjoints;
  }

  /** Returns what the steps that were taken back have added up to, for the next one to add to. */
  double[][] scores() {
    return scores;
  }

  /** Returns how much each image moved the questions in each period, the earliest first. */
  double[][] learnt() {
    return learnt;
  }

  /** Returns how many steps are left. */
  int left() {
    return next;
  }

  /** Notes that the last of the steps that are left was taken back. */
  void tookBack() {
    next--;
    int periods = learnt[0].length;
    for (int period = 0; period < periods; period++) {
      if (steps * period / periods == next) {
        finish(period);
      }
    }
  }

  private void finish(int period) {
    for (int q = 0; q < scores.length; q++) {
      for (int i = 0; i < learnt.length; i++) {
        learnt[i][period] += Math.abs(scores[q][i] - before[q][i]);
        before[q][i] = scores[q][i];
      }
    }
  }

  /** Returns a file of all this. */
  Safetensors.Writer writer() {
    int n = scores.length;
    int images = learnt.length;
    Safetensors.Writer writer =
        new Safetensors.Writer()
            .add(NEXT, new long[] {next}, 1)
            .add(
                SHARE,
                DType.F64,
                out -> Npy.writeNumbers(out, new double[] {adjoints.get(0).share()}),
                1)
            .add(SCORES, DType.F64, out -> write(out, scores), n, images)
            .add(BEFORE, DType.F64, out -> write(out, before), n, images)
            .add(LEARNT, DType.F64, out -> write(out, learnt), images, learnt[0].length);
    for (int part = 0; part < adjoints.size(); part++) {
      adjoints.get(part).addTo(writer, part);
    }
    return writer;
  }

  private static void write(OutputStream out, double[][] rows) throws IOException {
    for (double[] row : rows) {
      Npy.writeNumbers(out, row);
    }
  }

  /**
   * Goes on from a file.
   *
   * @throws JourneyException if it is another's
   */
  void restore(Path path) {
    String remedy = "delete it, and its questions are taken back from the beginning";
    Safetensors file = Safetensors.open(path);
    file.requireUnchanged(remedy);
    long[] left = file.longs(NEXT);
    double[] share = file.doubles(SHARE);
    boolean isOwn =
        left.length == 1
            && share.length == 1
            && left[0] >= 0
            && left[0] <= steps
            && file.shape(SCORES).equals(shape(scores))
            && file.shape(BEFORE).equals(shape(before))
            && file.shape(LEARNT).equals(shape(learnt));
    for (int part = 0; isOwn && part < adjoints.size(); part++) {
      isOwn = adjoints.get(part).restore(file, part, share[0]);
    }
    if (!isOwn) {
      throw new JourneyException(path + " is not of this attribution: " + remedy + ".");
    }
    read(file.doubles(SCORES), scores);
    read(file.doubles(BEFORE), before);
    read(file.doubles(LEARNT), learnt);
    next = (int) left[0];
  }

  private static List<Long> shape(double[][] rows) {
    return List.of((long) rows.length, (long) rows[0].length);
  }

  private static void read(double[] numbers, double[][] rows) {
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(numbers, row * rows[row].length, rows[row], 0, rows[row].length);
    }
  }

  @Override
  public void close() {
    adjoints.forEach(Adjoint::close);
  }
}
