package io.journey.benchmarks.hostile;

import io.journey.benchmarks.hostile.Original.Guard;
import io.journey.run.Checksums;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs cases in a folder of its own: the input changed, a command run, all put back. */
final class Case {
  /** Processor time a command may take, in milliseconds, where the original takes little. */
  private static final long BUDGET = 2000;

  /** What a command may take as a multiple of what it takes for the original. */
  private static final long TIMES_ORIGINAL = 8;

  private static final String PROGRESS = "[A-Z][a-z]+ing[^:]*: \\d+ .*";

  private final Path corpus;
  private final Path work;
  private final Path out;
  private final Path outside;
  private final Map<String, Original> originals;
  private final Map<String, Reference> references = new HashMap<>();
  private volatile String now = "";
  private volatile String how = "";
  private volatile long begun;
  private volatile long begunCpu;

  /** What a command makes of the original. */
  private record Reference(String content, long millis) {}

  /** One command's end. */
  private record Told(Stages.Run run, Throwable thrown, String content, long millis) {}

  Case(Path corpus, Map<String, Original> originals, Path work) throws IOException {
    this.corpus = corpus;
    this.originals = originals;
    this.work = work;
    this.out = work.resolve("out");
    this.outside = work.resolve("outside");
    Corpus.delete(work);
    Files.createDirectories(outside);
    Files.writeString(outside.resolve("secret.txt"), "nobody asked for this\n");
    Files.writeString(outside.resolve("kept.npy"), "nobody may delete this\n");
  }

  /** Returns the case at work, for a watchdog. */
  String now() {
    return now;
  }

  /** Returns how long the command at work has been running, 0 where none is. */
  double secondsAtWork() {
    long since = begun;
    return since == 0 ? 0 : (System.nanoTime() - since) * 1e-9;
  }

  /** Returns how much of a processor it has had in that time. */
  double secondsOfProcessor() {
    return begun == 0 ? 0 : (cpuMillis() - begunCpu) * 1e-3;
  }

  /** Returns what was done to its input. */
  String how() {
    return how;
  }

  /**
   * Runs a case.
   *
   * @param name {@code ORIGINAL/NUMBER}; or, separated by tabs, {@code file}, an original, the
   *     number of a command, one of the original's files, and a file whose bytes take its place
   */
  Outcome run(String name) throws IOException {
    Outcome first = once(name);
    if (first.verdict() != Verdict.SLOW) {
      return first;
    }
    Outcome again = once(name); // a compiler or collector may have been at work
    return again.millis() < first.millis() ? again : first;
  }

  private Outcome once(String name) throws IOException {
    String[] words = name.split("\t");
    boolean replacing = words.length == 5;
    Original original = original(replacing ? words[1] : name.substring(0, name.lastIndexOf('/')));
    Attack attack =
        replacing
            ? Attack.replacing(original, Integer.parseInt(words[2]), words[3], Path.of(words[4]))
            : Attack.of(original, Long.parseLong(name.substring(name.lastIndexOf('/') + 1)));
    Path folder = prepared(original);
    Reference reference = reference(original, attack.command(), folder);
    Map<String, String> before = state(folder);
    now = replacing ? original.name() + "/file" : name;
    attack.apply(folder);
    how = attack.how();
    Map<String, String> attacked = state(folder);
    Map<String, String> around = contents(outside);
    begunCpu = cpuMillis();
    begun = System.nanoTime();
    Told told = tell(original.command(attack.command(), folder, out));
    begun = 0;
    boolean touched = !contents(outside).equals(around);
    Map<String, String> after = state(folder);
    if (original.guard() != Guard.UNFINISHED) {
      touched |= !after.entrySet().containsAll(attacked.entrySet());
    }
    Outcome outcome = judged(original, attack, folder, told, reference, touched);
    restore(original, folder, before, after);
    now = "";
    return outcome;
  }

  private Original original(String name) {
    Original original = originals.get(name);
    if (original == null) {
      throw new IllegalArgumentException(
          "there is no original " + name + ": the originals are " + originals.keySet());
    }
    return original;
  }

  private Path prepared(Original original) throws IOException {
    Path folder = work.resolve("in").resolve(original.name());
    if (!Files.exists(folder)) {
      Files.createDirectories(folder);
      Corpus.copy(corpus.resolve(original.name()), folder);
    }
    return folder;
  }

  private Reference reference(Original original, int command, Path folder) throws IOException {
    String key = original.name() + "#" + command;
    Reference known = references.get(key);
    if (known != null) {
      return known;
    }
    Told told = null;
    for (int i = 0; i < 2; i++) { // the second time, classes are loaded
      told = tell(original.command(command, folder, out));
      if (told.thrown() != null || told.run().status() != 0) {
        throw new IllegalStateException(
            key
                + " is not read as it is: "
                + (told.run() == null ? told.thrown() : told.run().err()));
      }
      Corpus.delete(folder);
      prepared(original);
    }
    Reference made = new Reference(told.content(), told.millis());
    references.put(key, made);
    return made;
  }

  private Told tell(String[] command) throws IOException {
    Corpus.delete(out);
    Files.createDirectories(out);
    long start = cpuMillis();
    Stages.Run run = null;
    Throwable thrown = null;
    try {
      run = Stages.run(command);
    } catch (Throwable e) { // whatever it is, it is what the campaign looks for
      thrown = e;
    }
    long millis = cpuMillis() - start;
    String content =
        run == null ? "" : run.out().replaceAll("[\\d.]+ (m?s|min)\\b", "") + results();
    return new Told(run, thrown, content, millis);
  }

