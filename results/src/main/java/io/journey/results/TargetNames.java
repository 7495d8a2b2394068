package io.journey.results;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.array.Safetensors;
import io.journey.condition.Condition;
import io.journey.condition.ConditionColumn;
import io.journey.run.Printable;
import java.util.ArrayList;
import java.util.List;

/** What the targets of an attribution are called where a person reads of them. */
public final class TargetNames {
  /** Characters of a prompt or a file's name that are told. */
  private static final int SHOWN = 48;

  private TargetNames() {}

  /**
   * Returns the names, such as "Picture 4, “a red boat”, patch 0,0,32,64": the number from 0, the
   * file or the prompt, and the part where several were asked about.
   *
   * @param attribution on disk
   * @return [targets]
   */
  public static List<String> of(Attribution attribution) {
    int targets = attribution.targets();
    List<String> files = attribution.files();
    JsonNode masks = attribution.manifest().settings().path("masks");
    Safetensors tensors = Safetensors.open(attribution.manifest().verified(Attribution.TARGETS));
    List<Condition> conditions =
        ConditionColumn.read(tensors, targets, "make the attribution again");
    List<String> names = new ArrayList<>();
    for (int t = 0; t < targets; t++) {
      String text = files.isEmpty() ? conditions.get(t).captionText().orElse("") : files.get(t);
      names.add("Picture " + t + quoted(text) + (masks.isEmpty() ? "" : part(masks, t)));
    }
    return names;
  }

  private static String quoted(String text) {
    String line = Printable.of(text.strip().replaceAll("\\s+", " "));
    int[] characters = line.codePoints().limit(SHOWN + 1).toArray();
    if (characters.length == 0) {
      return "";
    }
    boolean whole = characters.length <= SHOWN;
    return ", “" + (whole ? line : new String(characters, 0, SHOWN).strip() + "…") + "”";
  }

  /** All parts of a picture follow one another. */
  private static String part(JsonNode masks, int target) {
    JsonNode mask = masks.get(target % masks.size());
    return mask.isNull() ? ", whole" : ", patch " + Printable.of(mask.path("source").asText());
  }
}
