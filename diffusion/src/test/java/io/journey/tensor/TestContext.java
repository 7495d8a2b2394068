package io.journey.tensor;

import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.Workers;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

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

  /** Runs something on a worker that another helps. */
  public static <T> T parts(Function<Workers.Parts, T> body) {
    AtomicReference<T> result = new AtomicReference<>();
    TWO.workers().forEachShared(1, (unit, parts) -> result.set(body.apply(parts)));
    return result.get();
  }
}
