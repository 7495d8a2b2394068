package io.journey.evaluation.removal;

import io.journey.dataset.ImageShape;
import io.journey.figure.Figure;
import io.journey.figure.ImageGrid;
import io.journey.figure.ImageGrid.Cell;
import io.journey.figure.ImageGrid.Row;
import io.journey.run.StageFiles;
import java.util.ArrayList;
import java.util.List;

/**
 * The original picture of each target beside what is drawn after removal, as in figure 7 of
 * Georgiev et al.
 *
 * @param run that holds the pictures
 * @param measure that made them
 * @param study what was removed
 */
record ForgottenPictures(StageFiles run, RedrawnPicture measure, RemovalStudy study) {
  /** Targets that are shown. */
  private static final int MOST_TARGETS = 8;

  Figure grid(List<Removal> removals) {
    List<Row> rows = new ArrayList<>();
    for (int target = 0;
        target < Math.min(MOST_TARGETS, measure.drawing().targets().size());
        target++) {
      ImageShape shape = measure.drawing().shape(target);
      List<Cell> cells = new ArrayList<>();
      cells.add(cell(measure.drawing().picture(target), shape, "original"));
      for (Removal removal : removals) {
        if (removal.concerns(target) && removal.set() == 0 && removal.k() > 0) {
          float[] picture = measure.picture(run, target, study.nameOfFirst(removal));
          cells.add(cell(picture, shape, removal.source() + " " + removal.k()));
        }
      }
      rows.add(new Row("target " + target, cells));
    }
    return new ImageGrid(
        "Samples of the original from the same noise, and of models trained without some images",
        rows);
  }

  private static Cell cell(float[] picture, ImageShape shape, String caption) {
    return Cell.of(picture, shape.channels(), shape.height(), shape.width(), caption, null);
  }
}
