package io.journey.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Finds what is registered on the class path: the classes that {@code META-INF/services} of Journey
 * and of other modules names for an interface, each found by a name of its own.
 */
public final class Services {
  private static final Map<Class<?>, List<?>> LOADED = new ConcurrentHashMap<>();

  private Services() {}

  /**
   * Returns an instance of each class registered, in the order of the class path. They are made
   * once and shared; a failure is not kept.
   *
   * @param type the interface
   * @param kind what an instance is called in messages, such as "estimator"
   * @param names each gives a name that no other instance may have
   * @throws JourneyException if one cannot be loaded, or two have one name
   */
  public static <S> List<S> of(Class<S> type, String kind, List<Function<S, String>> names) {
    @SuppressWarnings("unchecked")
    List<S> all =
        (List<S>) LOADED.computeIfAbsent(type, t -> load(type, kind, type.getClassLoader(), names));
    return all;
  }

  static <S> List<S> load(
      Class<S> type, String kind, ClassLoader loader, List<Function<S, String>> names) {
    List<S> found = new ArrayList<>();
    try {
      for (S service : ServiceLoader.load(type, loader)) {
        for (Function<S, String> name : names) {
          found.forEach(other -> requireOther(kind, name, other, service));
        }
        found.add(service);
      }
    } catch (ServiceConfigurationError e) {
      throw new JourneyException(
          "A registered " + kind + " cannot be loaded: " + e.getMessage() + ".", e);
    }
    return List.copyOf(found);
  }

  private static <S> void requireOther(String kind, Function<S, String> name, S one, S another) {
    if (name.apply(one).equals(name.apply(another))) {
      throw new JourneyException(
          "More than one "
              + kind
              + " is called "
              + name.apply(one)
              + ", "
              + one.getClass().getName()
              + " and "
              + another.getClass().getName()
              + ": leave one of them off the class path.");
    }
  }
}
