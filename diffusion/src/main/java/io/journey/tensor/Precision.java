package io.journey.tensor;

/** How exactly a device multiplies float32 numbers in convolutions and matrix products. */
public enum Precision {
  /** As they are. */
  F32,

  /** Rounded to 10 bits of mantissa, summed in float32; on GPUs alone. */
  TF32,

  /** Rounded to bfloat16, 7 bits of mantissa, summed in float32. */
  BF16
}
