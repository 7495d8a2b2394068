package io.journey.unrolling;

import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.OutputFunction;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.GradientMethod;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import io.journey.training.GradientSum;
import io.journey.training.TrainingReplay;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The influence of every training image on questions about one member, through the training that
 * really made it: all its steps are gone back through once, for all questions together. At a step
 * with B images, of which z has the gradient ∇ℓ_z, leaving z out moves the mean gradient g by
 * −(∇ℓ_z − g)/B to first order; with A the derivative of a question f by g, f changes by −A·(∇ℓ_z −
 * g)/B. The sum over all steps where z was met is its score: to first order what f would gain if z
 * had never been there, in units of f.
 *
 * <p>Source: AdamW-influence (arXiv 2605.18814), from the side of the questions. In place of its
 * empirical Fisher matrix, which for a mean over pixels of a small error is far too small, stands
 * the Gauss–Newton matrix by random outputs ({@link OutputFunction#PROBE}), or the Hessian itself
 * (MAGIC, arXiv 2504.16430).
 *
 * @param replay of the member's training
 * @param curvature what stands for the Hessian of a batch's loss
 * @param probes names the random outputs
 * @param parts who helps
 */
public record BackwardSweep(
    TrainingReplay replay, Curvature curvature, Seed probes, Workers.Parts parts) {
  /** Weights of one part of the questions' derivatives: what a core's cache holds. */
  private static final int COLUMNS = 512;

  /** Sums over parts that are made side by side, then added up in their order. */
  private static final int SUMS = 16;

  /** Parts of training that are told apart. */
  private static final int LEARNT = 20;

  /** How far weights are moved for a Hessian's product, of their length. */
  private static final double MOVE = 1e-3;

  /**
   * What stands for the Hessian of a batch's loss.
   *
   * @param isExact the Hessian's own products, by central differences of gradients, which take two
   *     passes over the batch for every question; then there are no random outputs
   * @param outputs random outputs of each image; 0: there is no curvature. Few make a matrix whose
   *     largest eigenvalues are noise, and taken back through hundreds of steps they grow without
   *     bounds: of a quarter of a batch's images alone scores were 10⁵ times too large
   */
  public record Curvature(boolean isExact, int outputs) implements Serializable {
    /** The Hessian itself. */
    public static final Curvature EXACT = new Curvature(true, 0);

    public Curvature {
      if (isExact && outputs != 0) {
        throw new SettingException(
            "the Hessian itself has no random outputs, got " + outputs + " of them");
      }
      if (outputs < 0) {
        throw new SettingException("random outputs must be at least 0, got " + outputs);
      }
    }

    /** By random outputs. */
    public Curvature(int outputs) {
      this(false, outputs);
    }
  }

  /**
   * What a sweep finds.
   *
   * @param scores [n][N], positive where f would be higher without the image
   * @param learnt how much each image moved the questions in each part of training, the earliest
   *     first, [N][parts]: the sum over questions of what its meetings there add to its score,
   *     without sign
   */
  public record Swept(double[][] scores, double[][] learnt) {}

  /**
   * Where an unfinished sweep is kept, so that a kill loses little.
   *
   * @param file that it begins from, if it is there; null: it is not kept
   * @param interval how much work a kill may lose
   */
  public record Keeping(Path file, Duration interval) {
    /** Nothing is kept. */
    public static final Keeping NOTHING = new Keeping(null, Duration.ZERO);
  }

  /**
   * Scores training images.
   *
   * @param questions gradients of f by the member's weights, [n][p]
   * @param examples N
   * @param progress told of every step
   * @throws JourneyException if what is kept is another's
   */
  public Swept scores(float[][] questions, int examples, Keeping keeping, Progress.Task progress) {
    int steps = replay.config().steps();
    int periods = Math.min(LEARNT, steps);
    try (SweepState state =
        new SweepState(adjoints(questions), questions.length, examples, steps, periods)) {
      if (keeping.file() != null && Files.exists(keeping.file())) {
        state.restore(keeping.file());
        progress.skip(steps - state.left());
      }
      long kept = System.nanoTime();
      while (state.left() > 0) {
        back(state.left() - 1, state.adjoints(), state.scores());
        state.tookBack();
        progress.advance(1);
        if (keeping.file() != null && System.nanoTime() - kept > keeping.interval().toNanos()) {
          AtomicFile.write(keeping.file(), state.writer()::writeSealedTo);
          kept = System.nanoTime();
        }
      }
      return new Swept(state.scores(), state.learnt());
    }
  }

  /** All questions, by some weights each. */
  private List<Adjoint> adjoints(float[][] questions) {
    int p = questions[0].length;
    Adjoint[] adjoints = new Adjoint[(p + COLUMNS - 1) / COLUMNS];
    try {
      parts.forEach(
          adjoints.length,
          part -> {
            int from = part * COLUMNS;
            int to = Math.min(p, from + COLUMNS);
            Tensor rows = GradientRows.zeros(questions.length, to - from);
            try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
              for (int q = 0; q < questions.length; q++) {
                Libtorch.write(rows.select(0, q), Arrays.copyOfRange(questions[q], from, to));
              }
            }
            adjoints[part] = new Adjoint(rows);
          });
    } catch (RuntimeException | Error e) {
      close(adjoints);
      throw e;
    }
    return List.of(adjoints);
  }

  private void back(int step, List<Adjoint> adjoints, double[][] scores) {
    List<DenoisingDraws> images = replay.batch(step);
    if (images.isEmpty()) {
      return; // A step that was not taken.
    }
    TrainingReplay.Before before = replay.goBefore(step, parts);
    int[] examples = replay.examples(step);
    try (GradientRows gradients = rows(OutputFunction.LOSS, images);
        AdamStep adam = adamStep(before, gradients.rows());
        GradientRows psi = curvature.outputs() == 0 ? null : psi(step, images)) {
      centre(gradients.rows(), adam);
      Tensor[] byGradient = curvature.isExact() ? new Tensor[adjoints.size()] : null;
      try (Products products =
          products(adjoints, adam, gradients.rows(), psi == null ? null : psi.rows(), byGradient)) {
        add(products.byImages(), examples, scores);
        if (psi != null) {
          parts.forEach(
              adjoints.size(),
              part -> {
                try (PointerScope scope = new PointerScope()) {
                  adjoints.get(part).add(products.byPsi, columns(psi.rows(), part));
                }
              });
        }
        if (curvature.isExact()) {
          addHessian(before, images, byGradient, adjoints);
        }
      } finally {
        close(byGradient);
      }
    }
  }

  /** Closes those that are there. */
  private static void close(AutoCloseable... some) {
    for (AutoCloseable one : some == null ? new AutoCloseable[0] : some) {
      try {
        if (one != null) {
          one.close();
        }
      } catch (Exception e) {
        throw new IllegalStateException("tensors close without errors", e);
      }
    }
  }

  /** The columns of a part of the weights. */
  private static Tensor columns(Tensor rows, int part) {
    long from = (long) part * COLUMNS;
    return rows.narrow(1, from, Math.min(COLUMNS, rows.size(1) - from));
  }

  /**
   * Products of A.
   *
   * @param byRows A·Gᵀ, [n, B]
   * @param byPsi A·Ψᵀ, [n, r]; null without Ψ
   */
  private record Products(Tensor byRows, Tensor byPsi) implements AutoCloseable {
    /** Returns the sum, which replaces this. */
    private Products plus(Products other) {
      byRows.add_(other.byRows);
      if (byPsi != null) {
        byPsi.add_(other.byPsi);
      }
      return this;
    }

    private Products kept() {
      Libtorch.keep(byRows);
      if (byPsi != null) {
        Libtorch.keep(byPsi);
      }
      return this;
    }

    private float[] byImages() {
      try (PointerScope scope = new PointerScope()) {
        return Libtorch.floats(byRows);
      }
    }

    @Override
    public void close() {
      byRows.close();
      if (byPsi != null) {
        byPsi.close();
      }
    }
  }

  /**
   * Takes all questions back through a step, but for curvature.
   *
   * @param rows G, [B, p]
   * @param psi Ψ, or null
   * @param byGradient receives A by parts of the weights, where it is asked for
   * @return closed by the caller
   */
  private Products products(
      List<Adjoint> adjoints, AdamStep adam, Tensor rows, Tensor psi, Tensor[] byGradient) {
    int sums = Math.min(SUMS, adjoints.size());
    Products[] found = new Products[sums];
    try {
      parts.forEach(
          sums,
          sum -> {
            int from = adjoints.size() * sum / sums;
            int to = adjoints.size() * (sum + 1) / sums;
            for (int part = from; part < to; part++) {
              try (PointerScope scope = new PointerScope();
                  NoGradGuard guard = new NoGradGuard()) {
                Tensor a = adjoints.get(part).back(adam.columns(part * COLUMNS, COLUMNS));
                if (byGradient != null) {
                  byGradient[part] = Libtorch.keep(a);
                }
                Products more =
                    new Products(
                        a.mm(columns(rows, part).t()),
                        psi == null ? null : a.mm(columns(psi, part).t()));
                found[sum] = part == from ? more.kept() : found[sum].plus(more);
              }
            }
          });
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        for (int sum = 1; sum < sums; sum++) {
          found[0].plus(found[sum]);
        }
      }
    } catch (RuntimeException | Error e) {
      close(found);
      throw e;
    }
    close(Arrays.copyOfRange(found, 1, sums));
    return found[0];
  }

  private GradientRows rows(OutputFunction output, List<DenoisingDraws> images) {
    ExampleGradients gradients =
        GradientMethod.LAYERWISE.create(replay.model(), replay.schedule(), output);
    return GradientRows.of(gradients, replay.model().parameters(), images, null, parts);
  }

  private AdamStep adamStep(TrainingReplay.Before before, Tensor rows) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      return AdamStep.of(replay.config(), before, rows.mean(0));
    }
  }

  /** Makes of gradients what leaving their images out takes from the mean gradient. */
  private static void centre(Tensor rows, AdamStep step) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      rows.sub_(step.gradient()).div_(new Scalar((double) rows.size(0)));
    }
  }

  /** Ψ of a batch, whose ΨᵀΨ is the Gauss–Newton matrix of its mean loss on average, [B·R, p]. */
  private GradientRows psi(int step, List<DenoisingDraws> images) {
    Seed ofStep = probes.child(step);
    List<DenoisingDraws> probed = new ArrayList<>();
    for (int r = 0; r < curvature.outputs(); r++) {
      for (int place = 0; place < images.size(); place++) {
        probed.add(images.get(place).withProbe(ofStep.child(r).child(place)));
      }
    }
    double numbers = replay.model().shape().numel();
    GradientRows rows = rows(OutputFunction.PROBE, probed);
    try (NoGradGuard guard = new NoGradGuard()) {
      rows.rows().mul_(new Scalar(Math.sqrt(2 * numbers / probed.size())));
    }
    return rows;
  }

  private static void add(float[] products, int[] examples, double[][] scores) {
    for (int i = 0; i < products.length; i++) {
      scores[i / examples.length][examples[i % examples.length]] -= products[i];
    }
  }

  /** A·H, question by question: [∇L(θ + h·a) − ∇L(θ − h·a)] / 2h. */
  private void addHessian(
      TrainingReplay.Before before,
      List<DenoisingDraws> images,
      Tensor[] byGradient,
      List<Adjoint> adjoints) {
    double length = length(before.weights());
    for (int q = 0; q < byGradient[0].size(0); q++) {
      float[] direction = direction(byGradient, q, before.weights().length);
      double norm = length(direction);
      if (norm == 0) {
        continue;
      }
      double h = MOVE * length / norm;
      try (GradientSum up = replay.gradient(images, moved(before.weights(), direction, h), parts);
          GradientSum down =
              replay.gradient(images, moved(before.weights(), direction, -h), parts);
          PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor product = up.gradient().sub(down.gradient()).div_(new Scalar(2 * h));
        for (int part = 0; part < adjoints.size(); part++) {
          adjoints
              .get(part)
              .add(q, product.narrow(0, (long) part * COLUMNS, byGradient[part].size(1)));
        }
      }
    }
  }

  /** A row of A, [p]. */
  private static float[] direction(Tensor[] byGradient, int question, int weights) {
    float[] direction = new float[weights];
    for (int part = 0; part < byGradient.length; part++) {
      try (PointerScope scope = new PointerScope()) {
        float[] some = Libtorch.floats(byGradient[part].select(0, question));
        System.arraycopy(some, 0, direction, part * COLUMNS, some.length);
      }
    }
    return direction;
  }

  private static float[] moved(float[] weights, float[] direction, double h) {
    float[] moved = new float[weights.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = (float) (weights[i] + h * direction[i]);
    }
    return moved;
  }

  private static double length(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }
}
