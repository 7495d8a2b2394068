package io.journey.benchmarks.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Many cases, over several processes.
 *
 * @param corpus the originals
 * @param scratch where processes work
 * @param workers how many processes
 */
public record Campaign(Path corpus, Path scratch, int workers) {
  /**
   * Makes the originals anew and a campaign over them.
   *
   * @param stages whether also what stages write is attacked, for which models are trained
   */
  public static Campaign prepare(Path home, Path scratch, int workers, boolean stages)
      throws IOException {
    Path place = scratch.toAbsolutePath().normalize();
    Path corpus = place.resolve("corpus");
    Originals.write(home.toAbsolutePath().normalize(), corpus, stages);
    return new Campaign(corpus, place, workers);
  }

  /**
   * Returns the names of the cases of a campaign: every original has its share, evenly spread, so
   * that a part of the list is a smaller campaign of the same kind.
   *
   * @param inputs how many in all
   * @param only what names must begin with; "" for all
   */
  public List<String> names(int inputs, String only) {
    List<Original> chosen =
        Originals.listed(corpus).stream().filter(o -> o.name().startsWith(only)).toList();
    if (chosen.isEmpty()) {
      throw new IllegalArgumentException("no original's name begins with " + only);
    }
    double weights = chosen.stream().mapToInt(Original::weight).sum();
    record At(double place, String name) {}
    List<At> all = new ArrayList<>();
    for (Original original : chosen) {
      long count = Math.max(1, Math.round(inputs * original.weight() / weights));
      for (int i = 0; i < count; i++) {
        String name = String.format("%s/%06d", original.name(), i);
        all.add(new At((i + 0.5) / count, name));
      }
    }
    all.sort(Comparator.comparingDouble(At::place).thenComparing(At::name));
    return all.stream().map(At::name).toList();
  }

  /**
   * Runs cases until all are done or time is up.
   *
   * @param seconds how long at most
   * @param heard is told every outcome, one at a time
   * @return how many were run
   */
  public int run(List<String> names, double seconds, Consumer<Outcome> heard)
      throws InterruptedException {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    AtomicInteger next = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    ConcurrentHashMap<String, Throwable> failures = new ConcurrentHashMap<>();
    List<Thread> threads = new ArrayList<>();
    for (int w = 0; w < workers; w++) {
      Path work = scratch.resolve("worker-" + w);
      Thread thread =
          new Thread(
              () -> {
                try (WorkerProcess process = new WorkerProcess(corpus, work)) {
                  for (int i = next.getAndIncrement();
                      i < names.size() && System.nanoTime() < end && failures.isEmpty();
                      i = next.getAndIncrement()) {
                    Outcome outcome = process.run(names.get(i));
                    synchronized (done) {
                      done.incrementAndGet();
                      heard.accept(outcome);
                    }
                  }
                } catch (IOException | InterruptedException | RuntimeException e) {
                  failures.put(work.toString(), e);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new IllegalStateException("the campaign broke off: " + failures);
    }
    return done.get();
  }

  /** Writes the changed input of a case below a folder, and says what was done. */
  public String reproduce(String name, Path into) throws IOException {
    Original original = original(name);
    Corpus.delete(into);
    Files.createDirectories(into);
    Corpus.copy(corpus.resolve(original.name()), into);
    Attack attack = Attack.of(original, Long.parseLong(name.substring(name.lastIndexOf('/') + 1)));
    attack.apply(into);
    Path out = scratch.resolve("out");
    return attack.how()
        + "\n"
        + "journey "
        + String.join(" ", original.command(attack.command(), into, out));
  }

  private Original original(String name) {
    return Originals.listed(corpus).stream()
        .filter(o -> name.startsWith(o.name() + "/"))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no case " + name));
  }

  /**
   * Looks for the smallest change that is taken like a case's.
   *
   * @param result where the changed file is written
   * @return how to run it: a name for {@link #run}
   */
  public String minimize(String name, Path result) throws IOException, InterruptedException {
    Original original = original(name);
    Attack attack = Attack.of(original, Long.parseLong(name.substring(name.lastIndexOf('/') + 1)));
    Path changed = scratch.resolve("minimized");
    reproduce(name, changed);
    for (String file : original.attacked()) {
      byte[] before = Files.readAllBytes(corpus.resolve(original.name()).resolve(file));
      byte[] after = Files.readAllBytes(changed.resolve(file));
      if (!Arrays.equals(before, after)) {
        String request =
            String.join(
                "\t", "file", original.name(), "" + attack.command(), file, result.toString());
        try (WorkerProcess process = new WorkerProcess(corpus, scratch.resolve("minimizer"))) {
          Files.write(result, after);
          String kind = process.run(request).kind();
          Minimizer minimizer =
              new Minimizer(
                  candidate -> {
                    Files.write(result, candidate);
                    return process.run(request).kind().equals(kind);
                  });
          Files.write(result, minimizer.smallest(before, after));
        }
        return request;
      }
    }
    throw new IllegalArgumentException(name + " changes more than the bytes of one file");
  }
}
