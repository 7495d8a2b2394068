package io.journey.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.features.Featurizer;
import io.journey.features.FeaturizerConfig;
import io.journey.model.Ensemble;
import io.journey.model.UNet2DConfig;
import io.journey.projection.ProjectionConfig;
import io.journey.run.Executor;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import io.journey.run.Snapshot;
import io.journey.run.StageFiles;
import io.journey.run.Task;
import io.journey.run.TaskContext;
import io.journey.tensor.DeviceProcess;
import io.journey.tensor.Libtorch;
import io.journey.tensor.Precision;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of Spark on this machine, one of which dies, beside one process without Spark. */
class SparkClusterTest {
  private static final UNet2DConfig MODEL =
      new UNet2DConfig(8, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
  private static final int STEPS = 60;

  @TempDir static Path folder;
  private static RunContext here;
  private static Executor cluster;
  private static final AtomicBoolean KILLED = new AtomicBoolean();

  @BeforeAll
  static void start() {
    here = RunContext.of(Libtorch.device(), 1, Progress.SILENT);
    cluster =
        new SparkEngine()
            .open("local-cluster[2,1,1024]", Map.of(), DeviceProcess.like("cpu", Precision.F32));
  }

  @AfterAll
  static void stop() {
    cluster.close();
    here.close();
  }

  /** The first to be told of steps done kills one of the processes that do them. */
  private static RunContext killing() {
    Progress progress =
        (title, total, unit) ->
            units -> {
              if (units > 0 && KILLED.compareAndSet(false, true)) {
                executors().findFirst().orElseThrow().destroyForcibly();
              }
            };
    return RunContext.of(Libtorch.device(), 1, progress).withExecutor(cluster);
  }

  /** The processes of this cluster's executors: this one has started no others. */
  private static Stream<ProcessHandle> executors() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive);
  }

  private static Map<String, String> go(Path out, RunContext context) throws IOException {
    Dataset data = Datasets.open("../data/fashion-mnist?size=8&limit=40");
    TrainingConfig training = TrainingConfig.of(STEPS, 8, 2e-3);
    Ensemble ensemble =
        new EnsembleTrainer(data, MODEL, training, 3, 3, Duration.ZERO)
            .run(out.resolve("checkpoints"), context);
    FeaturizerConfig config =
        FeaturizerConfig.defaults()
            .withProjection(ProjectionConfig.parse("sparse:64"))
            .withDraws(2)
            .withShardRows(10);
    Featurizer.of(config, ensemble, data).run(out.resolve("features"), context);
    return Snapshot.withoutTimes(out);
  }

  @Test
  void twoProcessesOneOfWhichDiesLeaveTheBytesOfOne() throws IOException {
    Map<String, String> one = go(folder.resolve("here"), here);
    assertThat(go(folder.resolve("there"), killing())).isEqualTo(one);
    assertThat(KILLED).isTrue();
    assertThat(one).containsKeys("checkpoints/manifest.json", "features/manifest.json");
  }

  /** Refuses what it is asked. */
  private record Refusing(String file) implements Task {
    private static final long serialVersionUID = 1L;

    @Override
    public long size() {
      return 1;
    }

    @Override
    public void run(TaskContext context) {
      throw new SettingException("the answer must be 42, got " + file);
    }
  }

  /** Files of a stage that has none. */
  private record NoFiles() implements StageFiles, java.io.Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean has(String name) {
      return false;
    }

    @Override
    public void write(String name, io.journey.run.AtomicFile.Content content) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public Path path(String name) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public StageFiles elsewhere(String task) {
      return this;
    }

    @Override
    public void takeOver(String task) {
      assertThat(task).isEqualTo("41");
    }
  }

  @Test
  void whatATaskRefusesThereIsToldHereInTheSameWords() {
    assertThatThrownBy(
            () -> cluster.run(List.of(new Refusing("41")), new NoFiles(), Progress.Task.SILENT))
        .isInstanceOf(SettingException.class)
        .hasMessage("the answer must be 42, got 41");
  }

  @Test
  void namesOfClustersAreKnown() {
    SparkEngine engine = new SparkEngine();
    for (String name :
        List.of("spark://a:7077", "yarn", "k8s://https://a", "local-cluster[2,1,512]")) {
      assertThat(engine.accepts(name)).as(name).isTrue();
    }
    for (String name : List.of("local", "local[2]", "slurm", "", "http://a")) {
      assertThat(engine.accepts(name)).as(name).isFalse();
    }
  }
}
