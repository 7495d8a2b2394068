package io.journey.run;

import java.nio.file.Path;

/** What a task is given by the process that runs it. */
public interface TaskContext extends StageFiles {
  /** Returns what is told of the work. */
  Progress.Task progress();

  /** Returns the idle workers of this process. */
  Workers.Parts parts();

  /** Returns a resource, opened unless another task has opened it. It is not to be closed. */
  <T extends AutoCloseable> T open(Resource<T> resource);

  /** Runs a stage as a part of this task, on this worker and those that are idle. */
  <R> R run(Stage<R> stage, Path directory);
}
