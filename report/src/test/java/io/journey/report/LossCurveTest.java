package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossCurveTest {
  @TempDir Path folder;

  private ArrayNode read(String text) throws IOException {
    return LossCurve.read(Files.writeString(folder.resolve("loss.csv"), text));
  }

  @Test
  void curvesAreOrderedByMember() throws IOException {
    assertThat(read("checkpoint,step,loss\n10,1,0.5\n2,1,0.123456\n2,2,0.1\n\n").toString())
        .isEqualTo(
            "[{\"member\":\"2\",\"points\":[[1.0,0.1235],[2.0,0.1]]},"
                + "{\"member\":\"10\",\"points\":[[1.0,0.5]]}]");
  }

  @Test
  void longCurvesAreThinnedAndKeepTheirEnds() throws IOException {
    StringBuilder text = new StringBuilder("checkpoint,step,loss\n");
    for (int step = 1; step <= 5000; step++) {
      text.append("0,").append(step).append(",1\n");
    }
    ArrayNode curves = read(text.toString());
    assertThat(curves.at("/0/points")).hasSize(LossCurve.POINTS);
    assertThat(curves.at("/0/points/0/0").asInt()).isEqualTo(1);
    assertThat(curves.at("/0/points/" + (LossCurve.POINTS - 1) + "/0").asInt()).isEqualTo(5000);
  }

  @Test
  void aLineThatIsNoPointIsNamed() {
    for (String line : new String[] {"0,1", "0,1,NaN", "0,x,1", "0,1,2,3"}) {
      assertThatThrownBy(() -> read("checkpoint,step,loss\n0,0,1\n" + line + "\n"))
          .as(line)
          .isInstanceOf(JourneyException.class)
          .hasMessageContaining("line 3 is \"" + line + "\"");
    }
  }
}
