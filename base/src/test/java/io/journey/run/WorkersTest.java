package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkersTest {
  @Test
  void everyUnitRunsOnceOnAThreadThatWasPrepared() {
    Set<Thread> prepared = ConcurrentHashMap.newKeySet();
    AtomicIntegerArray runs = new AtomicIntegerArray(1000);
    new Workers(3, () -> prepared.add(Thread.currentThread()))
        .forEach(
            1000,
            unit -> {
              assertThat(prepared).contains(Thread.currentThread());
              runs.incrementAndGet(unit);
            });
    for (int i = 0; i < 1000; i++) {
      assertThat(runs.get(i)).as("unit %d", i).isEqualTo(1);
    }
    assertThat(prepared).hasSize(3);
  }

  @Test
  void asManyUnitsRunAtOnceAsThereAreThreads() {
    // Every unit waits for three others: with fewer threads this would never end.
    CountDownLatch together = new CountDownLatch(4);
    new Workers(4, () -> {})
        .forEach(
            4,
            unit -> {
              together.countDown();
              await(together);
            });
    assertThat(together.getCount()).isZero();
  }

  @Test
  void oneThreadTakesTheUnitsInOrder() {
    StringBuilder order = new StringBuilder();
    new Workers(1, () -> {}).forEach(5, order::append);
    assertThat(order).hasToString("01234");
    new Workers(2, () -> {}).forEach(0, order::append);
    assertThat(order).hasToString("01234");
  }

  @Test
  void theFirstFailureInTimeIsThrownAndNoFurtherUnitStarts() {
    AtomicInteger started = new AtomicInteger();
    CountDownLatch secondFailed = new CountDownLatch(1);
    Workers workers = new Workers(2, () -> {});
    assertThatThrownBy(
            () ->
                workers.forEach(
                    1000,
                    unit -> {
                      started.incrementAndGet();
                      if (unit == 1) {
                        secondFailed.countDown();
                        throw new JourneyException("unit 1");
                      }
                      await(secondFailed);
                      pause(200); // The other thread's failure is noted by then.
                      throw new IllegalStateException("unit 0, later");
                    }))
        .isInstanceOf(JourneyException.class)
        .hasMessage("unit 1");
    assertThat(started).hasValue(2);
  }

  @Test
  void errorsAndFailedPreparationsAreThrownToo() {
    assertThatThrownBy(
            () ->
                new Workers(2, () -> {})
                    .forEach(
                        3,
                        unit -> {
                          throw new OutOfMemoryError("native");
                        }))
        .isInstanceOf(OutOfMemoryError.class);
    Runnable broken =
        () -> {
          throw new IllegalStateException("no library");
        };
    assertThatThrownBy(() -> new Workers(2, broken).forEach(3, unit -> {}))
        .hasMessage("no library");
    assertThatThrownBy(() -> new Workers(0, broken)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anInterruptionEndsTheWorkAfterTheUnitsUnderWay() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                new Workers(1, () -> {})
                    .forEach(
                        100,
                        unit -> {
                          begun.countDown();
                          await(goOn);
                          ended.incrementAndGet();
                        });
              } catch (JourneyException e) {
                thrown.set(e);
              }
            });
    caller.start();
    begun.await();
    caller.interrupt();
    while (caller.isInterrupted()) {
      Thread.onSpinWait(); // Until the interruption is taken note of.
    }
    pause(100);
    goOn.countDown();
    caller.join();
    assertThat(thrown.get()).hasMessageContaining("start the same command again");
    assertThat(ended).hasValue(1);
  }

  @Test
  void idleWorkersTakePartsOfTheUnitsUnderWay() {
    // Every part waits for two others: with the unit's own worker alone this would never end.
    for (int round = 0; round < 200; round++) {
      CountDownLatch together = new CountDownLatch(3);
      AtomicIntegerArray runs = new AtomicIntegerArray(3);
      new Workers(3, () -> {})
          .forEachShared(
              1,
              (unit, parts) ->
                  parts.forEach(
                      3,
                      part -> {
                        runs.incrementAndGet(part);
                        together.countDown();
                        await(together);
                      }));
      assertThat(runs).hasToString("[1, 1, 1]");
    }
  }

  @Test
  void everyPartOfEveryUnitRunsOnceWhateverTheThreads() {
    for (int threads = 1; threads <= 4; threads++) {
      AtomicIntegerArray runs = new AtomicIntegerArray(5 * 20 * 7);
      new Workers(threads, () -> {})
          .forEachShared(
              5,
              (unit, parts) -> {
                for (int step = 0; step < 20; step++) {
                  int first = (unit * 20 + step) * 7;
                  parts.forEach(7, part -> runs.incrementAndGet(first + part));
                  for (int part = 0; part < 7; part++) {
                    assertThat(runs.get(first + part)).isEqualTo(1);
                  }
                }
              });
      for (int i = 0; i < runs.length(); i++) {
        assertThat(runs.get(i)).as("part %d", i).isEqualTo(1);
      }
    }
  }

  @Test
  void aFailedPartFailsItsUnitAndFreesTheHelpers() {
    AtomicInteger unitsBegun = new AtomicInteger();
    assertThatThrownBy(
            () ->
                new Workers(3, () -> {})
                    .forEachShared(
                        1,
                        (unit, parts) -> {
                          unitsBegun.incrementAndGet();
                          parts.forEach(
                              50,
                              part -> {
                                if (part == 7) {
                                  throw new JourneyException("part 7");
                                }
                              });
                        }))
        .isInstanceOf(JourneyException.class)
        .hasMessage("part 7");
    assertThat(unitsBegun).hasValue(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
