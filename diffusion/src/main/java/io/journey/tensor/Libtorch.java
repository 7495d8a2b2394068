package io.journey.tensor;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACKE_ssyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.LayoutOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The door to libtorch: the device, threads, and numbers in and out of native tensors.
 *
 * <p>Tensors made here belong to the caller's {@code PointerScope}, if one is open.
 */
public final class Libtorch {
  private static final byte VECTORS_TOO = 'V';
  private static final byte LOWER = 'L';

  private static volatile Device device = Device.CPU;

  private Libtorch() {}

  /**
   * Chooses the device of all tensors made from now on. A process chooses once: tensors of two
   * devices do not meet.
   */
  public static void use(Device chosen) {
    device = chosen;
  }

  /** Returns the device of tensors. */
  public static Device device() {
    return device;
  }

  /**
   * Makes libtorch compute on the calling thread alone. Every worker thread calls it first:
   * parallelism is one worker thread per core, never threads inside an operation.
   */
  public static void singleThreaded() {
    // The presets of OpenBLAS look the function up by a native name, each time anew.
    try (PointerScope scope = new PointerScope()) {
      torch.set_num_threads(1);
      openblas.blas_set_num_threads(1);
    }
  }

  /** An uninitialised tensor. */
  public static Tensor empty(ScalarType type, long... shape) {
    return empty(device.optional(), type, shape);
  }

  static Tensor empty(DeviceOptional place, ScalarType type, long... shape) {
    return torch.empty(
        shape,
        new ScalarTypeOptional(type),
        new LayoutOptional(),
        place,
        new BoolOptional(),
        new MemoryFormatOptional());
  }

  /**
   * Computes with factors of few bits in convolutions and products where the device was asked for
   * that, by libtorch's autocast: weights and sums stay in float32.
   */
  public static Tensor inTrainingPrecision(Supplier<Tensor> computation) {
    if (!device.isHalf()) {
      return computation.get();
    }
    torch.DeviceType type = device.torch().type();
    torch.set_autocast_dtype(type, ScalarType.BFloat16);
    torch.set_autocast_enabled(type, true);
    torch.increment_nesting();
    try {
      return computation.get();
    } finally {
      if (torch.decrement_nesting() == 0) {
        torch.clear_cache();
      }
      torch.set_autocast_enabled(type, false);
    }
  }

  /** Lets a tensor outlive the scope it was made in; its owner closes it. */
  public static Tensor keep(Tensor tensor) {
    tensor.retainReference();
    return tensor;
  }

  /**
   * Computes in a scope of its own: of all that is made there the result alone lives on, in the
   * caller's scope.
   */
  public static Tensor inOwnScope(Supplier<Tensor> computation) {
    Tensor result;
    try (PointerScope scope = new PointerScope()) {
      result = keep(computation.get());
    }
    PointerScope outer = PointerScope.getInnerScope();
    if (outer != null) {
      outer.attach(result);
      result.releaseReference();
    }
    return result;
  }

  /** A tensor of zeros. */
  public static Tensor zeros(ScalarType type, long... shape) {
    return empty(type, shape).zero_();
  }

  /** Copies numbers into a new float32, float64 or bfloat16 tensor. */
  public static Tensor of(float[] values, ScalarType type, long... shape) {
    Tensor tensor = empty(type, shape);
    write(tensor, values);
    return tensor;
  }

