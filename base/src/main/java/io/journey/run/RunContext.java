package io.journey.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * What stages run with: workers of this process, what executes their tasks, what numbers are
 * computed on, and what is told of the work. Nothing of it but the device changes a result. Its
 * owner closes it; then its threads end.
 */
public final class RunContext implements AutoCloseable {
  private final Compute compute;
  private final Workers workers;
  private final Workers.Parts parts;
  private final Executor executor;
  private final Progress progress;
  private final Progress.Task done;

  private RunContext(
      Compute compute,
      Workers workers,
      Workers.Parts parts,
      Progress progress,
      Progress.Task done,
      Function<RunContext, Executor> executor) {
    this.compute = compute;
    this.workers = workers;
    this.parts = parts;
    this.progress = progress;
    this.done = done;
    this.executor = executor.apply(this);
  }

  /**
   * Returns a context of worker threads in this process.
   *
   * @param threads at least 1
   */
  public static RunContext of(Compute compute, int threads, Progress progress) {
    Workers workers = new Workers(threads, compute);
    return new RunContext(
        compute,
        workers,
        null,
        progress,
        Progress.Task.SILENT,
        context -> new LocalExecutor(workers::forEachShared, context));
  }

  /** Returns a context of a worker for each core, which says nothing. */
  public static RunContext of(Compute compute) {
    return of(compute, Runtime.getRuntime().availableProcessors(), Progress.SILENT);
  }

  /** Returns the same with tasks run by another executor, which is closed with it. */
  public RunContext withExecutor(Executor other) {
    return new RunContext(compute, workers, parts, progress, done, context -> other);
  }

  /** Returns the context of a stage that is a part of a task: on its worker and idle ones. */
  RunContext within(Workers.Parts idle, Progress.Task task) {
    return new RunContext(
        compute,
        workers,
        idle,
        (title, total, unit) -> task::advance,
        task,
        context ->
            new LocalExecutor(
                (units, body) -> {
                  for (int unit = 0; unit < units; unit++) {
                    body.accept(unit, idle);
                  }
                },
                context));
  }

  /** Returns how many units run at once in this process. */
  public int threads() {
    return workers.threads();
  }

  /**
   * Returns the workers of this process.
   *
   * @throws IllegalStateException in a stage that is a part of a task, whose worker is taken
   */
  public Workers workers() {
    if (parts != null) {
      throw new IllegalStateException("a part of a task has no workers of its own: use its parts");
    }
    return workers;
  }

  /** Returns what is told of the work. */
  public Progress progress() {
    return progress;
  }

  /** Returns what runs tasks. */
  public Executor executor() {
    return executor;
  }

  /** {@link Stage#run}. */
  <R> R run(Stage<R> stage, Path directory) {
    stage.check();
    try (RunDirectory claimed = claim(stage, directory)) {
      if (claimed.isFinished()) {
        Manifest.read(directory).parts(); // Nothing it was made with is missing.
        done.advance(stage.size());
      }
      return stage.run(new StageWork(claimed, this));
    }
  }

  /**
   * Runs a stage whose directory is a place to work alone: it goes when the stage has put its files
   * together elsewhere.
   *
   * @throws JourneyException as {@link Stage#run}
   */
  public void runAndDiscard(Stage<?> stage, Path directory) {
    stage.check();
    try (RunDirectory claimed = claim(stage, directory)) {
      stage.run(new StageWork(claimed, this));
      claimed.discard();
    }
  }

  private RunDirectory claim(Stage<?> stage, Path directory) {
    if (stage instanceof GrowingStage<?> growing) {
      return RunDirectory.claimGrowing(
          directory,
          stage.kind(),
          stage.format(),
          growing.unitsSetting(),
          growing.units(),
          count -> settings(growing.withUnits(count)),
          count -> growing.withUnits(count).inputs(),
          compute.device());
    }
    return RunDirectory.claim(
        directory, stage.kind(), stage.format(), settings(stage), stage.inputs(), compute.device());
  }

  private static ObjectNode settings(Stage<?> stage) {
    return SettingsJson.json(stage.settings());
  }

  @Override
  public void close() {
    executor.close();
    workers.close();
  }
}
