package io.journey.run;

/**
 * Told about the advance of a long piece of work. Implementations are safe for many threads; the
 * command line shows rate and remaining time.
 */
public interface Progress {
  /** Says nothing. */
  Progress SILENT = (task, total, unit) -> Task.SILENT;

  /**
   * Begins a task.
   *
   * @param task what is done, as a person would say it: "training member-000"
   * @param total how many units there are
   * @param unit the name of one unit in the plural: "images"
   */
  Task start(String task, long total, String unit);

  /** A task under way; closing it ends its display, finished or not. */
  interface Task extends AutoCloseable {
    /** Says nothing. */
    Task SILENT = units -> {};

    /** {@code units} more are done. */
    void advance(long units);

    /** {@code units} more were done before: they tell nothing of the speed. */
    default void skip(long units) {
      advance(units);
    }

    @Override
    default void close() {}
  }
}
