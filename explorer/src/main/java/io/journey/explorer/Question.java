package io.journey.explorer;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.dataset.ImageShape;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.SettingException;
import io.journey.score.Estimator;
import io.journey.score.PixelMask;
import io.journey.score.TargetDraws;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a page asks.
 *
 * @param client who asks; a further question of the same client replaces the one before
 * @param patient whether it waits until nobody else does
 * @param target its number
 * @param step t
 * @param steps how many, in an answer over steps
 * @param estimator that the features serve
 * @param draws with their seed and the part of the target
 */
record Question(
    String client,
    boolean patient,
    int target,
    int step,
    int steps,
    Estimator estimator,
    TargetDraws draws) {
  /** Most steps in an answer over steps. */
  private static final int SWEEP = 12;

  /** Draws of one question. */
  private static final int MAX_DRAWS = 400;

  private static final String CLIENT = "[A-Za-z0-9-]{1,40}";

  /**
   * Reads a question. Whatever is wrong with it is told in a line.
   *
   * @throws Refused if it is no question about this run
   */
  static Question read(byte[] body, ExploredRun run) {
    JsonNode asked;
    try {
      asked = Json.parse(body, "The question");
    } catch (JourneyException e) {
      throw new Refused(400, "The question is no JSON object.");
    }
    String client = asked.path("client").asText("");
    if (!client.matches(CLIENT)) {
      throw new Refused(400, "client must be a name of letters and digits.");
    }
    int target = whole(asked, "target", 0, run.targets().size() - 1);
    int step = whole(asked, "step", 0, Integer.MAX_VALUE);
    if (Arrays.stream(run.targets().timesteps()).noneMatch(t -> t == step)) {
      throw new Refused(400, "step must be a timestep of the target.");
    }
    String name = asked.path("estimator").asText("");
    Estimator estimator =
        run.checkpoints().estimators().stream()
            .filter(e -> e.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new Refused(400, "estimator must be one that the features serve."));
    int draws = asked.has("draws") ? whole(asked, "draws", 1, MAX_DRAWS) : TargetDraws.DEFAULT;
    long seed = asked.has("seed") ? whole(asked, "seed", 0, Integer.MAX_VALUE) : 0;
    int steps = asked.has("steps") ? whole(asked, "steps", 1, SWEEP) : SWEEP;
    PixelMask mask = mask(asked.path("mask"), run.targets().pictureShape());
    boolean patient = asked.path("patient").asBoolean();
    return new Question(
        client, patient, target, step, steps, estimator, new TargetDraws(draws, seed, mask));
  }

  private static int whole(JsonNode asked, String name, int least, int most) {
    JsonNode value = asked.path(name);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < least
        || value.intValue() > most) {
      throw new Refused(400, name + " must be a whole number from " + least + " to " + most + ".");
    }
    return value.intValue();
  }

  /**
   * Reads the part of a picture: nothing for the whole, {@code rect} with x, y, width and height in
   * pixels, or {@code runs}, the lengths of stretches that are outside and inside in turn, row by
   * row.
   */
  private static PixelMask mask(JsonNode mask, ImageShape shape) {
    if (mask.isMissingNode() || mask.isNull()) {
      return null;
    }
    int pixels = shape.height() * shape.width();
    PixelMask found;
    if (mask.has("rect")) {
      int[] r = wholes(mask.path("rect"), 4);
      try {
        String text = r[0] + "," + r[1] + "," + r[2] + "," + r[3];
        found = r.length == 4 ? PixelMask.parse(text, shape) : null;
      } catch (JourneyException | SettingException | ArrayIndexOutOfBoundsException e) {
        found = null;
      }
    } else {
      found = painted(wholes(mask.path("runs"), pixels + 1), shape);
    }
    if (found == null) {
      throw new Refused(400, "mask must mark pixels of the picture.");
    }
    float[] weights = found.weights();
    boolean whole = true;
    for (float weight : weights) {
      whole &= weight == 1;
    }
    return whole ? null : found;
  }

  private static PixelMask painted(int[] runs, ImageShape shape) {
    float[] weights = new float[shape.height() * shape.width()];
    long at = 0;
    boolean inside = false;
    boolean any = false;
    for (int length : runs) {
      if (length < 0 || at + length > weights.length) {
        return null;
      }
      if (inside) {
        Arrays.fill(weights, (int) at, (int) at + length, 1f);
        any |= length > 0;
      }
      at += length;
      inside = !inside;
    }
    return any ? new PixelMask(shape.height(), shape.width(), weights, "drawn") : null;
  }

  private static int[] wholes(JsonNode list, int most) {
    if (!list.isArray() || list.size() > most) {
      throw new Refused(400, "mask must be rect or runs, lists of whole numbers.");
    }
    int[] out = new int[list.size()];
    for (int i = 0; i < out.length; i++) {
      JsonNode value = list.get(i);
      if (!value.isIntegralNumber() || !value.canConvertToInt()) {
        throw new Refused(400, "mask must be rect or runs, lists of whole numbers.");
      }
      out[i] = value.intValue();
    }
    return out;
  }

  /** Returns steps of a target from the noisiest to the clearest, at most {@code count}. */
  static List<Integer> spread(int[] falling, int count) {
    int some = Math.min(count, falling.length);
    return IntStream.range(0, some)
        .mapToObj(
            i -> falling[some == 1 ? 0 : (int) ((long) i * (falling.length - 1) / (some - 1))])
        .toList();
  }
}
