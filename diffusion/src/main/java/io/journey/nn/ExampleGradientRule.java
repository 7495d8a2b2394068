package io.journey.nn;

import org.bytedeco.pytorch.Tensor;

/**
 * The rule by which the weights of a layer get the gradient of each example in a batch, from the
 * layer's input and the gradient δ of its output (Goodfellow 2015). A new kind of layer brings its
 * own rule.
 */
@FunctionalInterface
public interface ExampleGradientRule {
  /** Receives gradients. */
  interface Sink {
    /** Returns whether the gradients of a weight are wanted. */
    boolean wants(Parameter weight);

    /** Takes the gradients of a weight, those of all examples of the batch. */
    void accept(Parameter weight, LayerGradient gradient);
  }

  /**
   * One use of a layer in a forward pass, of N examples with R draws each: row r·N + n of the batch
   * is draw r of example n. A layer that is used on the captions of an example has as many rows of
   * it as there are captions, and that as its R.
   *
   * @param input of the layer, [R·N, …]
   * @param saved what the layer put on the tape besides
   * @param draws R of the layer
   */
  record Use(Tensor input, Tensor[] saved, long draws) {
    /**
     * Returns the use of a layer whose input has a row for each draw of each example, or a row for
     * each entry of {@link io.journey.condition.Conditioning#ofImages}.
     *
     * @param draws R of the batch
     * @throws IllegalStateException if examples have no equal number of rows, at most R each: then
     *     rows belong to several examples, and their gradients cannot be told apart
     */
    public static Use of(Tensor input, Tensor[] saved, long examples, long draws) {
      long rows = input.size(0);
      if (rows == 0 || rows % examples != 0 || rows > examples * draws) {
        throw new IllegalStateException(
            "a layer saw "
                + rows
                + " rows of "
                + examples
                + " examples with "
                + draws
                + " draws: examples that share an entry of Conditioning have no gradients of their"
                + " own");
      }
      return new Use(input, saved, rows / examples);
    }

    /** N. */
    public long examples() {
      return input.size(0) / draws;
    }

    /** Brings channels of each example together: (R·N, C, …) to (N, C, R·L) of L positions. */
    public Tensor channels(Tensor x) {
      Tensor byDraw = x.reshape(draws, examples(), x.size(1), -1); // (R, N, C, L)
      return byDraw.permute(1, 2, 0, 3).reshape(examples(), x.size(1), -1);
    }

    /** Brings tokens of each example together: (R·N, …, C) to (N, R·L, C) of L tokens. */
    public Tensor tokens(Tensor x) {
      long width = x.size(-1);
      Tensor byDraw = x.reshape(draws, examples(), -1, width); // (R, N, L, C)
      return byDraw.transpose(0, 1).reshape(examples(), -1, width);
    }
  }

  /**
   * Hands over the gradients of the weights that are wanted.
   *
   * @param use of the layer
   * @param delta δ, shaped like the layer's output
   */
  void apply(Use use, Tensor delta, Sink sink);
}
