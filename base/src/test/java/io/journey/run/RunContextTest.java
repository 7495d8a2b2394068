package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages with parts, and stages that grow. */
class RunContextTest {
  @TempDir Path folder;

  private final RunContext context = RunContext.of(Compute.JAVA, 1, Progress.SILENT);

  private record None() {}

  private record Units(int count) {}

  /** Writes two files. */
  private record Inner() implements FileStage<Manifest> {
    @Override
    public String kind() {
      return "inner";
    }

    @Override
    public Record settings() {
      return new None();
    }

    @Override
    public ObjectNode inputs() {
      return Json.object();
    }

    @Override
    public void write(StageWork work) {
      work.write("a", out -> out.write(1));
      work.write("b", out -> out.write(2));
    }

    @Override
    public Manifest open(Path directory) {
      return Manifest.read(directory, "inner");
    }
  }

  /** Runs the other as a part and writes a file; tells how many files were kept then. */
  private record Outer(List<Integer> kept) implements FileStage<Manifest> {
    @Override
    public String kind() {
      return "outer";
    }

    @Override
    public Record settings() {
      return new None();
    }

    @Override
    public ObjectNode inputs() {
      return Json.object();
    }

    @Override
    public void write(StageWork work) {
      work.run(new Inner(), "part");
      RunDirectory.unfinished().forEach(run -> kept.add(run.wholeFiles()));
      work.write("c", out -> out.write(3));
    }

    @Override
    public Manifest open(Path directory) {
      return Manifest.read(directory, "outer");
    }
  }

  private record Growing(int units, List<Integer> kept) implements GrowingStage<Manifest> {
    @Override
    public String kind() {
      return "growing";
    }

    @Override
    public String unitsSetting() {
      return "count";
    }

    @Override
    public GrowingStage<Manifest> withUnits(int count) {
      return new Growing(count, kept);
    }

    @Override
    public Record settings() {
      return new Units(units);
    }

    @Override
    public ObjectNode inputs() {
      return Json.object();
    }

    @Override
    public void write(StageWork work) {
      RunDirectory.unfinished().forEach(run -> kept.add(run.wholeFiles()));
      for (int unit = 0; unit < units; unit++) {
        if (!work.has("unit-" + unit)) {
          work.write("unit-" + unit, out -> out.write(4));
        }
      }
    }

    @Override
    public Manifest open(Path directory) {
      return Manifest.read(directory, "growing");
    }
  }

  @Test
  void filesOfPartsAndOfFewerUnitsAreKeptAndCounted() {
    List<Integer> kept = new ArrayList<>();
    new Outer(kept).run(folder.resolve("outer"), context);
    assertThat(kept).containsExactly(2);
    kept.clear();
    new Growing(3, kept).run(folder.resolve("grown"), context);
    new Growing(5, kept).run(folder.resolve("grown"), context);
    assertThat(kept).containsExactly(0, 3);
  }

  @Test
  void aFinishedStageNeedsThePartsItWasMadeWith() throws Exception {
    Path outer = folder.resolve("outer");
    Manifest made = new Outer(new ArrayList<>()).run(outer, context);
    assertThat(made.parts()).hasSize(1).first().extracting(Manifest::kind).isEqualTo("inner");
    Files.move(outer.resolve("part"), folder.resolve("away"));
    assertThatThrownBy(() -> new Outer(new ArrayList<>()).run(outer, context))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("lacks its part part");
    new Growing(2, new ArrayList<>()).run(outer.resolve("part"), context);
    assertThatThrownBy(() -> new Outer(new ArrayList<>()).run(outer, context))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("is not the one that " + outer + " was made with");
  }
}
