package io.journey.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;

class KernelsTest {
  /** One of both, since a Java each is started. */
  @Test
  void aKernelIsMeasuredInAJavaOfItsOwn() {
    System.setProperty("jmh.ignoreLock", "true"); // times are not looked at
    String[] projection = {"factored:64"};
    Collection<RunResult> results =
        Kernels.run(
            ProjectionCost.class,
            1,
            Map.of("widths", new String[] {"8"}, "projection", projection));
    assertThat(results).hasSize(1);
    RunResult result = results.iterator().next();
    assertThat(Kernels.parameter(result, "projection")).isEqualTo("factored:64");
    assertThat(Kernels.parameter(result, "examples")).isEqualTo("8");
    assertThat(Kernels.seconds(result)).isBetween(1e-6, 60.0);
  }

  @Test
  void theOtherKernelRuns() {
    PrecisionAndLayout block = new PrecisionAndLayout();
    block.shape = "16x4x1";
    block.type = "Float";
    block.format = "ChannelsLast";
    block.prepare();
    block.block();
    block.free();
  }
}
