package io.journey.scenes;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A picture of two things beside each other.
 *
 * @param left the name of the left one
 * @param right that of the right one
 * @param style of both, one of {@link Emoji#STYLES}
 */
public record Scene(String left, String right, String style) {
  /** Pixels at each side of a picture. */
  public static final int SIDE = 2 * Emoji.SIDE;

  /** The row in which the things begin. */
  public static final int TOP = (SIDE - Emoji.SIDE) / 2;

  private static final Pattern CAPTION =
      Pattern.compile("an? (\\w+) and an? (\\w+), (" + String.join("|", Emoji.STYLES) + ")");

  /** Returns the scene of a {@link #caption()}, if the text is one. */
  public static Optional<Scene> of(String caption) {
    Matcher matcher = CAPTION.matcher(caption);
    return matcher.matches()
        ? Optional.of(new Scene(matcher.group(1), matcher.group(2), matcher.group(3)))
        : Optional.empty();
  }

  /** Returns what it shows, such as "a candle and an owl, flat". */
  public String caption() {
    return one(left) + " and " + one(right) + ", " + style;
  }

  private static String one(String name) {
    return ("aeiou".indexOf(name.charAt(0)) < 0 ? "a " : "an ") + name;
  }

  /** Returns whether one of the two is of this name. */
  public boolean shows(String name) {
    return left.equals(name) || right.equals(name);
  }

  /** Draws it on white. */
  public BufferedImage draw(Emoji emoji) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    int[] white = new int[SIDE * SIDE];
    Arrays.fill(white, 0xFFFFFF);
    image.setRGB(0, 0, SIDE, SIDE, white, 0, SIDE);
    int side = Emoji.SIDE;
    image.setRGB(0, TOP, side, side, emoji.pixels(left, style), 0, side);
    image.setRGB(side, TOP, side, side, emoji.pixels(right, style), 0, side);
    return image;
  }
}
