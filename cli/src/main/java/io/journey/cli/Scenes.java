package io.journey.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.SettingException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;

/**
 * Captioned pictures whose content is known: two things side by side on white, both in one of two
 * styles, as in "a candle and a lizard, flat". Which pairs of things are never shown together is
 * decided by the seed, so that models can be asked for what they have not seen.
 */
public final class Scenes {
  /** Pixels of a side of a scene; a thing has half as many. */
  public static final int SIDE = 64;

  private static final int CELL = SIDE / 2;
  private static final int COLUMNS = 8;
  private static final int WHITE = 255;

  /** One of so many pairs is never shown. */
  private static final int HELD_OUT = 8;

  /** Prompts of pairs that are never shown. */
  private static final int ASKED = 64;

  /** How things are drawn. */
  public enum Style {
    /** Noto emoji. */
    FLAT,
    /** Fluent emoji, 3D. */
    GLOSSY;

    /** The word in captions. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A scene.
   *
   * @param left the thing at the left
   * @param right the thing at the right
   */
  public record Scene(String left, String right, Style style) {
    /** Returns its caption. */
    public String caption() {
      return article(left) + " and " + article(right) + ", " + style.word();
    }

    private static String article(String word) {
      return ("aeiou".indexOf(word.charAt(0)) >= 0 ? "an " : "a ") + word;
    }
  }

  private final Map<Style, BufferedImage> sheets = new EnumMap<>(Style.class);
  private final List<String> words = new ArrayList<>();
  private final List<String> reserve = new ArrayList<>();

  /**
   * Opens the pictures of things.
   *
   * @param folder {@code data/scenes}
   */
  public Scenes(Path folder) {
    ObjectNode named = Json.read(folder.resolve("words.json"));
    for (JsonNode word : named.path("words")) {
      words.add(word.asText());
    }
    for (JsonNode word : named.path("reserve")) {
      reserve.add(word.asText());
    }
    for (Style style : Style.values()) {
      Path file = folder.resolve(style.word() + ".png");
      try {
        sheets.put(style, ImageIO.read(file.toFile()));
      } catch (IOException e) {
        throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
      }
    }
  }

  /** The things that scenes show. */
  public List<String> words() {
    return List.copyOf(words);
  }

  /** Further things, which scenes show where they are asked for. */
  public List<String> reserve() {
    return List.copyOf(reserve);
  }

  /** Returns a caption of every thing, those in reserve too: all words that captions may have. */
  List<String> vocabulary() {
    List<String> all = new ArrayList<>(words);
    all.addAll(reserve);
    List<String> captions = new ArrayList<>();
    for (String word : all) {
      for (Style style : Style.values()) {
        captions.add(new Scene(word, word, style).caption());
      }
    }
    return captions;
  }

  /** Returns whether two things are never shown together, in whatever order and style. */
  static boolean isHeldOut(long seed, String one, String other) {
    String first = one.compareTo(other) < 0 ? one : other;
    String second = first.equals(one) ? other : one;
    Seed ofPair = Seed.of(seed).child("held out").child(first).child(second);
    return ofPair.stream().nextInt(HELD_OUT) == 0;
  }

  /**
   * Chooses scenes, all different.
   *
   * @param seed of the choice
   * @param count how many
   */
  public List<Scene> choose(long seed, int count) {
    return choose(Seed.of(seed).child("scenes").stream(), count, words, seed, false);
  }

  /** Chooses scenes of pairs that {@link #choose} never takes. */
  public List<Scene> heldOut(long seed) {
    return choose(Seed.of(seed).child("asked").stream(), ASKED, words, seed, true);
  }

  /**
   * Chooses scenes that show a new thing beside one of the others.
   *
   * @param news the new things, of {@link #reserve}
   */
  public List<Scene> chooseWith(long seed, int count, List<String> news) {
    for (String word : news) {
      if (!reserve.contains(word)) {
        throw new SettingException("a new thing is one of " + reserve + ", got " + word);
      }
    }
    return choose(Seed.of(seed).child("new").stream(), count, news, seed, false);
  }

  private List<Scene> choose(
      RandomStream stream, int count, List<String> firsts, long seed, boolean heldOut) {
    long most = 2L * Style.values().length * firsts.size() * (words.size() - 1) / HELD_OUT;
    if (count < 0 || count > most) {
      throw new SettingException("there are at most " + most + " scenes, got " + count);
    }
    Set<Scene> chosen = new LinkedHashSet<>();
    while (chosen.size() < count) {
      String first = firsts.get(stream.nextInt(firsts.size()));
      String second = words.get(stream.nextInt(words.size()));
      boolean swapped = stream.nextInt(2) == 1;
      Style style = Style.values()[stream.nextInt(Style.values().length)];
      if (!first.equals(second) && isHeldOut(seed, first, second) == heldOut) {
        chosen.add(swapped ? new Scene(second, first, style) : new Scene(first, second, style));
      }
    }
    return List.copyOf(chosen);
  }

  /** Draws a scene, RGB of 8 bits. */
  public BufferedImage draw(Scene scene) {
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        picture.setRGB(x, y, 0xFFFFFF);
      }
    }
    paste(picture, scene.left(), scene.style(), 0);
    paste(picture, scene.right(), scene.style(), CELL);
    return picture;
  }

  private void paste(BufferedImage picture, String word, Style style, int left) {
    int place = words.indexOf(word);
    if (place < 0) {
      place = words.size() + reserve.indexOf(word);
    }
    int top = (SIDE - CELL) / 2;
    for (int y = 0; y < CELL; y++) {
      for (int x = 0; x < CELL; x++) {
        int argb = sheets.get(style).getRGB(place % COLUMNS * CELL + x, place / COLUMNS * CELL + y);
        picture.setRGB(left + x, top + y, overWhite(argb));
      }
    }
  }

  private static int overWhite(int argb) {
    int alpha = argb >>> 24;
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int mixed = alpha * (argb >> shift & WHITE) + (WHITE - alpha) * WHITE;
      rgb |= (mixed + WHITE / 2) / WHITE << shift;
    }
    return rgb;
  }

  /**
   * Writes scenes as a folder of pictures with captions, {@code metadata.jsonl}, and prompts of
   * pairs that are never shown, {@code held-out.txt}.
   *
   * @param news scenes with new things, after the others
   */
  public void write(Path folder, long seed, List<Scene> usual, List<Scene> news) {
    StringBuilder table = new StringBuilder();
    int number = 0;
    for (Scene scene : usual) {
      writeOne(folder, String.format(Locale.ROOT, "%05d.png", number++), scene, table);
    }
    number = 0;
    for (Scene scene : news) {
      writeOne(folder, String.format(Locale.ROOT, "new-%05d.png", number++), scene, table);
    }
    StringBuilder asked = new StringBuilder();
    heldOut(seed).forEach(scene -> asked.append(scene.caption()).append('\n'));
    text(folder.resolve("held-out.prompts"), asked);
    text(folder.resolve("metadata.jsonl"), table);
  }

  private void writeOne(Path folder, String name, Scene scene, StringBuilder table) {
    AtomicFile.write(folder.resolve(name), out -> ImageIO.write(draw(scene), "png", out));
    ObjectNode line = Json.object();
    line.put("file_name", name).put("text", scene.caption());
    line.put("left", scene.left()).put("right", scene.right()).put("style", scene.style().word());
    table.append(line).append('\n');
  }

  private static void text(Path file, StringBuilder text) {
    AtomicFile.write(file, out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
