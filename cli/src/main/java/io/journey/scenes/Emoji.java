package io.journey.scenes;

import com.fasterxml.jackson.databind.JsonNode;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Small pictures of things, each in every style: {@code data/scenes}. */
public final class Emoji {
  /** Pixels at each side of a picture. */
  public static final int SIDE = 32;

  /** The styles, which are names of sheets too. */
  public static final List<String> STYLES = List.of("flat", "glossy");

  private static final int COLUMNS = 10;
  private static final int WHITE = 255;

  private final Path folder;
  private final List<String> names;
  private final Map<String, BufferedImage> sheets;

  private Emoji(Path folder, List<String> names, Map<String, BufferedImage> sheets) {
    this.folder = folder;
    this.names = List.copyOf(names);
    this.sheets = sheets;
  }

  /**
   * Reads {@code names.json} and the sheets beside it.
   *
   * @throws JourneyException if a file is missing or is not what it should be
   */
  public static Emoji open(Path folder) {
    Path file = folder.resolve("names.json");
    List<String> names = new ArrayList<>();
    for (JsonNode row : Json.read(file).path("emoji")) {
      JsonType.TEXT.require(row.path("name"), "name", file.toString());
      names.add(row.get("name").textValue());
    }
    int rows = (names.size() + COLUMNS - 1) / COLUMNS;
    Map<String, BufferedImage> sheets = new LinkedHashMap<>();
    for (String style : STYLES) {
      sheets.put(style, sheet(folder.resolve(style + ".png"), rows));
    }
    return new Emoji(folder, names, sheets);
  }

  private static BufferedImage sheet(Path file, int rows) {
    BufferedImage image;
    try (var in = Files.newInputStream(file)) {
      image = ImageIO.read(in);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
    if (image == null || image.getWidth() != COLUMNS * SIDE || image.getHeight() < rows * SIDE) {
      throw new JourneyException(
          file
              + " is not a PNG of "
              + COLUMNS * SIDE
              + "×"
              + rows * SIDE
              + " pixels: take data/scenes of a complete clone.");
    }
    return image;
  }

  /** Returns their names, in the order of the sheets. */
  public List<String> names() {
    return names;
  }

  /**
   * Returns a picture on white.
   *
   * @return [SIDE·SIDE] numbers 0xRRGGBB, row by row
   * @throws JourneyException if there is no such name or style
   */
  public int[] pixels(String name, String style) {
    int place = names.indexOf(name);
    if (place < 0 || !STYLES.contains(style)) {
      throw new JourneyException(
          folder + " has no emoji '" + name + "', " + style + ": names.json there has its names.");
    }
    int x = place % COLUMNS * SIDE;
    int y = place / COLUMNS * SIDE;
    int[] pixels = sheets.get(style).getRGB(x, y, SIDE, SIDE, null, 0, SIDE);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = onWhite(pixels[i]);
    }
    return pixels;
  }

  private static int onWhite(int argb) {
    int alpha = argb >>> 24;
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int level = argb >> shift & WHITE;
      rgb = rgb << 8 | (alpha * level + (WHITE - alpha) * WHITE + WHITE / 2) / WHITE;
    }
    return rgb;
  }
}
