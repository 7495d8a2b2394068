package io.journey.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The work of one stage under way: its files, and what it is given to work with. */
public final class StageWork implements StageFiles {
  private final RunDirectory directory;
  private final RunContext context;
  private final ObjectNode timing = Json.object();

  StageWork(RunDirectory directory, RunContext context) {
    this.directory = directory;
    this.context = context;
  }

  /** Returns whether the stage was finished before. */
  public boolean isFinished() {
    return directory.isFinished();
  }

  /** Returns the settings as the manifest has them. */
  public ObjectNode settings() {
    return directory.settings();
  }

  /** Returns where the stage's files are. */
  public Path directory() {
    return directory.directory();
  }

  @Override
  public boolean has(String name) {
    return directory.has(name);
  }

  @Override
  public void write(String name, AtomicFile.Content content) {
    directory.write(name, content);
  }

  @Override
  public Path path(String name) {
    return directory.path(name);
  }

  @Override
  public StageFiles elsewhere(String task) {
    return directory.elsewhere(task);
  }

  @Override
  public void takeOver(String task) {
    directory.takeOver(task);
  }

  /** Returns the workers of this process. */
  public Workers workers() {
    return context.workers();
  }

  /** Returns what is told of the work. */
  public Progress progress() {
    return context.progress();
  }

  /** Returns the context, for parts of the work. */
  public RunContext context() {
    return context;
  }

  /**
   * Runs another stage in a folder of this one's directory. The manifest names its fingerprint.
   *
   * @param folder its name
   */
  public <R> R run(Stage<R> stage, String folder) {
    R result = stage.run(path(folder), context);
    directory.notePart(folder);
    return result;
  }

  /**
   * Runs those tasks whose files are missing.
   *
   * @param title what is done, for the progress: "Training 5 models"
   * @param unit what the tasks' sizes count: "steps"
   */
  public void run(String title, String unit, List<? extends Task> tasks) {
    long total = tasks.stream().mapToLong(Task::size).sum();
    try (Progress.Task task = context.progress().start(title, total, unit)) {
      run(tasks, task);
    }
  }

  /** The same, as a part of work whose progress is told. */
  public void run(List<? extends Task> tasks, Progress.Task progress) {
    List<Task> missing = new ArrayList<>();
    for (Task task : tasks) {
      if (has(task.file())) {
        task.tidy(this);
        progress.skip(task.size());
      } else {
        missing.add(task);
      }
    }
    if (!missing.isEmpty()) {
      context.executor().run(missing, this, progress);
    }
  }

  /** Runs those tasks whose files are missing, each with all workers of a process. */
  public void runWhole(List<? extends WholeTask> tasks) {
    List<WholeTask> missing = new ArrayList<>();
    tasks.stream().filter(task -> !has(task.file())).forEach(missing::add);
    context.executor().runWhole(missing, this);
  }

  /** Returns the seconds of work so far, those before an interruption included. */
  public double seconds() {
    return directory.seconds();
  }

  /** Adds how the data were treated to the manifest; the inputs' fingerprint covers it. */
  public void describeData(ObjectNode data) {
    directory.describeData(data);
  }

  /** Returns the object of what is measured, beside the seconds; no checksum covers it. */
  public ObjectNode timing() {
    return timing;
  }

  /** Writes the manifest: from now on the directory is complete. */
  public void finish() {
    ObjectNode all = Json.object().put("threads", context.threads());
    all.setAll(timing);
    directory.finish(all);
  }
}
