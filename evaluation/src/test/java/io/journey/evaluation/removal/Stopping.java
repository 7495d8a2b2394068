package io.journey.evaluation.removal;

import io.journey.run.Progress;
import java.util.concurrent.atomic.AtomicInteger;

/** Fails when so many steps are done, as a kill would end a run. */
public record Stopping(AtomicInteger left) implements Progress {
  /** What it fails with. */
  public static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  public Stopping(int most) {
    this(new AtomicInteger(most));
  }

  @Override
  public Task start(String task, long total, String unit) {
    return units -> {
      if (left.addAndGet(-(int) units) < 0) {
        throw new Stopped();
      }
    };
  }
}
