package io.journey.nn;

import java.util.ArrayList;
import java.util.List;

/** A part of a network: a layer with weights, or several modules put together. */
public interface Module {
  /** Returns the name, with dots: {@code down_blocks.0.resnets.1}; "" for a whole network. */
  String name();

  /** Returns the modules inside this one, in the order they announce their weights. */
  List<Module> children();

  /** Returns the weights of this module alone, without those of its children. */
  default List<Parameter> ownWeights() {
    return List.of();
  }

  /** Returns the weights of this module and of all inside it, its own first. */
  default List<Parameter> weights() {
    List<Parameter> weights = new ArrayList<>(ownWeights());
    children().forEach(child -> weights.addAll(child.weights()));
    return weights;
  }
}
