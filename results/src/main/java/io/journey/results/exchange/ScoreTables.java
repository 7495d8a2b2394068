package io.journey.results.exchange;

import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.StageWork;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tables of scores as Parquet, for Renumics Spotlight, pandas and others. */
public final class ScoreTables implements ExportFormat {
  /** The table with a row a training image. */
  static final String WIDE = "scores.parquet";

  /** The table with a row a target, timestep and training image. */
  static final String LONG = "scores-long.parquet";

  @Override
  public String name() {
    return "scores";
  }

  @Override
  public String description() {
    return "Write scores as Parquet tables with images and vectors, for Renumics Spotlight and pandas.";
  }

  @Override
  public Set<ImageForm> images() {
    return Set.of(ImageForm.FILES, ImageForm.PNG, ImageForm.EMBEDDED);
  }

  @Override
  public boolean hasVectors() {
    return true;
  }

  @Override
  public void write(ExportContent content, StageWork work) {
    content.images().write(work);
    Map<String, String> notes = notes(content);
    work.write(WIDE, out -> ParquetWriter.write(out, wide(content), content.size(), notes));
    long rows = (long) content.steps().length * content.targets() * content.size();
    if (rows > Integer.MAX_VALUE) {
      throw new JourneyException(
          "There are "
              + rows
              + " scores, too many for one table: attribute fewer targets or timesteps at a time.");
    }
    work.write(
        LONG, out -> ParquetWriter.write(out, new Rows(content).columns(), (int) rows, notes));
  }

  static Map<String, String> notes(ExportContent content) {
    return Map.of(
        "journey", new String(Json.bytes(content.provenance()), StandardCharsets.UTF_8).strip());
  }

  private static List<Column> wide(ExportContent content) {
    List<Column> columns = new ArrayList<>(imageColumns(content));
    for (int t = 0; t < content.targets(); t++) {
      float[] overall = content.overall(t);
      int[] ranks = content.ranks(overall);
      columns.add(Column.numbers("score_" + t, i -> overall[i]));
      columns.add(Column.wholes("rank_" + t, i -> ranks[i]));
      for (int s = 0; s < content.steps().length; s++) {
        float[] scores = content.scores(s, t);
        columns.add(Column.numbers(scoreName(t, content.steps()[s]), i -> scores[i]));
      }
    }
    float[][] vectors = content.vectors();
    columns.add(Column.vectors("embedding", i -> vectors[i]));
    return columns;
  }

  /** Returns the name of the scores of a target at a timestep. */
  static String scoreName(int target, int timestep) {
    return "score_" + target + "_t" + timestep;
  }

  /** Returns what tells of training images: id, image, class, caption, groups, consent. */
  private static List<Column> imageColumns(ExportContent content) {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.wholes("index", i -> i));
    columns.add(Column.texts("id", i -> content.example(i).id()));
    columns.add(
        content.images().form() == ImageForm.EMBEDDED
            ? Column.bytes("image", content.images()::png)
            : Column.texts("image", content.images()::path));
    columns.add(Column.texts("class", i -> content.className(i)));
    columns.add(Column.texts("caption", content::caption));
    content.groups().forEach((name, groups) -> columns.add(Column.texts(name, groups::get)));
    columns.add(Column.texts("generative_training", i -> content.consent(i).use().toString()));
    return columns;
  }

  /** Rows of targets, in them of timesteps, in them of images. */
  private static final class Rows {
    private final ExportContent content;
    private int ranked = -1; // the target and step that ranks are of
    private int[] ranks;

    Rows(ExportContent content) {
      this.content = content;
    }

    List<Column> columns() {
      int n = content.size();
      int steps = content.steps().length;
      return List.of(
          Column.wholes("target", row -> row / n / steps),
          Column.wholes("timestep", row -> content.steps()[row / n % steps]),
          Column.wholes("index", row -> row % n),
          Column.texts("id", row -> content.example(row % n).id()),
          Column.numbers("score", row -> scores(row / n)[row % n]),
          Column.wholes("rank", row -> ranks(row / n)[row % n]));
    }

    private float[] scores(int block) {
      int steps = content.steps().length;
      return content.scores(block % steps, block / steps);
    }

    private int[] ranks(int block) {
      if (block != ranked) {
        ranks = content.ranks(scores(block));
        ranked = block;
      }
      return ranks;
    }
  }
}
