package io.journey.benchmarks.kills;

import io.journey.benchmarks.hostile.Stages;
import io.journey.cli.Main;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.Checksums;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs stages undisturbed, then again with kills.
 *
 * @param home the repository
 * @param scratch a folder for everything
 */
public record KilledRuns(Path home, Path scratch) {
  private static final long PATIENCE_SECONDS = 300;

  /** Kills after which a run may come to its end. */
  private static final int MOST_IN_A_ROW = 6;

  /**
   * What became of a stage.
   *
   * @param stage its name
   * @param kills how many processes were killed
   * @param writing after how many of them a file was left half written
   * @param runs how many times the stage was brought to its end
   * @param different files whose bytes are not those of the undisturbed run, or that one lacks
   */
  public record Result(String stage, int kills, int writing, int runs, List<String> different) {}

  /** Runs all that the stages need, once and undisturbed. */
  public void prepare(List<Stage> stages) throws IOException, InterruptedException {
    delete(scratch);
    Files.createDirectories(made());
    Files.writeString(made().resolve("config.json"), Stages.CONFIG);
    for (Stage stage : stages) {
      Path results = Files.createDirectories(stage.folder(made()));
      Process process = start(stage, results);
      require(process, stage);
    }
  }

  private Path made() {
    return scratch.resolve("made");
  }

  /** Kills a stage this many times, and compares every run that came to its end. */
  public Result kill(Stage stage, int kills) throws IOException, InterruptedException {
    Map<String, String> expected = contents(stage.folder(made()));
    long usual = usualMillis(stage);
    List<String> different = new ArrayList<>();
    Path results = stage.folder(scratch.resolve("killed"));
    int killed = 0;
    int writing = 0;
    int runs = 0;
    while (killed < kills || runs == 0) {
      delete(results);
      Files.createDirectories(results);
      for (int row = 0; row < MOST_IN_A_ROW && killed < kills; row++) {
        RandomStream moment = Seed.of(1).child("kill").child(stage.name()).child(killed).stream();
        Process process = start(stage, results);
        if (!killInTime(process, results, expected.size(), usual, moment)) {
          break;
        }
        killed++;
        writing += leftovers(results) > 0 ? 1 : 0;
      }
      require(start(stage, results), stage);
      runs++;
      compare(expected, contents(results), different);
    }
    return new Result(stage.name(), killed, writing, runs, List.copyOf(different));
  }

  /** Returns how long the stage takes from start to end where nothing is done yet. */
  private long usualMillis(Stage stage) throws IOException, InterruptedException {
    Path results = stage.folder(scratch.resolve("timed"));
    Files.createDirectories(results);
    long start = System.nanoTime();
    require(start(stage, results), stage);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    delete(results);
    return millis;
  }

  /**
   * Two of three kills are aimed at a file that is being written, the third at any moment.
   *
   * @return whether the process was still at work
   */
  private static boolean killInTime(
      Process process, Path results, int files, long usual, RandomStream moment)
      throws InterruptedException {
    boolean aimed = moment.nextInt(3) > 0;
    int wanted = 1 + moment.nextInt(Math.max(1, Math.min(files, 12)));
    long later = moment.nextInt(3);
    long end = System.nanoTime() + moment.nextInt((int) usual) * 1_000_000L;
    List<String> seen = new ArrayList<>();
    while (process.isAlive()) {
      if (aimed) {
        for (String name : temporaries(results)) {
          if (!seen.contains(name)) {
            seen.add(name);
          }
        }
        if (seen.size() >= wanted) {
          Thread.sleep(later);
          break;
        }
      } else if (System.nanoTime() > end) {
        break;
      }
      Thread.sleep(aimed ? 0 : 1, 200_000);
    }
    boolean alive = process.isAlive();
    process.destroyForcibly().waitFor();
    return alive;
  }

  private static List<String> temporaries(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.map(Path::toString).filter(n -> n.endsWith(AtomicFile.TEMPORARY)).toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // what was there is gone already
    }
  }

  private static int leftovers(Path folder) {
    return temporaries(folder).size();
  }

  private Process start(Stage stage, Path results) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1g"));
    line.add("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
    line.addAll(List.of("-Djava.awt.headless=true", "-Djourney.home=" + home));
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    line.addAll(stage.words(home, made(), results));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    return builder.redirectError(log().toFile()).start();
  }

  private Path log() {
    return scratch.resolve("last.log");
  }

  private void require(Process process, Stage stage) throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IllegalStateException(stage.name() + " does not end");
    }
    if (process.exitValue() != 0) {
      throw new IllegalStateException(stage.name() + ": " + Files.readString(log()));
    }
  }

  private static void compare(
      Map<String, String> expected, Map<String, String> found, List<String> different) {
    Map<String, String> all = new TreeMap<>(expected);
    all.putAll(found);
    for (String name : all.keySet()) {
      if (!expected.getOrDefault(name, "").equals(found.getOrDefault(name, ""))) {
        different.add(name);
      }
    }
  }

  /**
   * Returns every file of a result with its SHA-256; not the locks, and not what the clock decides.
   */
  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith(".lock") && !file.endsWith("timing.json")) {
          files.put(folder.relativize(file).toString(), Checksums.of(file));
        }
      }
    }
    return files;
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
