package io.journey.run;

import java.io.Serializable;

/** How a process on another machine gets ready to do tasks. It is sent there. */
public interface ClusterProcess extends Serializable {
  /**
   * Opens what the process computes on; called once in each.
   *
   * @throws JourneyException if it would round otherwise than the process that sent it
   */
  Compute open();
}
