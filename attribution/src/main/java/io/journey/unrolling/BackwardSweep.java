package io.journey.unrolling;

import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.OutputFunction;
import io.journey.gradient.ExampleGradients;
import io.journey.gradient.GradientMethod;
import io.journey.random.Seed;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import io.journey.run.Workers;
import io.journey.tensor.Libtorch;
import io.journey.training.GradientSum;
import io.journey.training.TrainingReplay;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
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
  /** Questions of one part of the work: the same for any number of threads. */
  private static final int BLOCK = 32;

  /** How far weights are moved for a Hessian's product, of their length. */
  private static final double MOVE = 1e-3;

  /**
   * What stands for the Hessian of a batch's loss.
   *
   * @param isExact the Hessian's own products, by central differences of gradients, which take two
   *     passes over the batch for every question; then there are no random outputs
   * @param outputs random outputs of each image; below 1, of that share of each batch's images, one
   *     each; 0: there is no curvature
   */
  public record Curvature(boolean isExact, double outputs) implements Serializable {
    /** The Hessian itself. */
    public static final Curvature EXACT = new Curvature(true, 0);

    public Curvature {
      if (!(outputs >= 0)
          || Double.isInfinite(outputs)
          || outputs > 1 && outputs != Math.rint(outputs)) {
        throw new SettingException(
            "random outputs must be a whole number, or a share of the images between 0 and 1, got "
                + outputs);
      }
    }

    /** By random outputs. */
    public Curvature(double outputs) {
      this(false, outputs);
    }
  }

  /**
   * Scores training images.
   *
   * @param questions gradients of f by the member's weights, [n][p]
   * @param examples N
   * @param progress told of every step
   * @return [n][N], positive where f would be higher without the image
   */
  public double[][] scores(float[][] questions, int examples, Progress.Task progress) {
    double[][] scores = new double[questions.length][examples];
    List<Adjoint> adjoints = adjoints(questions);
    try {
      for (int step = replay.config().steps() - 1; step >= 0; step--) {
        back(step, adjoints, scores);
        progress.advance(1);
      }
    } finally {
      adjoints.forEach(Adjoint::close);
    }
    return scores;
  }

  private static List<Adjoint> adjoints(float[][] questions) {
    List<Adjoint> adjoints = new ArrayList<>();
    for (int from = 0; from < questions.length; from += BLOCK) {
      float[][] some =
          Arrays.copyOfRange(questions, from, Math.min(questions.length, from + BLOCK));
      Tensor rows = GradientRows.zeros(some.length, some[0].length);
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        for (int q = 0; q < some.length; q++) {
          Libtorch.write(rows.select(0, q), some[q]);
        }
      }
      adjoints.add(new Adjoint(rows));
    }
    return adjoints;
  }

  private void back(int step, List<Adjoint> adjoints, double[][] scores) {
    TrainingReplay.Before before = replay.goBefore(step, parts);
    List<DenoisingDraws> images = replay.batch(step);
    int[] examples = replay.examples(step);
    Tensor psi = curvature.outputs() == 0 ? null : psi(step, images);
    try (GradientRows gradients = rows(OutputFunction.LOSS, images);
        AdamStep adam = adamStep(before, gradients.rows())) {
      Tensor rows = gradients.rows();
      centre(rows, adam);
      Tensor[] byGradient = new Tensor[adjoints.size()];
      parts.forEach(
          byGradient.length,
          block -> {
            byGradient[block] = adjoints.get(block).back(adam);
            add(byGradient[block], rows, examples, scores, block * BLOCK);
            if (psi != null) {
              adjoints.get(block).add(byGradient[block], psi);
            }
          });
      if (curvature.isExact()) {
        addHessian(before, images, byGradient, adjoints);
      }
      for (Tensor one : byGradient) {
        one.close();
      }
    } finally {
      if (psi != null) {
        psi.close();
      }
    }
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

  /**
   * Ψ of a batch, whose ΨᵀΨ is the Gauss–Newton matrix of its mean loss on average, [r, p]: R rows
   * of each image, or one of each of R·B images drawn for the step, at least one.
   */
  private Tensor psi(int step, List<DenoisingDraws> images) {
    Seed ofStep = probes.child(step);
    List<DenoisingDraws> probed = new ArrayList<>();
    int each = (int) Math.max(1, curvature.outputs());
    int[] places =
        curvature.outputs() < 1
            ? Arrays.copyOf(
                ofStep.child("images").stream().permutation(images.size()),
                (int) Math.max(1, Math.rint(curvature.outputs() * images.size())))
            : IntStream.range(0, images.size()).toArray();
    for (int r = 0; r < each; r++) {
      for (int place : places) {
        probed.add(images.get(place).withProbe(ofStep.child(r).child(place)));
      }
    }
    double numbers = replay.model().shape().numel();
    Tensor rows = rows(OutputFunction.PROBE, probed).rows();
    try (NoGradGuard guard = new NoGradGuard()) {
      rows.mul_(new Scalar(Math.sqrt(2 * numbers / probed.size())));
    }
    return rows;
  }

  private static void add(
      Tensor byGradient, Tensor rows, int[] examples, double[][] scores, int first) {
    float[] products;
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      products = Libtorch.floats(byGradient.mm(rows.t()));
    }
    for (int i = 0; i < products.length; i++) {
      scores[first + i / examples.length][examples[i % examples.length]] -= products[i];
    }
  }

  /** A·H, question by question: [∇L(θ + h·a) − ∇L(θ − h·a)] / 2h. */
  private void addHessian(
      TrainingReplay.Before before,
      List<DenoisingDraws> images,
      Tensor[] byGradient,
      List<Adjoint> adjoints) {
    double length = length(before.weights());
    for (int block = 0; block < byGradient.length; block++) {
      for (int q = 0; q < byGradient[block].size(0); q++) {
        float[] direction;
        try (PointerScope scope = new PointerScope()) {
          direction = Libtorch.floats(byGradient[block].select(0, q));
        }
        double norm = length(direction);
        if (norm == 0) {
          continue;
        }
        double h = MOVE * length / norm;
        try (GradientSum up =
                replay.gradient(images, moved(before.weights(), direction, h), parts);
            GradientSum down =
                replay.gradient(images, moved(before.weights(), direction, -h), parts);
            PointerScope scope = new PointerScope();
            NoGradGuard guard = new NoGradGuard()) {
          adjoints.get(block).add(q, up.gradient().sub(down.gradient()).div_(new Scalar(2 * h)));
        }
      }
    }
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
