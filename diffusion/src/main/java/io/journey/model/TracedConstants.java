package io.journey.model;

import io.journey.tensor.Libtorch;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Block;
import org.bytedeco.pytorch.BlockArrayRef;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.FunctionVector;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.GraphFunction;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueOptional;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.graph_node_list_iterator;

/**
 * Mends what {@code torch.jit.trace} makes constant in a program.
 *
 * <p>Numbers become scalars again. A trace writes the Python number of {@code torch.arange(n) *
 * 0.5} as a float64 tensor without dimensions. As a tensor it makes the product float64, as a
 * number float32; the next matrix product then meets two number types and fails. PyTorch's graph
 * optimizer, which Journey leaves off, takes such a constant for a number in sums, differences,
 * products and quotients; this does the same.
 *
 * <p>Devices become the one of this process. A trace writes {@code torch.arange(n,
 * device=x.device)} with the device that it was made on, and the program then meets its own tensors
 * on that and its inputs elsewhere.
 */
final class TracedConstants {
  private static final Set<String> ARITHMETIC =
      Set.of("aten::add", "aten::sub", "aten::mul", "aten::div");

  private TracedConstants() {}

  /** Rewrites all functions of a module that has not run yet. */
  static void restore(JitModule module) {
    FunctionVector functions = module._ivalue().compilation_unit().get_functions();
    for (long i = 0; i < functions.size(); i++) {
      functions.get(i).ensure_defined();
      GraphFunction function = torch.tryToGraphFunction(functions.get(i));
      if (function != null) {
        restore(function.graph(), function.graph().block());
      }
    }
  }

  private static void restore(Graph graph, Block block) {
    Pointer end = block.return_node();
    graph_node_list_iterator at = block.nodes().begin();
    for (JitNode node = at.multiply(); !node.equals(end); node = at.multiply()) {
      BlockArrayRef inner = node.blocks();
      for (long b = 0; b < inner.size(); b++) {
        restore(graph, inner.get(b));
      }
      String kind = node.kind().toQualString().getString();
      if (ARITHMETIC.contains(kind)) {
        restoreNumber(graph, node);
      } else if (kind.equals("prim::Constant")) {
        restoreDevice(graph, node);
      }
      at.increment();
    }
  }

  private static void restoreDevice(Graph graph, JitNode node) {
    IValueOptional constant = torch.toIValue(node.output());
    if (!constant.has_value() || !constant.get().isDevice()) {
      return;
    }
    Device here = Libtorch.device().torch();
    if (constant.get().toDevice().notEquals(here)) {
      graph.setInsertPoint(node);
      node.output().replaceAllUsesWith(graph.insertConstant(new IValue(here)));
    }
  }

  /** The second operand only: PyTorch has no other place for a number. */
  private static void restoreNumber(Graph graph, JitNode node) {
    IValueOptional constant = torch.toIValue(node.input(1));
    if (!constant.has_value() || !constant.get().isTensor()) {
      return;
    }
    Tensor number = constant.get().toTensor();
    if (number.defined() && number.dim() == 0) {
      graph.setInsertPoint(node);
      node.replaceInput(1, graph.insertConstant(new IValue(number.item())));
    }
  }
}
