package io.journey.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
              tasks.get(unit).run(new Local(files, progress, parts, resources, context)));
    }
  }

  @Override
  public void runWhole(List<? extends WholeTask> tasks, StageFiles files) {
    tasks.forEach(task -> task.run(files, context));
  }

  private record Local(
      StageFiles files,
      Progress.Task progress,
      Workers.Parts parts,
      Resources resources,
      RunContext context)
      implements TaskContext {
    @Override
    public boolean has(String name) {
      return files.has(name);
    }

    @Override
    public void write(String name, AtomicFile.Content content) {
      files.write(name, content);
    }

    @Override
    public Path path(String name) {
      return files.path(name);
    }

    @Override
    public <T extends AutoCloseable> T open(Resource<T> resource) {
      return resources.open(resource);
    }

    @Override
    public <R> R run(Stage<R> stage, Path directory) {
      return context.within(parts, progress).run(stage, directory);
    }
  }

  /** Those opened so far. */
  private static final class Resources implements AutoCloseable {
    private final Map<String, AutoCloseable> byKey = new HashMap<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    /** While one is opened the others wait: it takes the whole machine's memory bandwidth. */
    @SuppressWarnings("unchecked") // A key stands for one resource, and so for one type.
    synchronized <T extends AutoCloseable> T open(Resource<T> resource) {
      AutoCloseable found = byKey.get(resource.key());
      if (found == null) {
        found = resource.open();
        byKey.put(resource.key(), found);
        opened.add(found);
      }
      return (T) found;
    }

    @Override
    public void close() {
      for (int i = opened.size() - 1; i >= 0; i--) {
        try {
          opened.get(i).close();
        } catch (Exception e) {
          throw new IllegalStateException("a resource that tasks used could not be closed", e);
        }
      }
    }
  }
}
