package io.journey.nn;

import io.journey.tensor.Libtorch;
import org.bytedeco.pytorch.Tensor;

/**
 * What the rows of a batch attend to: the tokens of U entries, each of which any number of rows may
 * have. What is made of an entry's tokens is made once, and autograd sums the gradients of its
 * rows.
 *
 * @param states (U, S', C')
 * @param ofRows the entry of each row, int64 (B)
 */
public record Context(Tensor states, Tensor ofRows) {

  /** Gives the rows their entries. */
  public static Context of(Tensor states, int[] ofRows) {
    return new Context(states, Libtorch.of(ofRows));
  }

  /** Gives every row what was made of its entry: (U, …) -> (B, …) */
  Tensor spread(Tensor made) {
    return made.index_select(0, ofRows);
  }
}
