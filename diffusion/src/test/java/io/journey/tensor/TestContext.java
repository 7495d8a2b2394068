package io.journey.tensor;

import io.journey.run.Progress;
import io.journey.run.RunContext;

/** What tests run stages with. Its threads end with the tests' process. */
public final class TestContext {
  /** Two workers, which say nothing. */
  public static final RunContext TWO = of(2);

  private TestContext() {}

  /** Some workers, which say nothing. */
  public static RunContext of(int threads) {
    return of(threads, Progress.SILENT);
  }

  /** Some workers, and who is told of their work. */
  public static RunContext of(int threads, Progress progress) {
    return RunContext.of(Libtorch.device(), threads, progress);
  }
}
