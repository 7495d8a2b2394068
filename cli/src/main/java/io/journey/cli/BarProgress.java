package io.journey.cli;

import io.journey.run.Counted;
import io.journey.run.Printable;
import io.journey.run.Progress;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as bars on a terminal, on standard error. */
final class BarProgress implements Progress {
  private static final int UPDATE_MILLIS = 200;

  @Override
  public Task start(String task, long total, String unit) {
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(Printable.of(task)) // It writes to the terminal itself.
            .setInitialMax(total)
            .setUnit(" " + Counted.noun(total, unit), 1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .showSpeed(new DecimalFormat("#.#", DecimalFormatSymbols.getInstance(Locale.ROOT)))
            .build();
    return new Task() {
      @Override
      public void advance(long units) {
        bar.stepBy(units);
      }

      @Override
      public void close() {
        bar.close();
      }
    };
  }
}