  private String results() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Map.Entry<String, String> file : contents(out).entrySet()) {
      String name = file.getKey();
      if (!name.endsWith("timing.json") && !name.endsWith(".lock")) {
        all.append(name).append(' ').append(file.getValue()).append('\n');
      }
    }
    return all.toString();
  }

  private static long cpuMillis() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1_000_000;
  }

  private Outcome judged(
      Original original,
      Attack attack,
      Path folder,
      Told told,
      Reference reference,
      boolean touched) {
    Verdict verdict = verdict(original, attack, folder, told, reference);
    String detail = told.thrown() == null ? firstLine(told.run().err()) : trace(told.thrown());
    if (verdict == Verdict.DEFECT && told.run() != null) {
      detail = debugged(original.command(attack.command(), folder, out), detail);
    }
    long limit = Math.max(BUDGET, TIMES_ORIGINAL * reference.millis());
    if (verdict.isGood() && told.millis() > limit) {
      verdict = Verdict.SLOW;
    }
    if (touched) {
      verdict = Verdict.TOUCHED;
    }
    String shown = detail.replace(folder.toString(), "…").replace(work.toString(), "…");
    return new Outcome(now, verdict, attack.how(), shown, told.millis());
  }

  private Verdict verdict(
      Original original, Attack attack, Path folder, Told told, Reference reference) {
    if (told.thrown() != null) {
      return told.thrown() instanceof StackOverflowError
          ? Verdict.STACK
          : told.thrown() instanceof OutOfMemoryError ? Verdict.MEMORY : Verdict.DEFECT;
    }
    String err = told.run().err();
    if (told.run().status() == 0) {
      boolean same = told.content().equals(reference.content());
      boolean noticed = original.guard() != Guard.MANIFEST || attack.isSealed();
      return same ? Verdict.SAME : noticed ? Verdict.OTHER : Verdict.BELIEVED;
    }
    if (told.run().status() != 2) {
      return Verdict.DEFECT;
    }
    return err.contains("Memory ran out")
        ? Verdict.MEMORY
        : isSentence(err, folder) ? Verdict.REFUSED : Verdict.UNCLEAR;
  }

  /** One line that ends like a sentence and says which file or folder is meant. */
  private boolean isSentence(String err, Path folder) {
    List<String> lines = err.lines().filter(line -> !line.matches(PROGRESS)).toList();
    return lines.size() == 1
        && lines.get(0).matches(".*[.?']")
        && !lines.get(0).matches(".*(Exception|\\(null\\)|Error: |\\tat |io\\.journey).*")
        && (lines.get(0).contains(folder.toString()) || lines.get(0).contains(out.toString()));
  }

  private static String firstLine(String err) {
    List<String> lines = err.lines().filter(line -> !line.matches(PROGRESS)).toList();
    return String.join(" / ", lines);
  }

  private String debugged(String[] command, String otherwise) {
    List<String> words = new ArrayList<>(List.of("--debug"));
    words.addAll(List.of(command));
    String err = Stages.run(words.toArray(String[]::new)).err();
    List<String> frames =
        err.lines().map(String::strip).filter(l -> l.startsWith("at io.journey")).toList();
    return frames.isEmpty() ? otherwise : otherwise + " " + frames.get(0);
  }

  /** Returns an exception's name and the first place of Journey in its trace. */
  static String trace(Throwable e) {
    for (StackTraceElement frame : e.getStackTrace()) {
      if (frame.getClassName().startsWith("io.journey")) {
        return e + " at " + frame;
      }
    }
    return e.toString();
  }

  /** Puts back what a case has changed. */
  private void restore(
      Original original, Path folder, Map<String, String> before, Map<String, String> after)
      throws IOException {
    if (original.attacked().isEmpty()) {
      Corpus.delete(folder); // it may hold anything
      return;
    }
    for (String name : after.keySet()) {
      if (!before.containsKey(name)) {
        Files.delete(folder.resolve(name));
      }
    }
    for (Map.Entry<String, String> file : before.entrySet()) {
      if (!file.getValue().equals(after.get(file.getKey()))) {
        Path from = corpus.resolve(original.name()).resolve(file.getKey());
        Path to = folder.resolve(file.getKey());
        Files.createDirectories(to.getParent());
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Returns every file below a folder with its hash. */
  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (String name : state(folder).keySet()) {
      byte[] bytes = Files.readAllBytes(folder.resolve(name));
      files.put(name, Checksums.of(bytes));
    }
    return files;
  }

  /**
   * Returns every file below a folder with what changes when it is written, every link with its
   * target.
   */
  private static Map<String, String> state(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.toList()) {
        String name = folder.relativize(file).toString();
        BasicFileAttributes about =
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (about.isSymbolicLink()) {
          files.put(name, "-> " + Files.readSymbolicLink(file));
        } else if (!about.isDirectory()) {
          files.put(
              name,
              about.size()
                  + " "
                  + about.lastModifiedTime().to(TimeUnit.NANOSECONDS)
                  + " "
                  + about.fileKey());
        }
      }
    }
    return files;
  }
}
