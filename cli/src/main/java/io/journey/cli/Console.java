package io.journey.cli;

import io.journey.array.DType;
import io.journey.results.EvaluationResult;
import io.journey.run.ClusterEngine;
import io.journey.run.Executor;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.SettingException;
import io.journey.tensor.Device;
import io.journey.tensor.DeviceProcess;
import io.journey.tensor.Libtorch;
import io.journey.tensor.Precision;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * The options that every stage's command shares: the device, worker threads, progress, and where
 * results are told.
 */
final class Console {
  /** One computes on the GPU while the other prepares what comes next. */
  private static final int GPU_THREADS = 2;

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  private final Queue<String> announced = new ConcurrentLinkedQueue<>();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Worker threads (default: one for each core; 2 with a GPU, which they share). They change"
              + " no number.")
  @InRange(from = 1)
  private Integer threads;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description =
          "cpu; cuda or cuda:N, an NVIDIA GPU; mps, Apple's (default: ${DEFAULT-VALUE}). A device"
              + " rounds in its own way, and directories say which it was.")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "f32",
      description =
          "f32; tf32 on a GPU: factors of 10 bits in convolutions and matrix products; bf16: training"
              + " on a GPU, and gradients for features anywhere, in bfloat16 (default: ${DEFAULT-VALUE}).")
  private Precision precision;

  @Option(
      names = "--cluster",
      paramLabel = "MASTER",
      description =
          "A cluster that does the work: of Spark 4 local-cluster[N,CORES,MIB], spark://HOST:PORT,"
              + " yarn or k8s://URL. It sees data and results under the same paths, and leaves the"
              + " same bytes (docs/scale.md).")
  private String cluster;

  @Option(
      names = "--cluster-option",
      paramLabel = "NAME=VALUE",
      description = "A setting of the cluster's engine, such as spark.executor.memory=4g.")
  private Map<String, String> clusterOptions = Map.of();

  private RunContext context;

  /** Returns what the command's stages run with; {@link #close} ends it. */
  RunContext context() {
    if (context == null) {
      Device chosen = Libtorch.device();
      int usual = chosen.isCpu() ? Runtime.getRuntime().availableProcessors() : GPU_THREADS;
      int workers = threads == null ? usual : threads;
      RunContext local = RunContext.of(chosen, workers, progress());
      context = cluster == null ? local : local.withExecutor(executor());
    }
    return context;
  }

  private Executor executor() {
    List<ClusterEngine> engines = ClusterEngine.all();
    for (ClusterEngine engine : engines) {
      if (engine.accepts(cluster)) {
        return engine.open(cluster, clusterOptions, DeviceProcess.like(device, precision));
      }
    }
    throw new SettingException(
        engines.isEmpty()
            ? "cluster " + cluster + " needs the module spark on the class path: use ./journey"
            : "cluster must be local-cluster[N,CORES,MIB], spark://HOST:PORT, yarn or k8s://URL, got '"
                + cluster
                + "'");
  }

  /** Returns the number type that gradients for features are computed in. */
  DType gradientType() {
    return precision == Precision.BF16 ? DType.BF16 : DType.F32;
  }

  /**
   * Chooses the device of a command, if it has such options, before any tensor is made.
   *
   * @throws CommandLine.ExecutionException if it cannot be had
   */
  static void open(CommandLine.ParseResult parsed) {
    for (CommandLine each : parsed.asCommandLineList()) {
      for (CommandSpec mixin : each.getCommandSpec().mixins().values()) {
        if (mixin.userObject() instanceof Console console) {
          try {
            console.openDevice(each.getCommandSpec());
          } catch (RuntimeException e) {
            throw new CommandLine.ExecutionException(each, e.getMessage(), e);
          }
        }
      }
    }
  }

  private void openDevice(CommandSpec command) {
    Device opened = Device.open(device, precision);
    boolean ofFeatures =
        command.mixins().values().stream().anyMatch(m -> m.userObject() instanceof FeatureOptions);
    if (opened.isCpu() && precision == Precision.BF16 && !ofFeatures) {
      throw new SettingException(
          "precision bf16 of this command needs a GPU: add --device, or use f32");
    }
    Libtorch.use(opened);
  }

  /** Ends the worker threads of a command, if it has such options. */
  static void close(CommandLine.ParseResult parsed) {
    for (CommandLine each : parsed.asCommandLineList()) {
      for (CommandSpec mixin : each.getCommandSpec().mixins().values()) {
        if (mixin.userObject() instanceof Console console && console.context != null) {
          console.context.close();
          console.context = null;
        }
      }
    }
  }

  /** Progress on standard error. What was announced is told when the first task starts. */
  Progress progress() {
    Progress shown = new ConsoleProgress(spec.commandLine().getErr());
    return (task, total, unit) -> {
      tellAnnounced();
      return shown.start(task, total, unit);
    };
  }

  /**
   * Tells a line when work begins, or its result is told: not where the work is refused. Stages
   * refuse before they start their first task.
   */
  void announce(String line) {
    announced.add(line);
  }

  private void tellAnnounced() {
    for (String line = announced.poll(); line != null; line = announced.poll()) {
      print(line);
    }
  }

  /** Tells a result. */
  void say(String line) {
    tellAnnounced();
    print(line);
  }

  /** Tells what an evaluation has found, and what limits it. */
  void say(EvaluationResult result) {
    result.sentences().forEach(this::say);
    result.warnings().forEach(warning -> say("Warning: " + warning));
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
