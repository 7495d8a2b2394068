package io.journey.model;

import io.journey.array.PyTorchFile;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A program that {@code torch.jit.save} has written, in evaluation mode.
 *
 * <p>Loading a program runs it. It can do what TorchScript's operators can, among them read and
 * write files: it is loaded only where the user has asked for it as a program.
 */
public final class TorchScriptProgram implements AutoCloseable {
  /** What begins the native stack, below the reason. */
  private static final String NATIVE_STACK = "Exception raised from";

  /** The words of libtorch. */
  private static final String TWO_DEVICES = "tensors to be on the same device";

  private final JitModule module;

  private TorchScriptProgram(JitModule module) {
    this.module = module;
  }

  /**
   * Loads a program.
   *
   * @param type the number type its weights are brought to
   * @throws JourneyException if it is no TorchScript, or damaged
   */
  public static TorchScriptProgram load(Path file, ScalarType type) {
    if (!PyTorchFile.isTorchScript(file)) {
      throw new JourneyException(
          file + " is not a TorchScript program: name it without \"torchscript:\".");
    }
    try (PointerScope scope = new PointerScope()) {
      JitModule module = Libtorch.program(file);
      TracedConstants.restore(module);
      module.eval();
      module.to(type);
      module.retainReference();
      return new TorchScriptProgram(module);
    } catch (RuntimeException e) {
      throw new JourneyException(
          file + " cannot be loaded as TorchScript: " + reason(e) + ": save it again.", e);
    }
  }

  /**
   * Refuses a program that failed because it makes tensors on another device than its inputs are
   * on, in words of its own.
   *
   * @throws JourneyException if that is why
   */
  public static void requireOneDevice(Path file, RuntimeException failure) {
    String name = Libtorch.device().name();
    if (!Libtorch.device().isCpu() && String.valueOf(failure.getMessage()).contains(TWO_DEVICES)) {
      throw new JourneyException(
          file
              + " makes tensors on another device and cannot run on "
              + name
              + ": "
              + reason(failure)
              + ": leave out --device, or save the program with tensors made where its input is.",
          failure);
    }
  }

  /** Why TorchScript failed, in a line. */
  public static String reason(RuntimeException e) {
    List<String> lines =
        String.valueOf(e.getMessage())
            .lines()
            .takeWhile(line -> !line.startsWith(NATIVE_STACK))
            .filter(line -> !line.isBlank())
            .toList();
    // The reason is the last line of TorchScript's stack, or the only line.
    String line = lines.isEmpty() ? e.getClass().getSimpleName() : lines.get(lines.size() - 1);
    return line.strip();
  }

  JitModule module() {
    return module;
  }

  /**
   * Runs {@code forward}. Its result must be a tensor or a tuple that begins with one.
   *
   * @return that tensor, in the caller's scope
   */
  public Tensor run(Tensor... inputs) {
    IValueVector values = new IValueVector();
    for (Tensor input : inputs) {
      values.push_back(new IValue(input));
    }
    // Of this thread. The optimizer would rewrite the program after some runs, and its rounding.
    torch.setGraphExecutorOptimize(false);
    IValue out = module.forward(values);
    if (out.isTuple()) {
      out = out.toTuple().elements().get(0);
    }
    if (!out.isTensor()) {
      throw new JourneyException(
          "A TorchScript program returns a " + out.tagKind().getString() + ", expected a tensor.");
    }
    return out.toTensor();
  }

  @Override
  public void close() {
    module.close();
  }
}
