package io.journey.benchmarks.hostile;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link Worker} in its process; one that dies is started again. */
final class WorkerProcess implements AutoCloseable {
  /** Beyond what the worker allows itself: then it cannot even tell. */
  private static final long PATIENCE_SECONDS = 6 * Worker.HANG_SECONDS;

  private static final String HEAP = "-Xmx512m";

  private final Path corpus;
  private final Path work;
  private Process process;
  private BufferedReader answers;
  private BufferedWriter names;

  WorkerProcess(Path corpus, Path work) {
    this.corpus = corpus;
    this.work = work;
  }

  /** Runs one case. */
  Outcome run(String name) throws IOException, InterruptedException {
    if (process == null) {
      start();
    }
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    String line = null;
    try {
      names.write(name + "\n");
      names.flush();
      while (!answers.ready() && process.isAlive() && System.nanoTime() < patience) {
        Thread.sleep(1);
      }
      if (answers.ready() || !process.isAlive()) {
        line = answers.readLine();
      }
    } catch (IOException e) {
      line = null; // the process is gone, which is said below
    }
    if (line == null || !process.isAlive()) {
      boolean alive = process.isAlive();
      if (!alive && process.exitValue() == 1) {
        throw new IOException("the worker itself failed at " + name + ": " + log());
      }
      String end = alive ? "" : " and ended with status " + process.exitValue();
      close();
      if (line == null) {
        Verdict verdict = alive ? Verdict.HANG : Verdict.CRASH;
        return new Outcome(name, verdict, "", "the process gave no answer" + end + ": " + log(), 0);
      }
    }
    Outcome outcome = Outcome.parse(line);
    if (outcome.verdict() == Verdict.HANG) {
      close();
    }
    return outcome;
  }

  private void start() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        List.of(
            java,
            HEAP,
            "-XX:+UseSerialGC",
            "-XX:ActiveProcessorCount=1",
            "-Xss1m",
            "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
            "-Djava.awt.headless=true",
            "-cp",
            System.getProperty("java.class.path"),
            Worker.class.getName(),
            corpus.toString(),
            work.toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.redirectError(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    Files.createDirectories(work.getParent());
    Files.deleteIfExists(logFile());
    process = builder.start();
    answers = process.inputReader();
    names = process.outputWriter();
    String ready = answers.readLine();
    if (!"ready".equals(ready)) {
      throw new IOException("the worker did not start: " + log());
    }
  }

  /** Ends the process without a word, as a system short of memory does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  private Path logFile() {
    return work.resolveSibling(work.getFileName() + ".log");
  }

  private String log() throws IOException {
    if (!Files.exists(logFile())) {
      return "";
    }
    List<String> lines = Files.readAllLines(logFile());
    return String.join(" / ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
  }

  @Override
  public void close() throws IOException {
    if (process != null) {
      process.destroyForcibly();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      process = null;
    }
  }
}
