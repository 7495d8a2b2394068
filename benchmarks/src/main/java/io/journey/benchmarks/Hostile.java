package io.journey.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.benchmarks.hostile.Campaign;
import io.journey.benchmarks.hostile.Outcome;
import io.journey.benchmarks.hostile.Verdict;
import io.journey.run.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Changes small inputs of every reader by named seeds and counts how they are taken: {@code
 * benchmarks/run Hostile --inputs 100000 --minutes 20}. What is not good is written, a line each,
 * to {@code hostile-found.jsonl} in the scratch folder.
 */
@Command(name = "Hostile", sortOptions = false)
final class Hostile implements Callable<Integer> {
  @Option(names = "--inputs", defaultValue = "100000")
  private int inputs;

  @Option(names = "--minutes", defaultValue = "20")
  private double minutes;

  @Option(names = "--from", defaultValue = "0", description = "Cases of the list to leave out.")
  private int from;

  @Option(names = "--only", defaultValue = "", description = "How names begin: png, pytorch/bin.")
  private String only;

  @Option(names = "--workers", defaultValue = "2")
  private int workers;

  @Option(names = "--scratch", defaultValue = "benchmarks/target/hostile")
  private Path scratch;

  @Option(names = "--out", description = "A file of JSON lines that gets the counts.")
  private Path out;

  @Option(names = "--case", description = "Write the input of one case to the scratch folder.")
  private String one;

  @Option(names = "--minimize", description = "A case whose change is made as small as can be.")
  private String minimized;

  private final Map<String, Map<Verdict, Integer>> counts = new TreeMap<>();
  private final Map<String, Long> millis = new TreeMap<>();
  private final Map<String, List<Outcome>> kinds = new TreeMap<>();

  /** Runs one command line. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Hostile()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Campaign campaign =
        Campaign.prepare(Path.of(System.getProperty("journey.home", ".")), scratch, workers, true);
    if (one != null) {
      System.out.println(campaign.reproduce(one, scratch.resolve("case").toAbsolutePath()));
      campaign.run(List.of(one), 60, outcome -> System.out.println(outcome.line()));
      return 0;
    }
    if (minimized != null) {
      Path small = scratch.resolve("smallest").toAbsolutePath();
      System.out.println(campaign.minimize(minimized, small));
      return 0;
    }
    List<String> names = campaign.names(inputs, only);
    long start = System.nanoTime();
    Path found = scratch.resolve("hostile-found.jsonl");
    try (PrintStream lines = new PrintStream(found.toFile(), StandardCharsets.UTF_8)) {
      campaign.run(
          names.subList(Math.min(from, names.size()), names.size()),
          minutes * 60,
          outcome -> count(outcome, lines));
    } finally { // counts are worth something also where a campaign breaks off
      double seconds = (System.nanoTime() - start) * 1e-9;
      print(seconds);
      if (out != null) {
        write(seconds);
      }
    }
    return kinds.isEmpty() ? 0 : 1;
  }

  private void count(Outcome outcome, PrintStream lines) {
    counts
        .computeIfAbsent(outcome.reader(), r -> new EnumMap<>(Verdict.class))
        .merge(outcome.verdict(), 1, Integer::sum);
    millis.merge(outcome.reader(), outcome.millis(), Long::sum);
    if (!outcome.verdict().isGood()) {
      lines.println(outcome.line());
      kinds.computeIfAbsent(outcome.kind(), k -> new ArrayList<>()).add(outcome);
    }
  }

  private void print(double seconds) {
    StringBuilder head = new StringBuilder(String.format("%-14s%8s", "reader", "inputs"));
    for (Verdict verdict : Verdict.values()) {
      head.append(String.format("%9s", verdict.word()));
    }
    System.out.println(head.append("  ms each"));
    int all = 0;
    for (Map.Entry<String, Map<Verdict, Integer>> reader : counts.entrySet()) {
      int sum = sum(reader.getValue());
      all += sum;
      StringBuilder line = new StringBuilder(String.format("%-14s%8d", reader.getKey(), sum));
      for (Verdict verdict : Verdict.values()) {
        line.append(String.format("%9d", reader.getValue().getOrDefault(verdict, 0)));
      }
      System.out.println(line.append(String.format("%9d", millis.get(reader.getKey()) / sum)));
    }
    System.out.printf(Locale.ROOT, "%d inputs in %.0f s%n", all, seconds);
    kinds.forEach(
        (kind, outcomes) ->
            System.out.printf(
                Locale.ROOT,
                "%6d × %s%n         %s %s%n         %s%n",
                outcomes.size(),
                kind,
                outcomes.get(0).name(),
                outcomes.get(0).how(),
                outcomes.get(0).detail()));
  }

  private static int sum(Map<Verdict, Integer> verdicts) {
    return verdicts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void write(double seconds) throws IOException {
    List<String> lines = new ArrayList<>();
    ObjectNode run =
        Json.object().put("inputs", counts.values().stream().mapToInt(Hostile::sum).sum());
    run.put("seconds", Math.round(seconds)).put("workers", workers).put("from", from);
    run.put("java", System.getProperty("java.version"));
    lines.add(run.toString());
    counts.forEach(
        (reader, verdicts) -> {
          ObjectNode line = Json.object().put("reader", reader).put("inputs", sum(verdicts));
          verdicts.forEach((verdict, count) -> line.put(verdict.word(), count));
          lines.add(line.toString());
        });
    Files.write(out, lines, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
  }
}
