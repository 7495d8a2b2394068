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
import java.util.List;

/**
 * The values that options of a {@link UNet2DConfig} can have, with the names that diffusers gives
 * them.
 */
public final class UNet2DOptions {
  private UNet2DOptions() {}

  /** The size of images, in pixels. */
  @JsonClassDescription("a whole number or a list of two")
  public record Size(int height, int width) implements Serializable {
    /** Reads one side of a square, or height and width. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Size of(JsonNode json) {
      if (JsonType.WHOLE.accepts(json)) {
        return new Size(json.intValue(), json.intValue());
      }
      if (json.size() != 2 || !JsonType.WHOLES.accepts(json)) {
        throw new SettingException("a size is one side, or height and width");
      }
      return new Size(json.get(0).intValue(), json.get(1).intValue());
    }

    /** As people write it behind a name: one side of a square, or height and width, 32x48. */
    String text() {
      return height == width ? "" + height : height + "x" + width;
    }

    /** Writes one side where it is a square. */
    @JsonValue
    Object json() {
      return height == width ? (Object) height : List.of(height, width);
    }
  }

  /** How t becomes numbers. */
  public enum TimeEmbeddingType {
    /** Sinusoids of t (Ho et al. 2020). */
    @JsonProperty("positional")
    POSITIONAL,
    /** Sinusoids of log t at fixed random frequencies (Song et al. 2021); the output is over t. */
    @JsonProperty("fourier")
    FOURIER,
    /** A table with a row for each t. */
    @JsonProperty("learned")
    LEARNED
  }

  /** The blocks of a level on the way down. Early names begin with UNetRes. */
  public enum DownBlock {
    /** Residual blocks, then a convolution that halves. */
    @JsonProperty("DownBlock2D")
    @JsonAlias("UNetResDownBlock2D")
    PLAIN,
    /** Residual blocks with attention. */
    @JsonProperty("AttnDownBlock2D")
    @JsonAlias("UNetResAttnDownBlock2D")
    ATTENTION,
    /** Residual blocks, the last of which halves. */
    @JsonProperty("ResnetDownsampleBlock2D")
    @JsonAlias("UNetResResnetDownsampleBlock2D")
    RESNET
  }

  /** The block at the smallest images. */
  public enum MidBlock {
    /** Two residual blocks, attention between them. */
    @JsonProperty("UNetMidBlock2D")
    UNET
  }

  /** The blocks of a level on the way up. Early names begin with UNetRes. */
  public enum UpBlock {
    /** Residual blocks, then a convolution that doubles. */
    @JsonProperty("UpBlock2D")
    @JsonAlias("UNetResUpBlock2D")
    PLAIN,
    /** Residual blocks with attention. */
    @JsonProperty("AttnUpBlock2D")
    @JsonAlias("UNetResAttnUpBlock2D")
    ATTENTION,
    /** Residual blocks, the last of which doubles. */
    @JsonProperty("ResnetUpsampleBlock2D")
    @JsonAlias("UNetResResnetUpsampleBlock2D")
    RESNET
  }

  /** How images are halved or doubled. */
  public enum Resampling {
    /** A convolution. */
    @JsonProperty("conv")
    CONV,
    /** A residual block. */
    @JsonProperty("resnet")
    RESNET
  }

  /** How a class becomes an embedding, other than by a table. */
  public enum ClassEmbedType {
    /** As a timestep does, with weights of its own. */
    @JsonProperty("timestep")
    TIMESTEP,
    /** It is added as it is. */
    @JsonProperty("identity")
    IDENTITY
  }
}
