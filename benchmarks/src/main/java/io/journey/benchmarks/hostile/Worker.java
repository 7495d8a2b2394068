package io.journey.benchmarks.hostile;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The process that runs cases: reads their names from standard input, a line each, and answers each
 * with a line of JSON. A command that does not end is told of, and the process ends in its stead.
 */
public final class Worker {
  /** Processor time after which a case counts as endless. */
  static final long HANG_SECONDS = 10;

  /** Time after which it does although it did not work: on a busy machine it may have waited. */
  private static final long BLOCKED_SECONDS = 4 * HANG_SECONDS;

  private static final long LOOK_MILLIS = 200;

  private Worker() {}

  /** Takes the corpus and a folder to work in. */
  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
    List<Original> list = Originals.listed(Path.of(args[0]));
    Map<String, Original> originals =
        list.stream().collect(Collectors.toMap(Original::name, Function.identity()));
    Case cases = new Case(Path.of(args[0]), originals, Path.of(args[1]));
    watch(cases, answers);
    BufferedReader names =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    answers.println("ready");
    for (String name = names.readLine(); name != null; name = names.readLine()) {
      answers.println(cases.run(name).line());
    }
    System.exit(0); // threads of a library may still wait for work
  }

  private static void watch(Case cases, PrintStream answers) {
    Thread main = Thread.currentThread();
    Thread dog =
        new Thread(
            () -> {
              while (!isEndless(cases)) {
                sleep(LOOK_MILLIS);
              }
              answers.println(hanging(cases, main).line());
              answers.flush();
              sleep(BLOCKED_SECONDS * 1000); // until this process is ended
              Runtime.getRuntime().halt(3);
            });
    dog.setDaemon(true);
    dog.start();
  }

  private static boolean isEndless(Case cases) {
    return cases.secondsAtWork() > BLOCKED_SECONDS || cases.secondsOfProcessor() > HANG_SECONDS;
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Outcome hanging(Case cases, Thread main) {
    String where = "";
    for (StackTraceElement frame : main.getStackTrace()) {
      if (frame.getClassName().startsWith("io.journey")) {
        where = "still at " + frame;
        break;
      }
    }
    return new Outcome(
        cases.now(), Verdict.HANG, cases.how(), where, (long) (1000 * cases.secondsOfProcessor()));
  }
}
