package io.journey.training;

import io.journey.tensor.Libtorch;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * The gradient of a step, summed over its passes in their order, whichever is ready first: the same
 * bytes for any number of threads. A pass that is ahead of its turn waits here.
 */
public final class GradientSum implements AutoCloseable {
  private record Share(float loss, Tensor gradient) {}

  private final Map<Integer, Share> waiting = new TreeMap<>();
  private int next;
  private float loss;
  private Tensor gradient;

  /**
   * @param pass counted from 0, each added once
   * @param passLoss its share of the loss
   * @param passGradient its share of the gradient, [p]; copied by reference, may leave its scope
   */
  public synchronized void add(int pass, float passLoss, Tensor passGradient) {
    waiting.put(pass, new Share(passLoss, Libtorch.keep(passGradient)));
    for (Share share = waiting.remove(next); share != null; share = waiting.remove(next)) {
      next++;
      loss += share.loss();
      if (gradient == null) {
        gradient = share.gradient();
      } else {
        addToSum(share.gradient());
      }
    }
  }

  private void addToSum(Tensor share) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      gradient.add_(share);
    }
    share.close();
  }

  /** Returns the sum of all shares of the gradient, [p]; closed with this object. */
  public Tensor gradient() {
    return gradient;
  }

  /** Returns the sum of all shares of the loss. */
  public float loss() {
    return loss;
  }

  @Override
  public synchronized void close() {
    waiting.values().forEach(share -> share.gradient().close());
    if (gradient != null) {
      gradient.close();
    }
  }
}
