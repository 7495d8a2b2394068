package io.journey.run;

import java.util.List;

/** Runs tasks in this process, each on one worker; idle workers help with the parts of others'. */
final class LocalExecutor implements Executor {
  /** Runs units that can be helped with. */
  interface Units {
    void forEach(int units, Workers.SharedUnit body);
  }

  private final Units units;
  private final RunContext context;

  /**
   * @param units runs the tasks
   * @param context of the stage
   */
  LocalExecutor(Units units, RunContext context) {
    this.units = units;
    this.context = context;
  }

  @Override
  public void run(List<? extends Task> tasks, StageFiles files, Progress.Task progress) {
    try (Resources resources = new Resources()) {
      units.forEach(
          tasks.size(),
          (unit, parts) ->
              tasks
                  .get(unit)
                  .run(new LocalTaskContext(files, progress, parts, resources, context)));
    }
  }

  @Override
  public void runWhole(List<? extends WholeTask> tasks, StageFiles files) {
    tasks.forEach(task -> task.run(files, context));
  }
}
