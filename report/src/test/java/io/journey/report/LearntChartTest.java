package io.journey.report;

import static io.journey.report.AttributionReportTest.fake;
import static org.assertj.core.api.Assertions.assertThat;

import io.journey.figure.LineChart;
import io.journey.figure.LineChart.Series;
import io.journey.results.Attribution;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearntChartTest {
  @TempDir Path folder;

  @Test
  void linesAreOfTheImagesThatDidMostAndAddUpToAll() {
    var data = AttributionReportTest.data(30, 1, 4);
    Attribution attribution =
        Attribution.open(fake(data, new int[] {100, 300}, 2, 2).write(folder.resolve("a"), data));
    float[][] learnt = new float[30][4];
    learnt[7] = new float[] {3, 1, 0, 0};
    learnt[2] = new float[] {0, 0, 0, 1};
    LineChart chart = LearntChart.chart(attribution, learnt);
    List<Series> lines = chart.series();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0).name()).isEqualTo(attribution.examples().get(7).id());
    assertThat(lines.get(0).y()).containsExactly(75, 25, 0, 0);
    assertThat(lines.get(1).y()).containsExactly(0, 0, 0, 100);
    assertThat(lines.get(2).name()).isEqualTo("all images");
    assertThat(lines.get(2).y()).containsExactly(60, 20, 0, 20);
    assertThat(lines.get(0).x()).containsExactly(12.5, 37.5, 62.5, 87.5);
  }
}
