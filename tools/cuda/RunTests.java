import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test classes without Maven, a line of JSON for each. Arguments: names of classes. Failures
 * are told on standard error.
 */
public final class RunTests {
  public static void main(String[] names) {
    Launcher launcher = LauncherFactory.create();
    for (String name : names) {
      LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request()
              .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
              .selectors(selectClass(name))
              .build();
      long start = System.nanoTime();
      Counts counts = new Counts();
      launcher.execute(request, counts);
      System.out.printf(
          java.util.Locale.ROOT,
          "{\"tests\": \"%s\", \"succeeded\": %d, \"failed\": %d, \"skipped\": %d, \"seconds\": %.1f}%n",
          name.substring(name.lastIndexOf('.') + 1),
          counts.of("succeeded"),
          counts.of("failed"),
          counts.of("skipped"),
          (System.nanoTime() - start) * 1e-9);
      System.out.flush();
    }
    System.exit(0);
  }

  private static final class Counts implements TestExecutionListener {
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    int of(String outcome) {
      return counts.getOrDefault(outcome, 0);
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      counts.merge("skipped", 1, Integer::sum);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      boolean failed = result.getStatus() == TestExecutionResult.Status.FAILED;
      if (test.isTest() || failed) {
        boolean aborted = result.getStatus() == TestExecutionResult.Status.ABORTED;
        counts.merge(failed ? "failed" : aborted ? "skipped" : "succeeded", 1, Integer::sum);
      }
      if (failed) {
        StringWriter trace = new StringWriter();
        result.getThrowable().ifPresent(e -> e.printStackTrace(new PrintWriter(trace)));
        System.err.println("FAILED " + test.getUniqueId());
        trace.toString().lines().limit(30).forEach(System.err::println);
      }
    }
  }
}
