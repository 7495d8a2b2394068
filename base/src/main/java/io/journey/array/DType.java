package io.journey.array;

import java.nio.ByteBuffer;

/** Number types of array files, by their safetensors and NumPy names. */
public enum DType {
  F16("F16", "<f2", 2),
  BF16("BF16", null, 2),
  F32("F32", "<f4", 4),
  F64("F64", "<f8", 8),
  I64("I64", "<i8", 8),
  I32("I32", null, 4),
  I16("I16", null, 2),
  I8("I8", "|i1", 1),
  U8("U8", null, 1),
  BOOL("BOOL", null, 1);

  private final String safetensors;
  private final String numpy;
  private final int bytes;

  DType(String safetensors, String numpy, int bytes) {
    this.safetensors = safetensors;
    this.numpy = numpy;
    this.bytes = bytes;
  }

  /** Returns the name in a safetensors header. */
  public String safetensorsName() {
    return safetensors;
  }

  /**
   * Returns the type string in an NPY header, or null where NumPy has none or Journey reads none.
   */
  public String numpyName() {
    return numpy;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /** Returns whether it is a floating-point type. */
  public boolean isFloat() {
    return this == F16 || this == BF16 || this == F32 || this == F64;
  }

  /** Returns the name in PyTorch, of a floating-point type that weights are written as. */
  public String torchName() {
    return switch (this) {
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      case F32 -> "float32";
      default -> throw new IllegalStateException(this + " is no type of weights");
    };
  }

  /** Returns the smallest of F16, BF16 and F32 that holds all these numbers exactly. */
  public static DType exact(float[] numbers) {
    boolean half = true;
    boolean brain = true;
    for (float number : numbers) {
      half &= Float16.toFloat(Float16.of(number)) == number;
      brain &= Float.intBitsToFloat(bfloat16(number) << 16) == number;
    }
    return half ? F16 : brain ? BF16 : F32;
  }

  /** Number {@code i} of a buffer of floating-point numbers, as float32. */
  float decode(ByteBuffer data, int i) {
    return switch (this) {
      case F32 -> data.getFloat(4 * i);
      case F16 -> Float16.toFloat(data.getShort(2 * i));
      case BF16 -> Float.intBitsToFloat(data.getShort(2 * i) << 16);
      case F64 -> (float) data.getDouble(8 * i);
      default -> throw new IllegalStateException(this + " is no floating-point type");
    };
  }

  /**
   * Appends a float32 number to a buffer of floating-point numbers, or of {@link #I8}, rounded to
   * nearest even; for I8 it must lie in [−127, 127].
   */
  void encode(ByteBuffer data, float value) {
    switch (this) {
      case F32 -> data.putFloat(value);
      case F16 -> data.putShort(Float16.of(value));
      case BF16 -> data.putShort(bfloat16(value));
      case F64 -> data.putDouble(value);
      case I8 -> data.put((byte) Math.rint(value));
      default -> throw new IllegalArgumentException("cannot write floats as " + this);
    }
  }

  private static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40); // keeps its sign, and stays a NaN
    }
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }
}
