package io.journey.run;

import java.util.List;
import java.util.Map;

/** What runs tasks on other machines. Found by {@link Services}; a module may register its own. */
public interface ClusterEngine {
  /** Returns its name, such as "spark". */
  String name();

  /** Returns whether it knows clusters that are named so, such as {@code spark://host:7077}. */
  boolean accepts(String cluster);

  /**
   * Connects with a cluster.
   *
   * @param cluster its name, which it accepts
   * @param options of the engine's own
   * @param process what a process there computes with
   * @return who closes it ends the connection
   * @throws JourneyException if the cluster cannot be reached, or an option is wrong
   */
  Executor open(String cluster, Map<String, String> options, ClusterProcess process);

  /** Returns all that are registered. */
  static List<ClusterEngine> all() {
    return Services.of(ClusterEngine.class, "cluster engine", List.of(ClusterEngine::name));
  }
}
