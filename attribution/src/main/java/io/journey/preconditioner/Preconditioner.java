package io.journey.preconditioner;

import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;

/**
 * A fixed linear map of gradients, weight by weight. Safe for many threads until it is closed. A
 * preconditioner never forms the gradient of all weights.
 */
public interface Preconditioner extends AutoCloseable {
  /** Leaves gradients as they are. */
  Preconditioner NONE =
      new Preconditioner() {
        @Override
        public boolean keeps(Parameter weight) {
          return true;
        }

        @Override
        public LayerGradient apply(Parameter weight, LayerGradient gradient) {
          return gradient;
        }
      };

  /** Returns whether a weight counts; the gradients of others are not even computed. */
  boolean keeps(Parameter weight);

  /**
   * Returns the preconditioned gradients of a weight that counts.
   *
   * @param gradient valid during the call that uses the result
   */
  LayerGradient apply(Parameter weight, LayerGradient gradient);

  /** Gives back native memory, where there is any. */
  @Override
  default void close() {}
}
