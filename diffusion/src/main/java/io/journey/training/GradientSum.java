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
  private record Share(Tensor loss, Tensor gradient) {}

  private final Map<Integer, Share> waiting = new TreeMap<>();
  private int next;
  private Tensor loss;
  private Tensor gradient;

  /**
   * @param pass counted from 0, each added once
   * @param passLoss its share of the loss, one number; copied by reference, may leave its scope
   * @param passGradient its share of the gradient, [p]; likewise
   */
  public synchronized void add(int pass, Tensor passLoss, Tensor passGradient) {
    waiting.put(pass, new Share(Libtorch.keep(passLoss), Libtorch.keep(passGradient)));
    for (Share share = waiting.remove(next); share != null; share = waiting.remove(next)) {
      next++;
      loss = added(loss, share.loss());
      gradient = added(gradient, share.gradient());
    }
  }

  private static Tensor added(Tensor sum, Tensor share) {
    if (sum == null) {
      return share;
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      sum.add_(share);
    }
    share.close();
    return sum;
  }

  /** Returns the sum of all shares of the gradient, [p]; closed with this object. */
  public Tensor gradient() {
    return gradient;
  }

  /** Returns the sum of all shares of the loss; waits for a device that is still at work. */
  public float loss() {
    return Libtorch.number(loss);
  }

  @Override
  public synchronized void close() {
    for (Share share : waiting.values()) {
      share.loss().close();
      share.gradient().close();
    }
    if (gradient != null) {
      loss.close();
      gradient.close();
    }
  }
}
