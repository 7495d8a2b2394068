package io.journey.tensor;

import io.journey.run.Progress;
import io.journey.run.RunContext;
import java.util.concurrent.atomic.AtomicLong;

/** What tests run stages with. Its threads end with the tests' process. */
public final class TestContext {
  /** Two workers, which say nothing. */
  public static final RunContext TWO = of(2);

  private TestContext() {}

  /** Some workers, which say nothing. */
  public static RunContext of(int threads) {
    return of(threads, Progress.SILENT);
  }

  /**
   * Some workers, whose work fails with "killed" once so much progress was told.
   *
   * @param advances steps of progress that are told before
   */
  public static RunContext killedAfter(long advances, int threads) {
    AtomicLong left = new AtomicLong(advances);
    Progress killer =
        (task, total, unit) ->
            units -> {
              if (left.getAndDecrement() <= 0) {
                throw new IllegalStateException("killed");
              }
            };
    return of(threads, killer);
  }

  /** Some workers, and who is told of their work. */
  public static RunContext of(int threads, Progress progress) {
    return RunContext.of(Libtorch.device(), threads, progress);
  }
}
