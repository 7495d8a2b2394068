package io.journey.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.features.FeatureStore;
import io.journey.features.Featurizer;
import io.journey.report.Findings;
import io.journey.run.AtomicFile;
import io.journey.run.Confined;
import io.journey.run.Json;
import io.journey.run.JsonFields;
import io.journey.run.Memory;
import io.journey.run.RunDirectory;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** The stages of a quickstart: each is timed, told, and put into the run's manifest. */
final class QuickstartStages {
  /** The run's manifest: its stages with their times. */
  static final String MANIFEST = "run.json";

  private final Path out;
  private final Console console;
  private final Map<String, ObjectNode> stages = new LinkedHashMap<>();

  QuickstartStages(Path out, Console console) {
    this.out = out;
    this.console = console;
  }

  /** Returns a place in the run's directory. */
  Path place(String name) {
    return Confined.path(out, name);
  }

  /** Runs a stage; one that leaves a directory tells its own time, earlier attempts included. */
  <T> T run(String name, Path result, Supplier<T> work) {
    boolean doneBefore = Confined.exists(result, RunDirectory.TIMING);
    Memory.forgetPeak();
    long start = System.nanoTime();
    T made = work.get();
    double seconds = Math.round((System.nanoTime() - start) * 1e-6) / 1000.0;
    long peak = Memory.peakResidentBytes();
    if (Confined.exists(result, RunDirectory.TIMING)) {
      Path timing = Confined.file(result, RunDirectory.TIMING);
      JsonFields told = new JsonFields(Json.read(timing), timing.toString());
      seconds = told.number("seconds");
      peak = told.integer("peak_resident_bytes");
    }
    stages.put(name, Json.object().put("seconds", seconds).put("peak_resident_bytes", peak));
    console.say(
        String.format(
            Locale.ROOT,
            "%-15s %6.1f s, at most %,d MiB%s",
            name,
            seconds,
            peak >> 20,
            doneBefore ? " (done before)" : ""));
    return made;
  }

  /** Computes features in a directory of the run. */
  FeatureStore featurize(String name, String folder, Featurizer featurizer) {
    return run(name, place(folder), () -> featurizer.run(place(folder), console.context()));
  }

  /**
   * Writes the manifest.
   *
   * @param settings of the run
   */
  void writeManifest(ObjectNode settings) {
    ObjectNode manifest = Json.object();
    manifest.put("kind", "quickstart").put("threads", console.context().threads());
    manifest.setAll(settings);
    manifest.put("java", System.getProperty("java.version"));
    double total = 0;
    for (ObjectNode stage : stages.values()) {
      total += stage.path("seconds").asDouble();
    }
    manifest.put("seconds", Math.round(total * 1000) / 1000.0);
    ObjectNode list = manifest.putObject("stages");
    stages.forEach(list::set);
    AtomicFile.write(place(MANIFEST), Json.bytes(manifest));
  }

  /** Tells where the first page is. */
  void tellFirst(Path page) {
    console.say("A first page is there: " + uri(page));
  }

  /** Tells the findings and where the page is. */
  void tell(Path page, List<String> findings) {
    console.say("");
    if (findings.isEmpty()) {
      console.say(Findings.NONE);
    }
    findings.forEach(finding -> console.say("* " + finding));
    console.say("");
    console.say("The page is " + uri(page));
  }

  private static URI uri(Path page) {
    return page.toAbsolutePath().normalize().toUri();
  }
}
