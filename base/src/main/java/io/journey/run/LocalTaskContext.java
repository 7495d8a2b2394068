package io.journey.run;

import java.nio.file.Path;

/** What a task is given that runs on a worker of this process. */
record LocalTaskContext(
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