  /**
   * Adds left·right·scale to a contiguous tensor. The processor does it for every device: the
   * digest of weights that are changed so is the same wherever they are read.
   *
   * @param left [outputs, rank], where {@code sum} is [outputs, …]
   * @param right [rank, …]
   */
  public static void addProduct(Tensor sum, float[] left, float[] right, int rank, double scale) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor here = here(sum);
      ScalarType type = sum.scalar_type().intern();
      Tensor a = empty(Device.CPU.optional(), type, rank, right.length / rank);
      Tensor b = empty(Device.CPU.optional(), type, left.length / rank, rank);
      write(a, right);
      write(b, left);
      here.add_(b.matmul(a).view(sum.shape()), new Scalar(scale));
      if (!sum.is_cpu()) {
        sum.copy_(here);
      }
    }
  }

  /**
   * Returns a tensor over numbers in the machine's memory, which are not copied.
   *
   * @param direct a direct buffer in the order of bytes of this machine, which the tensor must not
   *     outlive, nor change where the buffer may not be changed
   */
  public static Tensor over(ByteBuffer direct, ScalarType type, long... shape) {
    return torch.from_blob(new BytePointer(direct), shape, new TensorOptions(type));
  }

  /** Copies integers into a new int64 tensor. */
  public static Tensor of(int[] values) {
    long[] longs = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      longs[i] = values[i];
    }
    return moved(Tensor.create(longs, values.length));
  }

  /** Brings a tensor of the machine's memory to the device. */
  private static Tensor moved(Tensor tensor) {
    return device.isCpu() ? tensor : tensor.to(device.torch(), tensor.scalar_type().intern());
  }

  /** Reads what {@code torch.jit.save} wrote, its tensors on the device, wherever they were. */
  public static JitModule program(Path file) {
    return torch.load(file.toString(), new DeviceOptional(device.torch()), true);
  }

  /** Brings a tensor to the machine's memory, if it is elsewhere. */
  private static Tensor here(Tensor tensor) {
    return tensor.is_cpu() ? tensor : tensor.cpu();
  }

  /** Copies numbers into a new tensor of one dimension, float64 where the device has it. */
  public static Tensor of(double[] values) {
    Tensor exact = Tensor.create(values);
    return moved(device.hasDoubles() ? exact : exact.to(ScalarType.Float));
  }

  /** Returns the number of a tensor that has one, as a float. */
  public static float number(Tensor tensor) {
    return tensor.item_float();
  }

  /** Returns the integer of an int64 tensor that has one. */
  public static long integer(Tensor tensor) {
    return tensor.item_long();
  }

  /** Returns where a tensor's numbers are: equal for tensors that share them. */
  public static long address(Tensor tensor) {
    return tensor.data_ptr().address();
  }

  /**
   * Returns the eigenvectors of a symmetric float32 matrix, one a row, eigenvalues rising. The
   * processor finds them for every device.
   *
   * @param matrix [n, n], of which one triangle counts; may be overwritten
   * @param exact whether they are computed in float64
   * @return [n, n], or null where none are found
   */
  public static Tensor eigenvectors(Tensor matrix, boolean exact) {
    Tensor here = here(matrix);
    Tensor found = overwritten(exact ? here.to(ScalarType.Double) : here);
    return found == null || matrix.is_cpu() ? found : moved(found.to(ScalarType.Float));
  }

  private static Tensor overwritten(Tensor matrix) {
    int n = Math.toIntExact(matrix.size(0));
    int failed;
    // What is a column column by column is a row row by row.
    if (matrix.scalar_type().intern() == ScalarType.Double) {
      failed =
          LAPACKE_dsyevd(
              LAPACK_COL_MAJOR,
              VECTORS_TOO,
              LOWER,
              n,
              matrix.data_ptr_double(),
              n,
              new DoublePointer(n));
    } else {
      failed =
          LAPACKE_ssyevd(
              LAPACK_COL_MAJOR,
              VECTORS_TOO,
              LOWER,
              n,
              matrix.data_ptr_float(),
              n,
              new FloatPointer(n));
    }
    return failed == 0 ? matrix : null;
  }

  /** Overwrites a contiguous float32, float64 or bfloat16 tensor. */
  public static void write(Tensor tensor, float[] values) {
    if (tensor.numel() != values.length) {
      throw new IllegalArgumentException(
          values.length + " numbers for a tensor of " + tensor.numel());
    }
    if (!tensor.is_cpu()) {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor here = empty(Device.CPU.optional(), ScalarType.Float, values.length);
        write(here, values);
        tensor.copy_(here.view_as(tensor));
      }
      return;
    }
    if (tensor.scalar_type().intern() == ScalarType.Double) {
      double[] doubles = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        doubles[i] = values[i];
      }
      try (DoublePointer data = tensor.data_ptr_double()) {
        data.put(doubles, 0, doubles.length);
      }
    } else if (tensor.scalar_type().intern() == ScalarType.BFloat16) {
      try (PointerScope scope = new PointerScope()) {
        Tensor exact = empty(Device.CPU.optional(), ScalarType.Float, values.length);
        write(exact, values);
        tensor.copy_(exact.view_as(tensor));
      }
    } else {
      try (FloatPointer data = tensor.data_ptr_float()) {
        data.put(values, 0, values.length);
      }
    }
  }

  /** Copies a float32, float64 or bfloat16 tensor out, in C order. */
  public static float[] floats(Tensor tensor) {
    float[] out = new float[Math.toIntExact(tensor.numel())];
    floats(tensor, out, 0);
    return out;
  }

  /** The same, to {@code out} from {@code offset} on. */
  public static void floats(Tensor tensor, float[] out, int offset) {
    boolean half = tensor.scalar_type().intern() == ScalarType.BFloat16;
    Tensor contiguous = here((half ? tensor.to(ScalarType.Float) : tensor).contiguous());
    int count = Math.toIntExact(contiguous.numel());
    if (contiguous.scalar_type().intern() == ScalarType.Double) {
      double[] doubles = new double[count];
      try (DoublePointer data = contiguous.data_ptr_double()) {
        data.get(doubles, 0, count);
      }
      for (int i = 0; i < count; i++) {
        out[offset + i] = (float) doubles[i];
      }
    } else {
      try (FloatPointer data = contiguous.data_ptr_float()) {
        data.get(out, offset, count);
      }
    }
  }

  /**
   * Gradients of a scalar.
   *
   * @param of one number
   * @param by leaves or inner tensors of its graph
   * @return one gradient for each, undefined where {@code of} does not depend on it; lives in the
   *     caller's scope
   */
  public static TensorVector gradients(Tensor of, TensorVector by) {
    return torch.grad(
        new TensorVector(of), by, new TensorVector(), new BoolOptional(), false, true);
  }

  /** Copies a float64 tensor out, in C order. */
  public static double[] doubles(Tensor tensor) {
    Tensor contiguous = here(tensor.contiguous());
    double[] out = new double[Math.toIntExact(contiguous.numel())];
    try (DoublePointer data = contiguous.data_ptr_double()) {
      data.get(out, 0, out.length);
    }
    return out;
  }
}
