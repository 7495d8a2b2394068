package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.run.Snapshot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The heap follows the machine, so no number may follow the heap. */
class HeapTest {
  @TempDir Path root;

  private static String run(String heap, String... command) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-Xmx" + heap, "-XX:TieredStopAtLevel=1"));
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    line.addAll(List.of(command));
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("OMP_NUM_THREADS", "1");
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(heap + ": " + out).isZero();
    return out;
  }

  @Test
  void featuresAreTheSameBytesInASmallAndALargeHeap() throws Exception {
    TinyFlow flow = new TinyFlow(root);
    Files.writeString(flow.config(), TinyFlow.CONFIG);
    assertThat(CommandRun.of(flow.train("--count", "1")).status()).isZero();
    Path small = root.resolve("small");
    Path large = root.resolve("large");
    run("300m", flow.featurize("--preconditioner", "ekfac:0.003", "--out", small.toString()));
    run("2g", flow.featurize("--preconditioner", "ekfac:0.003", "--out", large.toString()));
    assertThat(Snapshot.withoutTimes(small))
        .hasSizeGreaterThan(3)
        .isEqualTo(Snapshot.withoutTimes(large));
  }

  /** 2000 images of 112×112 are 25 MB: more than half of the small heap, so they stay on disk. */
  @Test
  void fingerprintAndStatisticsOfASetAreTheSameReadAgainOrKept() throws Exception {
    String[] inspect = {"inspect", "../data/fashion-mnist?size=112&limit=2000"};
    String small = run("48m", inspect);
    assertThat(small).contains("fingerprint", "pixels").isEqualTo(run("2g", inspect));
  }
}
