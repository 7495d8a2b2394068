package io.journey.spark;

import java.io.Serializable;

/**
 * What became of a task.
 *
 * @param refusal the sentence on what a user can mend; null: the task is done
 * @param ofSetting whether it is about a setting
 */
record Outcome(String refusal, boolean ofSetting) implements Serializable {
  static final Outcome DONE = new Outcome(null, false);
}
