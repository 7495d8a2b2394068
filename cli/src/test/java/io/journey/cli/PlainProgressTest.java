package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.run.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PlainProgressTest {
  private final StringWriter text = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();
  private final PlainProgress progress = new PlainProgress(new PrintWriter(text, true), nanos::get);

  private void pass(double seconds) {
    nanos.addAndGet((long) (seconds * 1e9));
  }

  /** A process that runs many commands must not gather threads. */
  @Test
  void withoutTasksNoThreadRemains() throws InterruptedException {
    long before = clocks();
    PlainProgress progress = new PlainProgress(new PrintWriter(new StringWriter()));
    progress.start("Short", 1, "units").close();
    assertThat(clocks()).isPositive();
    for (int tenths = 0; clocks() > before && tenths < 100; tenths++) {
      Thread.sleep(100);
    }
    assertThat(clocks()).isLessThanOrEqualTo(before);
  }

  private static long clocks() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("journey-progress"))
        .count();
  }

  @Test
  void aTaskUnderTwoSecondsSaysNothing() {
    try (Progress.Task task = progress.start("reading", 10, "files")) {
      pass(1.9);
      task.advance(10);
    }
    assertThat(text.toString()).isEmpty();
  }

  @Test
  void linesComeAfterTwoSecondsThenEveryTenThenAtTheEnd() {
    try (Progress.Task task = progress.start("training", 400, "images")) {
      for (int i = 0; i < 200; i++) {
        pass(0.1);
        task.advance(2);
      }
    }
    assertThat(text.toString().lines())
        .containsExactly(
            "training: 40 of 400 images, 20.0/s, 18 s left",
            "training: 240 of 400 images, 20.0/s, 8 s left",
            "training: 400 images in 20 s (20.0/s)");
  }

  @Test
  void whatWasDoneBeforeTellsNothingOfTheSpeed() {
    try (Progress.Task task = progress.start("training", 400, "images")) {
      task.skip(200);
      pass(2.5);
      progress.tick();
      for (int i = 0; i < 100; i++) {
        pass(0.1);
        task.advance(2);
      }
    }
    assertThat(text.toString().lines())
        .containsExactly(
            "training: 200 of 400 images",
            "training: 400 of 400 images, 16.0/s",
            "training: 400 images in 13 s (16.0/s)");
  }

  @Test
  void aLongFirstUnitIsAnnouncedByTheClock() {
    Progress.Task task = progress.start("training", 3, "models");
    pass(2.5);
    progress.tick();
    progress.tick();
    task.close();
    assertThat(text.toString().lines()).startsWith("training: 0 of 3 models").hasSize(2);
  }

  @Test
  void aTaskThatStopsEarlySaysHowFarItCame() {
    Progress.Task task = progress.start("training", 8, "models");
    pass(4000);
    task.advance(2);
    task.close();
    task.close();
    assertThat(text.toString().lines())
        .containsExactly(
            "training: 2 of 8 models, 0.00/s, 3 h 20 min left",
            "training: 2 of 8 models in 1 h 06 min (0.00/s)");
  }

  @Test
  void durationsReadLikeSpeech() {
    assertThat(PlainProgress.duration(9.4)).isEqualTo("9 s");
    assertThat(PlainProgress.duration(65)).isEqualTo("1 min 05 s");
    assertThat(PlainProgress.duration(7380)).isEqualTo("2 h 03 min");
  }
}
