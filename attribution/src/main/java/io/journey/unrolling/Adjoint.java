package io.journey.unrolling;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.tensor.Libtorch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The derivatives of some questions by what a training step leaves behind of some of a model's
 * weights, p of them, taken back step by step: U_θ by the weights, U_m and U_v by Adam's moments,
 * each [n, p] for n questions. The chain rule through Adam is that of AdamW-influence (arXiv
 * 2605.18814); the checkpoint is the moving average θ̄' = d·θ̄ + (1−d)·θ' of weights, or the last
 * ones.
 */
final class Adjoint implements AutoCloseable {
  private final Tensor questions; // by the checkpoint, [n, p]
  private final Tensor weights; // U_θ
  private final Tensor mean; // U_m
  private final Tensor square; // U_v
  private double share = 1; // of the checkpoint that is an average of earlier weights

  /**
   * @param questions gradients by the checkpoint's weights, [n, p]; closed with this object
   */
  Adjoint(Tensor questions) {
    this.questions = questions;
    this.weights = GradientRows.zeros(questions.size(0), questions.size(1));
    this.mean = GradientRows.zeros(questions.size(0), questions.size(1));
    this.square = GradientRows.zeros(questions.size(0), questions.size(1));
  }

  /**
   * Goes back to before a step, but for what the step's gradient owes to the weights.
   *
   * @return A, the derivative of the questions by the step's gradient, [n, p]; in the caller's
   *     scope
   */
  Tensor back(AdamStep step) {
    try (NoGradGuard guard = new NoGradGuard()) {
      weights.add_(questions, new Scalar(share * (1 - step.kept())));
      share *= step.kept();
      mean.addcmul_(weights, step.byMean(), new Scalar(1));
      square.addcmul_(weights, step.bySquare(), new Scalar(1));
      Tensor byGradient = mean.mul(new Scalar(1 - step.beta1()));
      byGradient.addcmul_(square, step.gradient(), new Scalar(2 * (1 - step.beta2())));
      mean.mul_(new Scalar(step.beta1()));
      square.mul_(new Scalar(step.beta2()));
      return byGradient;
    }
  }

  /**
   * Adds what the step's gradient owes to the weights, A·H with H = ΨᵀΨ.
   *
   * @param byPsi A·Ψᵀ over all weights of the model, [n, r]
   * @param psi Ψ, [r, p]
   */
  void add(Tensor byPsi, Tensor psi) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      weights.addmm_(byPsi, psi);
    }
  }

  /**
   * The same of one question, whose product is known.
   *
   * @param question its number
   * @param product row of A·H, [p]
   */
  void add(int question, Tensor product) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      weights.select(0, question).add_(product);
    }
  }

  /** Returns the share of the checkpoint that is an average of earlier weights. */
  double share() {
    return share;
  }

  /**
   * Adds U_θ, U_m and U_v to a file.
   *
   * @param part of the weights, which its tensors are called by
   */
  void addTo(Safetensors.Writer writer, int part) {
    long[] shape = {questions.size(0), questions.size(1)};
    state()
        .forEach(
            (name, tensor) ->
                writer.add(
                    name + part,
                    out -> {
                      try (PointerScope scope = new PointerScope()) {
                        Npy.writeNumbers(out, DType.F32, Libtorch.floats(tensor));
                      }
                    },
                    shape));
  }

  /**
   * Takes them from a file.
   *
   * @return whether it has them in these shapes; otherwise nothing is taken
   */
  boolean restore(Safetensors file, int part, double share) {
    List<Long> shape = List.of(questions.size(0), questions.size(1));
    if (!state().keySet().stream()
        .allMatch(
            name ->
                file.names().contains(name + part)
                    && file.dtype(name + part) == DType.F32
                    && file.shape(name + part).equals(shape))) {
      return false;
    }
    this.share = share;
    state().forEach((name, tensor) -> Libtorch.write(tensor, file.floats(name + part)));
    return true;
  }

  private Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>(); // in the order of the file
    state.put("weights.", weights);
    state.put("mean.", mean);
    state.put("square.", square);
    return state;
  }

  @Override
  public void close() {
    questions.close();
    weights.close();
    mean.close();
    square.close();
  }
}
