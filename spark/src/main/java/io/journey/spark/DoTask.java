package io.journey.spark;

import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import io.journey.run.StageFiles;
import io.journey.run.Task;
import io.journey.run.TaskProcess;
import io.journey.run.WholeTask;
import java.io.Serializable;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction2;

/**
 * Does the task whose number a partition holds, in an executor. What a user can mend is returned,
 * as it would fail again; what else fails, Spark tries anew.
 */
final class DoTask extends AbstractFunction2<TaskContext, Iterator<Integer>, Outcome>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Broadcast<Work> work;
  private final LongAccumulator done;

  DoTask(Broadcast<Work> work, LongAccumulator done) {
    this.work = work;
    this.done = done;
  }

  @Override
  public Outcome apply(TaskContext context, Iterator<Integer> numbers) {
    Work all = work.value();
    while (numbers.hasNext()) {
      int number = numbers.next();
      try {
        run(
            ExecutorProcess.of(all.process(), context.cpus()),
            all.list(),
            all.tasks().get(number),
            all.files().get(number));
      } catch (SettingException e) {
        return new Outcome(e.getMessage(), true);
      } catch (JourneyException e) {
        return new Outcome(e.getMessage(), false);
      }
    }
    return Outcome.DONE;
  }

  private void run(TaskProcess process, String list, Serializable task, StageFiles files) {
    if (task instanceof Task single) {
      Progress.Task progress =
          units -> {
            synchronized (done) { // Workers of a task tell at once.
              done.add(units);
            }
          };
      process.run(list, single, files, progress);
    } else {
      process.run((WholeTask) task, files);
    }
  }
}
