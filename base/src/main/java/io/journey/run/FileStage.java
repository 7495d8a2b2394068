package io.journey.run;

import java.nio.file.Path;

/** A stage whose result is what its files say. */
public interface FileStage<R> extends Stage<R> {
  /** Writes the files that are missing. It is not called where the stage is finished. */
  void write(StageWork work);

  /** Reads the result of the finished stage. */
  R open(Path directory);

  @Override
  default R run(StageWork work) {
    if (!work.isFinished()) {
      write(work);
      work.finish();
    }
    return open(work.directory());
  }
}
