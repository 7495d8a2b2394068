package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.dataset.MemoryDataset;
import io.journey.results.Attribution;
import io.journey.results.EvaluationFiles;
import io.journey.results.EvaluationResult;
import io.journey.results.steps.SignFlipsRun;
import io.journey.results.steps.StepCorrelationRun;
import io.journey.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results are read, compared and shown on machines where libtorch is not installed. */
class WithoutLibtorchTest {
  @TempDir Path folder;

  private final MemoryDataset data = AttributionReportTest.data(30, 1, 4);
  private Path attribution;

  @BeforeEach
  void attribute() {
    attribution =
        AttributionReportTest.fake(data, new int[] {100, 500, 900}, 2, 2)
            .write(folder.resolve("attribution"), data);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.bytedeco.pytorch.Tensor",
        "org.bytedeco.javacpp.Pointer",
        "io.journey.tensor.Libtorch"
      })
  void thereIsNoneOnTheClassPath(String name) {
    assertThatThrownBy(() -> Class.forName(name)).isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void aPageIsMadeOfScoresAndOfEvaluationsThatNeedNothingElse() throws IOException {
    Attribution scores = Attribution.open(attribution);
    Path steps = folder.resolve("steps");
    new StepCorrelationRun(scores, 0).run(steps, 1, Progress.SILENT);
    Path flips = folder.resolve("flips");
    SignFlipsRun.of(scores).run(flips, 1, Progress.SILENT);

    EvaluationFiles found = EvaluationResult.open(steps);
    assertThat(found.result().sentences()).isNotEmpty();
    assertThat(found.table(StepCorrelationRun.TABLE, 10).rows()).isNotEmpty();
    assertThat(found.svg("correlation")).isNotEmpty();

    Path page = folder.resolve("page.html");
    AttributionReport.write(attribution, null, List.of(steps, flips), data, page);
    assertThat(Files.readString(page))
        .contains("correlation.csv", "flips.csv", "data:image/svg+xml");
  }
}
