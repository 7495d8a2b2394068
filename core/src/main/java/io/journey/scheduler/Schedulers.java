package io.journey.scheduler;

import io.journey.run.SettingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;

/** The schedulers there are: those registered in any module, with diffusers' defaults. */
public final class Schedulers {
  private static final List<Scheduler> ALL = load();

  private Schedulers() {}

  private static List<Scheduler> load() {
    List<Scheduler> found = new ArrayList<>();
    for (Scheduler scheduler :
        ServiceLoader.load(Scheduler.class, Scheduler.class.getClassLoader())) {
      for (Scheduler other : found) {
        if (other.name().equals(scheduler.name())
            || other.className().equals(scheduler.className())) {
          throw new IllegalStateException(
              "two schedulers are called "
                  + scheduler.name()
                  + " or "
                  + scheduler.className()
                  + ": "
                  + other.getClass()
                  + ", "
                  + scheduler.getClass());
        }
      }
      found.add(scheduler);
    }
    // Where a class stands on the class path changes no message.
    found.sort(Comparator.comparing(Scheduler::name));
    return List.copyOf(found);
  }

  static List<Scheduler> all() {
    return ALL;
  }

  /** Returns the short names, in the order of the alphabet. */
  public static List<String> names() {
    return ALL.stream().map(Scheduler::name).toList();
  }

  /** Returns the names of diffusers' classes, in the same order. */
  static List<String> classNames() {
    return ALL.stream().map(Scheduler::className).toList();
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
                    "there is no scheduler " + name + ": choose " + String.join(", ", names())));
  }

  /** Returns the scheduler of a class of diffusers. */
  static Optional<Scheduler> ofClass(String className) {
    return find(Scheduler::className, className);
  }

  private static Optional<Scheduler> find(Function<Scheduler, String> key, String wanted) {
    return ALL.stream().filter(s -> key.apply(s).equalsIgnoreCase(wanted)).findFirst();
  }
}
