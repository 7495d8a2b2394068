package io.journey.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The numbers that an option takes. {@link OptionRanges} checks them before the command begins. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface InRange {
  /** The least number. */
  double from() default Double.NEGATIVE_INFINITY;

  /** The number that all must be above, instead of {@link #from()}. */
  double above() default Double.NEGATIVE_INFINITY;

  /** The largest number. */
  double to() default Double.POSITIVE_INFINITY;

  /** The number that all must be below, instead of {@link #to()}. */
  double below() default Double.POSITIVE_INFINITY;
}
