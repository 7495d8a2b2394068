package io.journey.results.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.run.Json;
import io.journey.run.StageWork;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/** Arrays [targets, training images], as captum and quanda hand explanations on. */
public final class ScoreArrays implements ExportFormat {
  /** Scores over all steps. */
  static final String OVERALL = "scores.npy";

  @Override
  public String name() {
    return "arrays";
  }

  @Override
  public String description() {
    return "Write scores as NPY arrays of targets × training images, as quanda and captum take them.";
  }

  @Override
  public void write(ExportContent content, StageWork work) {
    work.write(OVERALL, out -> write(out, content, content::overall));
    ObjectNode index = Json.object();
    ArrayNode files = Json.object().putArray("files");
    files.addObject().put("file", OVERALL).put("timestep", "all");
    for (int s = 0; s < content.steps().length; s++) {
      int step = s;
      String file = String.format(Locale.ROOT, "scores-t%04d.npy", content.steps()[s]);
      work.write(file, out -> write(out, content, target -> content.scores(step, target)));
      files.addObject().put("file", file).put("timestep", content.steps()[s]);
    }
    index.putArray("shape").add(content.targets()).add(content.size());
    index.set("files", files);
    ArrayNode targets = index.putArray("targets");
    List<String> titles = content.targetTitles();
    for (int t = 0; t < titles.size(); t++) {
      targets.addObject().put("target", t).put("title", titles.get(t));
    }
    ArrayNode train = index.putArray("train");
    for (int i = 0; i < content.size(); i++) {
      ObjectNode image = train.addObject().put("index", i).put("id", content.example(i).id());
      image.put("class", content.className(i));
    }
    index.set("journey", content.provenance());
    work.write("index.json", out -> out.write(Json.bytes(index)));
  }

  private static void write(OutputStream out, ExportContent content, IntFunction<float[]> row)
      throws IOException {
    Npy.writeHeader(out, DType.F32, content.targets(), content.size());
    for (int t = 0; t < content.targets(); t++) {
      Npy.writeNumbers(out, DType.F32, row.apply(t));
    }
  }
}
