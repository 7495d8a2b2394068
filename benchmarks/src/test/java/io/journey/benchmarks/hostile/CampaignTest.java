package io.journey.benchmarks.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small campaign over everything that is read without a model. */
class CampaignTest {
  private static final int INPUTS = 1000;

  @TempDir static Path scratch;
  private static Campaign campaign;

  @BeforeAll
  static void makeOriginals() throws IOException {
    campaign = Campaign.prepare(Path.of(".."), scratch, 2, false);
  }

  @Test
  void changedInputsAreReadOrRefusedInOneSentence() throws InterruptedException {
    List<String> bad = new ArrayList<>();
    Set<Verdict> seen = new HashSet<>();
    List<String> names = campaign.names(INPUTS, "");
    int run =
        campaign.run(
            names,
            600,
            outcome -> {
              seen.add(outcome.verdict());
              if (!outcome.verdict().isGood()) {
                bad.add(outcome.line());
              }
            });
    assertThat(run).isEqualTo(names.size());
    assertThat(seen).contains(Verdict.SAME, Verdict.OTHER, Verdict.REFUSED);
    assertThat(bad).as("benchmarks/run Hostile --case NAME shows one").isEmpty();
  }

  @Test
  void aCaseIsTheSameWheneverItIsRun() throws IOException {
    for (String name : List.of("png/rgb/000007", "tar/gzip/000001", "npy/f32/000003")) {
      String how = campaign.reproduce(name, scratch.resolve("first"));
      assertThat(campaign.reproduce(name, scratch.resolve("first"))).isEqualTo(how);
      campaign.reproduce(name, scratch.resolve("second"));
      for (String file : Originals.names(scratch.resolve("first"))) {
        assertThat(scratch.resolve("second").resolve(file))
            .hasSameBinaryContentAs(scratch.resolve("first").resolve(file));
      }
    }
  }

  @Test
  void aProcessThatCannotAnswerIsReportedAndReplaced() throws Exception {
    Path bytes = Files.write(scratch.resolve("no-image"), new byte[] {1, 2, 3});
    try (WorkerProcess process = new WorkerProcess(campaign.corpus(), scratch.resolve("mortal"))) {
      assertThat(process.run("png/rgb/000001").verdict().isGood()).isTrue();
      process.kill();
      Outcome lost = process.run("png/rgb/000002");
      assertThat(lost.verdict()).isEqualTo(Verdict.CRASH);
      Outcome next = process.run("file\tpng/rgb\t0\ta.png\t" + bytes);
      assertThat(next.verdict()).isEqualTo(Verdict.REFUSED);
      assertThat(next.detail()).contains("a.png is no PNG");
    }
  }

  @Test
  void theMinimizerFindsTheOneByteThatMatters() throws Exception {
    byte[] original = new byte[200];
    byte[] changed = new byte[200];
    for (int i = 0; i < 200; i++) {
      changed[i] = (byte) (i + 1);
    }
    Minimizer minimizer =
        new Minimizer(
            bytes -> {
              for (byte b : bytes) {
                if (b == 78) {
                  return true;
                }
              }
              return false;
            });
    assertThat(minimizer.smallest(original, changed)).containsExactly(78);
  }
}
