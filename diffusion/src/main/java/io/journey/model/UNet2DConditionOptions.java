package io.journey.model;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.JsonType;
import io.journey.run.SettingException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The values that options of a {@link UNet2DConditionConfig} can have, with the names that
 * diffusers gives them.
 */
public final class UNet2DConditionOptions {
  private UNet2DConditionOptions() {}

  /** The blocks of a level on the way down. Early names begin with UNetRes. */
  public enum DownBlock {
    /** Residual blocks, then a convolution that halves. */
    @JsonProperty("DownBlock2D")
    @JsonAlias("UNetResDownBlock2D")
    PLAIN,
    /** Residual blocks, each with a transformer that sees the caption. */
    @JsonProperty("CrossAttnDownBlock2D")
    @JsonAlias("UNetResCrossAttnDownBlock2D")
    CROSS_ATTENTION
  }

  /** The block at the smallest images. */
  public enum MidBlock {
    /** Two residual blocks, a transformer that sees the caption between them. */
    @JsonProperty("UNetMidBlock2DCrossAttn")
    CROSS_ATTENTION,
    /** A residual block. */
    @JsonProperty("UNetMidBlock2D")
    PLAIN
  }

  /** The blocks of a level on the way up. Early names begin with UNetRes. */
  public enum UpBlock {
    /** Residual blocks, then a convolution that doubles. */
    @JsonProperty("UpBlock2D")
    @JsonAlias("UNetResUpBlock2D")
    PLAIN,
    /** Residual blocks, each with a transformer that sees the caption. */
    @JsonProperty("CrossAttnUpBlock2D")
    @JsonAlias("UNetResCrossAttnUpBlock2D")
    CROSS_ATTENTION
  }

  /**
   * A number for each level, from the largest images to the smallest.
   *
   * @param all the number of all levels; null where they have their own
   * @param each the numbers of the levels; empty where all have one
   */
  @JsonClassDescription("a whole number or a list of them")
  public record PerLevel(Integer all, List<Integer> each) implements Serializable {
    public PerLevel {
      each = List.copyOf(each);
    }

    /** One number for all levels. */
    public static PerLevel of(int all) {
      return new PerLevel(all, List.of());
    }

    /** Reads one number, or a list. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static PerLevel of(JsonNode json) {
      if (JsonType.WHOLE.accepts(json)) {
        return of(json.intValue());
      }
      if (json.isEmpty() || !JsonType.WHOLES.accepts(json)) {
        throw new SettingException("one number, or one for each level");
      }
      List<Integer> each = new ArrayList<>();
      json.forEach(number -> each.add(number.intValue()));
      return new PerLevel(null, each);
    }

    /** Writes one number where all levels have the same. */
    @JsonValue
    Object json() {
      return all == null ? each : (Object) all;
    }

    /** Returns the number of a level. */
    public int at(int level) {
      return all == null ? each.get(level) : all;
    }

    /** Returns whether all levels have the same. */
    boolean isUniform() {
      return all != null || each.stream().distinct().count() == 1;
    }

    /** Returns the same, as one number where all levels have the same. */
    PerLevel simplified() {
      return isUniform() ? of(at(0)) : this;
    }

    @Override
    public String toString() {
      return json().toString();
    }
  }
}
