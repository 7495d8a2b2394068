package io.journey.nn;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A linear map over the last dimension, with or without bias. */
public final class Linear implements Adaptable {
  private final Parameter weight; // (O, I)
  private final Parameter bias; // (O), or null
  private LowRankPair<Linear> pair; // or null

  /** A linear map with bias. */
  public Linear(Parameters parameters, String name, int in, int out) {
    this(parameters, name, in, out, true);
  }

  /** Announces the weights. */
  public Linear(Parameters parameters, String name, int in, int out, boolean bias) {
    this.weight = parameters.add(name + ".weight", in, out, in);
    this.bias = bias ? parameters.add(name + ".bias", in, out) : null;
  }

  /** (B, …, I) -> (B, …, O) */
  public Tensor forward(Tensor x, Tape tape) {
    TensorOptional shift = bias == null ? new TensorOptional() : new TensorOptional(bias.tensor());
    Tensor y = torch.linear(x, weight.tensor(), shift);
    tape.record(this, x, y);
    return pair == null ? y : pair.add(y, pair.down().forward(x, tape), Linear::forward, tape);
  }

  @Override
  public Parameter weight() {
    return weight;
  }

  @Override
  public Parameter bias() {
    return bias;
  }

  @Override
  public void adapt(Parameters parameters, int rank, double scale) {
    long[] shape = weight.shape();
    pair =
        new LowRankPair<>(
            new Linear(parameters, name() + DOWN, (int) shape[1], rank, false),
            new Linear(parameters, name() + UP, rank, (int) shape[0], false),
            scale);
  }

  @Override
  public LowRankPair<Linear> pair() {
    return pair;
  }

  @Override
  public List<Module> children() {
    return pair == null ? List.of() : pair.layers();
  }

  /** Gradients are sums of outer products over draws and tokens. */
  @Override
  public ExampleGradientRule rule() {
    return (use, delta, sink) -> {
      Tensor deltas = use.tokens(delta);
      if (sink.wants(weight)) {
        long tokens = deltas.size(1) / use.draws();
        sink.accept(weight, new OuterProducts(deltas, use.tokens(use.input()), tokens));
      }
      if (bias != null && sink.wants(bias)) {
        sink.accept(bias, FormedGradient.of(bias, deltas.sum(1)));
      }
    };
  }
}
