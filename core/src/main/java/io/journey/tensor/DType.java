package io.journey.tensor;

/** Number types of array files, by their safetensors and NumPy names. */
public enum DType {
  F16("F16", "<f2", 2),
  BF16("BF16", null, 2),
  F32("F32", "<f4", 4),
  F64("F64", "<f8", 8),
  I64("I64", "<i8", 8);

  private final String safetensors;
  private final String numpy;
  private final int bytes;

  DType(String safetensors, String numpy, int bytes) {
    this.safetensors = safetensors;
    this.numpy = numpy;
    this.bytes = bytes;
  }

  /** The name in a safetensors header. */
  public String safetensorsName() {
    return safetensors;
  }

  /** The type string in an NPY header, or null where NumPy has none. */
  public String numpyName() {
    return numpy;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }
}
