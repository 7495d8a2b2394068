package io.journey.run;

/**
 * A stage of several units, each of which is the same whatever their number. A directory that holds
 * fewer, all else equal, gets the others: what is there stays as it is, and a finished directory
 * stays finished, with what it had, until it has them all.
 */
public interface GrowingStage<R> extends FileStage<R> {
  /** Returns the name of the setting that says how many units there are, as the manifest has it. */
  String unitsSetting();

  /** Returns how many units there are. */
  int units();

  /** Returns the same stage with another number of units. */
  GrowingStage<R> withUnits(int count);
}
