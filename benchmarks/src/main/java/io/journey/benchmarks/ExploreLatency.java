package io.journey.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import io.journey.dataset.Datasets;
import io.journey.explorer.Explorer;
import io.journey.explorer.ExplorerSources;
import io.journey.model.CheckpointSpec;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.Memory;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.tensor.Libtorch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How long a person waits for the explorer: milliseconds from a question to its first answer, to
 * the first that is stable, and to the last, as its page would see them, over HTTP. Patches are
 * rectangles of random places, sizes, targets and steps; the first question is told apart.
 *
 * <p>Arguments: folder of a quickstart of scenes, patches.
 */
public final class ExploreLatency {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI address;
  private final String cookie;

  private ExploreLatency(Explorer explorer) {
    this.address = URI.create(explorer.address());
    this.cookie = "journey-" + address.getPort() + "=" + address.getQuery().split("=")[1];
  }

  /** Runs the measurement. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path run = Path.of(args[0]);
    int patches = Integer.parseInt(args[1]);
    ExplorerSources sources =
        new ExplorerSources(
            "latency",
            CheckpointSpec.of(run.resolve("pipeline")),
            run.resolve("features"),
            run.resolve("targets.safetensors"),
            Datasets.open(run.resolve("scenes").toString(), Progress.SILENT));
    try (RunContext context = RunContext.of(Libtorch.device());
        Explorer explorer = Explorer.start(sources, 0, context)) {
      new ExploreLatency(explorer).measure(patches);
    }
  }

  private void measure(int patches) throws IOException, InterruptedException {
    JsonNode run = MAPPER.readTree(send(request("/api/run").GET()).body());
    RandomStream random = Seed.of(36).child("patches").stream();
    double[] cold = ask(run, random);
    List<double[]> found = new ArrayList<>();
    int stable = 0;
    for (int n = 0; n < patches; n++) {
      double[] one = ask(run, random);
      found.add(one);
      stable += Double.isNaN(one[1]) ? 0 : 1;
    }
    System.out.printf(
        Locale.ROOT,
        "{\"patches\": %d, \"threads\": %d, \"cold_first_ms\": %.0f, %s, %s, \"stable_of\": %d, %s,"
            + " %s, \"peak_mib\": %d}%n",
        patches,
        Runtime.getRuntime().availableProcessors(),
        cold[0],
        quantiles("first", found, 0),
        quantiles("stable", found, 1),
        stable,
        quantiles("last", found, 2),
        quantiles("first_cpu", found, 3),
        Memory.peakResidentBytes() >> 20);
  }

  private static String quantiles(String name, List<double[]> found, int place) {
    double[] sorted =
        found.stream().mapToDouble(one -> one[place]).filter(v -> !Double.isNaN(v)).toArray();
    Arrays.sort(sorted);
    return String.format(
        Locale.ROOT,
        "\"%s_ms_p50\": %.0f, \"%s_ms_p95\": %.0f",
        name,
        sorted[sorted.length / 2],
        name,
        sorted[(int) Math.ceil(0.95 * sorted.length) - 1]);
  }

  /**
   * Returns the milliseconds to the first answer, a stable one (NaN: none was) and the last, and
   * those of processors to the first, which other work on the machine changes little.
   */
  private double[] ask(JsonNode run, RandomStream random) throws IOException, InterruptedException {
    int side = run.path("width").asInt();
    int target = random.nextInt(run.path("targets").size());
    JsonNode steps = run.path("targets").path(target).path("timesteps");
    int w = side / 4 + random.nextInt(side / 2);
    int h = side / 4 + random.nextInt(side / 2);
    String question =
        String.format(
            Locale.ROOT,
            "{\"client\":\"latency\",\"target\":%d,\"step\":%d,\"estimator\":\"%s\",\"mask\":"
                + "{\"rect\":[%d,%d,%d,%d]}}",
            target,
            steps.path(random.nextInt(steps.size())).asInt(),
            run.path("estimators").path(0).path("name").asText(),
            random.nextInt(side - w + 1),
            random.nextInt(side - h + 1),
            w,
            h);
    double[] times = {Double.NaN, Double.NaN, Double.NaN, Double.NaN};
    long cpu = processor();
    long start = System.nanoTime();
    HttpRequest.Builder asked =
        request("/api/ask").POST(HttpRequest.BodyPublishers.ofString(question));
    HttpResponse<InputStream> response =
        client.send(asked.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty()) {
          continue;
        }
        JsonNode answer = MAPPER.readTree(line);
        double now = (System.nanoTime() - start) * 1e-6;
        if (Double.isNaN(times[0])) {
          times[0] = now;
          times[3] = (processor() - cpu) * 1e-6;
        }
        if (answer.path("stable").asBoolean() && Double.isNaN(times[1])) {
          times[1] = now;
        }
        times[2] = now;
      }
    }
    return times;
  }

  /** Nanoseconds of processors that this process has taken. */
  private static long processor() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(address.resolve(path))
        .header("Cookie", cookie)
        .header("Origin", "http://127.0.0.1:" + address.getPort());
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
