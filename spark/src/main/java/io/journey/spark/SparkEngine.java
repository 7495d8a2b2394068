package io.journey.spark;

import io.journey.run.ClusterEngine;
import io.journey.run.ClusterProcess;
import io.journey.run.Executor;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * Apache Spark 4. The process that starts a command is the driver; executors get Journey's jars,
 * libtorch among them, and see the files of data and runs under the same paths.
 */
public final class SparkEngine implements ClusterEngine {
  /**
   * {@code spark://host:port}, {@code yarn}, {@code k8s://…}, {@code local-cluster[n,cores,MiB]}.
   */
  private static final Pattern MASTER =
      Pattern.compile("spark://.+|yarn|k8s://.+|local-cluster\\[.+\\]");

  /** Variables that decide how native libraries compute and keep memory. */
  private static final Pattern VARIABLES =
      Pattern.compile(
          "(OMP|OPENBLAS|ONEDNN|ATEN|MALLOC|CUBLAS)_.*|JOURNEY_TORCH|JOURNEY_INSTRUCTIONS");

  private static final String JAVA_OPTIONS =
      "-XX:+UseSerialGC -Djava.awt.headless=true -Dorg.bytedeco.javacpp.maxphysicalbytes=0";

  /** What decides where jars are looked for; a user's own value stands. */
  private static final String JARS = "spark.jars";

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public boolean accepts(String cluster) {
    return MASTER.matcher(cluster).matches();
  }

  @Override
  public Executor open(String cluster, Map<String, String> options, ClusterProcess process) {
    SparkConf conf = conf(cluster, options);
    try {
      return new SparkExecutor(new SparkContext(conf), process);
    } catch (IllegalArgumentException e) {
      throw new SettingException("Spark refuses an option: " + firstLine(e), e);
    } catch (Exception e) { // Scala declares none, and throws Spark's all the same.
      throw new JourneyException(
          "Spark cannot work with the cluster " + cluster + ": " + firstLine(e) + ".", e);
    }
  }

  static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
  }

  private static SparkConf conf(String cluster, Map<String, String> options) {
    SparkConf conf = new SparkConf(false).setMaster(cluster).setAppName("journey");
    conf.set("spark.ui.enabled", "false");
    conf.set("spark.ui.showConsoleProgress", "false");
    conf.set("spark.speculation", "false"); // Two of one task would write the same files.
    conf.set("spark.task.maxFailures", "8"); // Executors that die count, too.
    conf.set("spark.executor.heartbeatInterval", "2s"); // Progress comes with it.
    conf.set("spark.executor.userClassPathFirst", "true"); // Spark has another Jackson.
    String home = System.getProperty("journey.home", "");
    conf.set("spark.executor.extraJavaOptions", JAVA_OPTIONS + " -Djourney.home=" + home);
    System.getenv().entrySet().stream()
        .filter(variable -> VARIABLES.matcher(variable.getKey()).matches())
        .forEach(variable -> conf.setExecutorEnv(variable.getKey(), variable.getValue()));
    List<String> jars = jars();
    if (cluster.startsWith("local-cluster")) {
      // Processes of this machine read the jars where they are. They need SPARK_HOME.
      conf.set("spark.executor.extraClassPath", String.join(File.pathSeparator, jars));
    } else {
      conf.set(JARS, String.join(",", jars));
    }
    options.forEach(conf::set);
    return conf;
  }

  /**
   * Returns what an executor needs beside Spark: of the class path all jars that are not Spark's.
   */
  private static List<String> jars() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().normalize())
        .filter(entry -> !entry.getParent().endsWith("home/jars"))
        .map(Path::toString)
        .collect(Collectors.toList());
  }
}
