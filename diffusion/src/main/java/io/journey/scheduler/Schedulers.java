package io.journey.scheduler;

import io.journey.run.Nearest;
import io.journey.run.Services;
import io.journey.run.SettingException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The schedulers there are: those registered in any module, with diffusers' defaults. */
public final class Schedulers {
  private Schedulers() {}

  /** Returns all; where a class stands on the class path changes no message. */
  static List<Scheduler> all() {
    return Services.of(Scheduler.class, "scheduler", List.of(Scheduler::name, Scheduler::className))
        .stream()
        .sorted(Comparator.comparing(Scheduler::name))
        .toList();
  }

  /** Returns the short names, in the order of the alphabet. */
  public static List<String> names() {
    return all().stream().map(Scheduler::name).toList();
  }

  /** Returns the names of diffusers' classes, in the same order. */
  static List<String> classNames() {
    return all().stream().map(Scheduler::className).toList();
  }

  /**
   * Returns the scheduler of a short name, whatever its case.
   *
   * @throws SettingException if there is none, naming all
   */
  public static Scheduler named(String name) {
    return find(Scheduler::name, name)
        .orElseThrow(
            () ->
                new SettingException(
                    "there is no scheduler "
                        + name
                        + ": choose "
                        + String.join(", ", names())
                        + Nearest.question(name, names())));
  }

  /** Returns the scheduler of a class of diffusers. */
  static Optional<Scheduler> ofClass(String className) {
    return find(Scheduler::className, className);
  }

  private static Optional<Scheduler> find(Function<Scheduler, String> key, String wanted) {
    return all().stream().filter(s -> key.apply(s).equalsIgnoreCase(wanted)).findFirst();
  }
}
