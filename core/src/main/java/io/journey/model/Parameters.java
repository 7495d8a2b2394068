package io.journey.model;

import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * All weights of a model: one flat vector of p numbers, of which every {@link Parameter} is a view.
 * An optimizer writes the vector; layers read the views.
 */
public final class Parameters implements AutoCloseable {
  private final List<Parameter> list = new ArrayList<>();
  private int count;
  private Tensor flat;

  /** Announces a weight; layers do so while the model is built. */
  Parameter add(String name, int fanIn, long... shape) {
    Parameter parameter = new Parameter(name, count, fanIn, shape);
    list.add(parameter);
    count = Math.addExact(count, parameter.numel());
    return parameter;
  }

  /** Makes the vector, all zeros, once every weight is announced. */
  void allocate(ScalarType type) {
    try (PointerScope scope = new PointerScope()) {
      flat = Libtorch.keep(Libtorch.zeros(type, count));
      for (Parameter parameter : list) {
        Tensor view = flat.narrow(0, parameter.offset(), parameter.numel()).view(parameter.shape());
        parameter.bind(Libtorch.keep(view.detach().set_requires_grad(true)));
      }
    }
  }

  /**
   * The weights of a module that is not built of Journey's layers: a new vector takes over their
   * numbers, and they become views of it.
   *
   * @param leaves the module's own tensors by name; they stay its tensors
   */
  static Parameters adopt(Map<String, Tensor> leaves, ScalarType type) {
    Parameters parameters = new Parameters();
    leaves.forEach((name, leaf) -> parameters.add(name, 0, leaf.shape()));
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      parameters.flat = Libtorch.keep(Libtorch.zeros(type, parameters.count));
      for (Parameter parameter : parameters.list) {
        Tensor leaf = leaves.get(parameter.name());
        Tensor view =
            parameters
                .flat
                .narrow(0, parameter.offset(), parameter.numel())
                .view(parameter.shape());
        view.copy_(leaf);
        leaf.set_data(view);
        leaf.set_requires_grad(true);
        parameter.bind(Libtorch.keep(leaf));
      }
    }
    return parameters;
  }

  /**
   * PyTorch's default start: weights and biases of convolutions and linear layers uniform in
   * ±1/√fan_in, norms 1 and 0. Every weight has its own seed by name.
   */
  void initialize(Seed seed) {
    float[] values = new float[count];
    for (Parameter parameter : list) {
      RandomStream stream = seed.child(parameter.name()).stream();
      double bound = parameter.fanIn() == 0 ? 0 : 1 / Math.sqrt(parameter.fanIn());
      boolean scale = parameter.fanIn() == 0 && parameter.name().endsWith("weight");
      for (int i = 0; i < parameter.numel(); i++) {
        values[parameter.offset() + i] = scale ? 1 : (float) (bound * (2 * stream.uniform(i) - 1));
      }
    }
    set(values);
  }

  /** The weights in the order of the flat vector. */
  public List<Parameter> list() {
    return Collections.unmodifiableList(list);
  }

  /** p, the number of weights. */
  public int count() {
    return count;
  }

  /** The number type. */
  public ScalarType type() {
    return flat.scalar_type().intern();
  }

  /** The vector itself, [p]; owned by this object. */
  public Tensor flat() {
    return flat;
  }

  /** A copy of the vector, [p]. */
  public float[] get() {
    try (PointerScope scope = new PointerScope()) {
      return Libtorch.floats(flat);
    }
  }

  /** Overwrites the vector. */
  public void set(float[] values) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Libtorch.write(flat, values);
    }
  }

  /** The views as leaves for {@code torch.grad}, in order; lives in the caller's scope. */
  public TensorVector leaves() {
    TensorVector leaves = new TensorVector();
    for (Parameter parameter : list) {
      leaves.push_back(parameter.tensor());
    }
    return leaves;
  }

  @Override
  public void close() {
    for (Parameter parameter : list) {
      parameter.tensor().close();
    }
    flat.close();
  }
}
