package io.journey.nn;

import io.journey.random.Seed;
import io.journey.run.SettingException;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * All weights of a model: θ, one flat vector of p numbers, of which every {@link Parameter} is a
 * view, and constants beside it that no gradient is taken for. An optimizer writes the vector;
 * layers read the views.
 */
public final class Parameters implements AutoCloseable {
  private final List<Parameter> list = new ArrayList<>();
  private final List<Parameter> frozen = new ArrayList<>();
  private int count;
  private Tensor flat;
  private Tensor frozenFlat; // what was θ before it was frozen, or null

  /**
   * Announces a weight; layers do so while the model is built.
   *
   * @param fanIn how many inputs feed one output: it starts uniform in ±1/√fanIn
   */
  public Parameter add(String name, int fanIn, long... shape) {
    double bound = 1 / Math.sqrt(fanIn);
    return add(name, (stream, i) -> (float) (bound * (2 * stream.uniform(i) - 1)), shape);
  }

  /** Announces a weight that starts with a standard Gaussian. */
  public Parameter addGaussian(String name, long... shape) {
    return add(name, (stream, i) -> (float) stream.gaussian(i), shape);
  }

  /** Announces a weight that starts with one value everywhere. */
  public Parameter addConstant(String name, float value, long... shape) {
    return add(name, (stream, i) -> value, shape);
  }

  private Parameter add(String name, Parameter.Start start, long... shape) {
    try {
      Parameter parameter = new Parameter(name, count, start, shape);
      count = Math.addExact(count, parameter.numel());
      list.add(parameter);
      return parameter;
    } catch (ArithmeticException e) {
      throw new SettingException(
          "the model has more than the "
              + Integer.MAX_VALUE
              + " weights it may have: make its block_out_channels smaller",
          e);
    }
  }

  /** Announces a constant outside θ that is Gaussian with a standard deviation. */
  public Parameter addFrozen(String name, double deviation, long... shape) {
    Parameter.Start start = (stream, i) -> (float) (deviation * stream.gaussian(i));
    Parameter parameter = new Parameter(name, -1, start, shape);
    frozen.add(parameter);
    return parameter;
  }

  /**
   * Makes constants of all weights, whose numbers stay where they are. θ is empty then: weights are
   * announced and allocated anew.
   *
   * @throws IllegalStateException if it was done before
   */
  public void freeze() {
    if (frozenFlat != null) {
      throw new IllegalStateException("these weights were frozen before");
    }
    list.forEach(Parameter::freeze);
    frozen.addAll(0, list);
    list.clear();
    count = 0;
    frozenFlat = flat;
    flat = null;
  }

  /**
   * Makes the vector, all zeros, once every weight is announced. Constants that have numbers keep
   * them.
   */
  public void allocate(ScalarType type) {
    try (PointerScope scope = new PointerScope()) {
      flat = Libtorch.keep(Libtorch.zeros(type, count));
      for (Parameter parameter : list) {
        Tensor view = flat.narrow(0, parameter.offset(), parameter.numel()).view(parameter.shape());
        parameter.bind(Libtorch.keep(view.detach().set_requires_grad(true)));
      }
      for (Parameter parameter : frozen) {
        if (parameter.tensor() == null) {
          parameter.bind(Libtorch.keep(Libtorch.zeros(type, parameter.shape())));
        }
      }
    }
  }

  /**
   * Returns the weights of a module that is not built of Journey's layers: a new vector takes over
   * their numbers, and they become views of it.
   *
   * @param leaves the module's own tensors by name; they stay its tensors
   */
  public static Parameters adopt(Map<String, Tensor> leaves, ScalarType type) {
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
   * ±1/√fan_in, norms 1 and 0, tables Gaussian. Every weight has its own seed by name.
   */
  public void initialize(Seed seed) {
    start(seed);
    for (Parameter parameter : frozen) {
      float[] constant = new float[parameter.numel()];
      parameter.start(seed.child(parameter.name()).stream(), constant, 0);
      parameter.set(constant);
    }
  }

  /** The same of θ; constants stay. */
  public void start(Seed seed) {
    float[] values = new float[count];
    for (Parameter parameter : list) {
      parameter.start(seed.child(parameter.name()).stream(), values, parameter.offset());
    }
    set(values);
  }

  /** Returns the weights in the order of the flat vector. */
  public List<Parameter> list() {
    return Collections.unmodifiableList(list);
  }

  /** Returns the constants, which are no part of θ. */
  public List<Parameter> frozen() {
    return Collections.unmodifiableList(frozen);
  }

  /** Returns all that a checkpoint holds: the weights, then the constants. */
  public List<Parameter> stored() {
    List<Parameter> stored = new ArrayList<>(list);
    stored.addAll(frozen);
    return stored;
  }

  /** p, the number of weights. */
  public int count() {
    return count;
  }

  /** Returns the number type. */
  public ScalarType type() {
    return flat.scalar_type().intern();
  }

  /** Returns the vector itself, [p]; owned by this object. */
  public Tensor flat() {
    return flat;
  }

  /** Returns a copy of the vector, [p]. */
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

  /**
   * Returns the gradient of a scalar by all weights.
   *
   * @param of one number, which depends on every weight
   * @return [p]; lives in the caller's scope
   */
  public Tensor gradient(Tensor of) {
    TensorVector gradients = Libtorch.gradients(of, leaves());
    TensorVector flattened = new TensorVector();
    for (long i = 0; i < gradients.size(); i++) {
      flattened.push_back(gradients.get(i).reshape(-1));
    }
    return torch.cat(flattened, 0);
  }

  /** Returns the views as leaves for {@code torch.grad}, in order; lives in the caller's scope. */
  public TensorVector leaves() {
    TensorVector leaves = new TensorVector();
    for (Parameter parameter : list) {
      leaves.push_back(parameter.tensor());
    }
    return leaves;
  }

  @Override
  public void close() {
    for (Parameter parameter : stored()) {
      parameter.tensor().close();
    }
    flat.close();
    if (frozenFlat != null) {
      frozenFlat.close();
    }
  }
}
