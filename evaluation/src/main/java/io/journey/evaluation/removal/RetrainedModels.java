package io.journey.evaluation.removal;

import io.journey.dataset.Dataset;
import io.journey.model.Checkpoint;
import io.journey.model.Ensemble;
import io.journey.run.Confined;
import io.journey.run.Counted;
import io.journey.run.Progress;
import io.journey.run.Stage;
import io.journey.run.StageWork;
import io.journey.run.Task;
import io.journey.run.TaskContext;
import io.journey.run.Workers;
import io.journey.training.Retraining;
import io.journey.training.Retraining.Coupling;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * Models trained on a part of the data, each in a run directory named by what it was trained on, so
 * that equal sets are trained once whoever asks.
 *
 * @param ensemble of whose members they are variants
 * @param how they are trained; their coupling is that of each
 * @param data the images of the ensemble
 * @param directory for all of them
 */
public record RetrainedModels(Ensemble ensemble, Retraining how, Dataset data, Path directory) {
  /**
   * A model.
   *
   * @param kept the images it is trained on
   * @param number among those trained on the same images; if coupled, the member it is coupled with
   * @param coupling with the member of the ensemble
   */
  public record Model(BitSet kept, int number, Coupling coupling) {
    /** A member of the ensemble, perhaps one that it would have if it were larger. */
    public static Model member(int number, int size) {
      BitSet all = new BitSet(size);
      all.set(0, size);
      return new Model(all, number, Coupling.COUPLED);
    }
  }

  /** A model that is measured for a target. */
  public record Unit(int target, Model model) {}

  /** Models that are trained as the ensemble was. */
  static RetrainedModels like(Ensemble ensemble, Dataset data, Path directory) {
    Retraining how = Retraining.like(ensemble, Coupling.COUPLED);
    return new RetrainedModels(ensemble, how, data, directory);
  }

  /** Returns the folder of a model, which names no two models alike. */
  public String name(Model model) {
    String images = Retraining.fingerprint(model.kept(), data.size()).substring(0, 16);
    String coupling = model.coupling().name().toLowerCase(Locale.ROOT);
    return String.format(Locale.ROOT, "%s/%s-%03d", images, coupling, model.number());
  }

  /** Whether the ensemble holds it already. */
  private boolean isMember(Model model) {
    return !how.isOnward()
        && model.coupling() == Coupling.COUPLED
        && model.kept().cardinality() == data.size()
        && model.number() < ensemble.checkpointNames().size();
  }

  /** Trains those that are missing, one a worker; workers without one help with the others. */
  public void train(List<Model> models, StageWork work) {
    List<ModelTask> wanted =
        models.stream()
            .distinct()
            .filter(m -> !isMember(m))
            .map(m -> new ModelTask(stage(m), folder(m).toAbsolutePath().toString()))
            .toList();
    if (!wanted.isEmpty()) {
      work.run("Training " + Counted.of(wanted.size(), "models"), "steps", wanted);
    }
  }

  private Stage<Ensemble> stage(Model model) {
    return how.withCoupling(model.coupling()).model(data, model.kept(), model.number());
  }

  /** The training of a model in a directory of its own, which says itself whether it is done. */
  private record ModelTask(Stage<Ensemble> model, String folder) implements Task {
    @Override
    public String file() {
      return "";
    }

    @Override
    public long size() {
      return model.size();
    }

    @Override
    public void run(TaskContext context) {
      context.run(model, Path.of(folder));
    }
  }

  /**
   * Measures what is missing, a unit a worker.
   *
   * @param targets how many there are
   */
  public void measure(StageWork run, ModelMeasure measure, int targets, List<Unit> units) {
    long steps = targets * measure.preparingSteps() + units.size() * measure.unitSteps();
    try (Progress.Task task = run.progress().start("Sampling and comparing", steps, "steps")) {
      Workers workers = run.workers();
      workers.forEachShared(targets, (t, parts) -> measure.prepare(run, t, parts, task));
      workers.forEachShared(
          units.size(),
          (u, parts) -> {
            Unit unit = units.get(u);
            String name = name(unit.model());
            if (run.has(measure.file(unit.target(), name))) {
              task.skip(measure.unitSteps());
              return;
            }
            try (Checkpoint checkpoint = open(unit.model())) {
              measure.measure(run, unit.target(), name, checkpoint, parts, task);
            }
          });
    }
  }

  /** Loads a trained model; the caller closes it. */
  Checkpoint open(Model model) {
    return isMember(model)
        ? ensemble.load(ensemble.checkpointNames().get(model.number()))
        : Ensemble.open(folder(model)).first();
  }

  private Path folder(Model model) {
    return Confined.path(directory, name(model));
  }
}
