package io.journey.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.benchmarks.kills.KilledRuns;
import io.journey.benchmarks.kills.Stage;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Kills every stage while it writes, starts it again until it is done, and compares all bytes with
 * a run that nobody disturbed: {@code benchmarks/run Kills --kills 200}.
 */
@Command(name = "Kills", sortOptions = false)
final class Kills implements Callable<Integer> {
  @Option(names = "--kills", defaultValue = "200")
  private int kills;

  @Option(names = "--only", defaultValue = "", description = "How stages' names begin.")
  private String only;

  @Option(names = "--scratch", defaultValue = "benchmarks/target/kills")
  private Path scratch;

  @Option(names = "--out", description = "A file of JSON lines that gets the counts.")
  private Path out;

  /** Runs one command line. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Kills()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path home = Path.of(System.getProperty("journey.home", ".")).toAbsolutePath().normalize();
    KilledRuns runs = new KilledRuns(home, scratch.toAbsolutePath().normalize());
    runs.prepare(Stage.all());
    List<Stage> stages = Stage.all().stream().filter(s -> s.name().startsWith(only)).toList();
    double weights = stages.stream().mapToInt(Stage::weight).sum();
    List<String> lines = new ArrayList<>();
    boolean equal = true;
    double due = 0;
    int planned = 0;
    for (Stage stage : stages) {
      due += kills * stage.weight() / weights;
      int share = (int) Math.round(due) - planned;
      planned += share;
      KilledRuns.Result result = runs.kill(stage, share);
      ObjectNode line = Json.object().put("stage", result.stage()).put("kills", result.kills());
      line.put("files_left_half_written", result.writing()).put("runs_finished", result.runs());
      line.set("different", Json.tree(result.different()));
      lines.add(line.toString());
      System.out.println(line);
      equal &= result.different().isEmpty();
    }
    if (out != null) {
      Files.write(out, lines);
    }
    return equal ? 0 : 1;
  }
}
