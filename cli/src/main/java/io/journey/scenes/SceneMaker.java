package io.journey.scenes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.figure.Png;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Nearest;
import io.journey.run.Progress;
import io.journey.run.SettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Makes scenes, each another one. A seed orders all scenes there are by their captions, so a larger
 * set begins with a smaller one, and one of fewer emoji has the others left out. It holds pairs out
 * the same way: no scene shows the two together, in whatever places and style.
 *
 * @param emoji what scenes show
 * @param seed of the order
 * @param heldOutPairs how many pairs are held out
 * @param only the emoji that scenes may show, all where it is empty
 * @param without emoji that no scene shows
 * @param showing each scene shows one of these at least, where it is not empty
 */
public record SceneMaker(
    Emoji emoji,
    long seed,
    int heldOutPairs,
    Set<String> only,
    Set<String> without,
    Set<String> showing) {
  /** The file of captions, as {@code datasets} reads it. It is written last. */
  public static final String CAPTIONS = "metadata.jsonl";

  /** The scenes of the pairs that are held out. */
  public static final String HELD_OUT = "held-out.jsonl";

  private record Pair(String first, String second) {}

  public SceneMaker {
    only = Set.copyOf(only);
    without = Set.copyOf(without);
    showing = Set.copyOf(showing);
    for (Set<String> names : List.of(only, without, showing)) {
      for (String name : names) {
        if (!emoji.names().contains(name)) {
          throw new SettingException(
              "there is no emoji '"
                  + name
                  + "'"
                  + Nearest.question(
                      name, emoji.names(), ", but " + String.join(", ", emoji.names())));
        }
      }
    }
    int pairs = emoji.names().size() * (emoji.names().size() - 1) / 2;
    if (heldOutPairs < 0 || heldOutPairs > pairs) {
      throw new SettingException(
          "held-out pairs must be from 0 to " + pairs + ", got " + heldOutPairs);
    }
  }

  /** Returns a maker of scenes of all emoji. */
  public static SceneMaker of(Emoji emoji, long seed, int heldOutPairs) {
    return new SceneMaker(emoji, seed, heldOutPairs, Set.of(), Set.of(), Set.of());
  }

  /**
   * Returns the first scenes.
   *
   * @throws SettingException if there are fewer than {@code count}
   */
  public List<Scene> scenes(int count) {
    Set<Scene> heldOut = new HashSet<>(heldOut());
    Seed order = root().child("scene");
    List<Scene> all =
        sorted(
            all().filter(scene -> !heldOut.contains(scene)).toList(),
            scene -> order.child(scene.caption()));
    if (count < 1 || count > all.size()) {
      throw new SettingException(
          String.format(
              Locale.ROOT,
              "the number of scenes must be from 1 to %d, as many as these emoji give, got %d",
              all.size(),
              count));
    }
    return List.copyOf(all.subList(0, count));
  }

  /** Returns all scenes of the pairs that are held out, four of each, of emoji it may show. */
  public List<Scene> heldOut() {
    List<Pair> pairs = new ArrayList<>();
    List<String> names = emoji.names().stream().sorted().toList();
    for (int i = 0; i < names.size(); i++) {
      for (String second : names.subList(i + 1, names.size())) {
        pairs.add(new Pair(names.get(i), second));
      }
    }
    Seed order = root().child("held out");
    List<Pair> held =
        sorted(pairs, pair -> order.child(pair.first()).child(pair.second()))
            .subList(0, heldOutPairs);
    List<Scene> scenes = new ArrayList<>();
    for (Pair pair : held) {
      for (String style : Emoji.STYLES) {
        scenes.add(new Scene(pair.first(), pair.second(), style));
        scenes.add(new Scene(pair.second(), pair.first(), style));
      }
    }
    return scenes.stream().filter(this::isMeant).toList();
  }

  private Seed root() {
    return Seed.of(seed).child("scenes");
  }

  private Stream<Scene> all() {
    return emoji.names().stream()
        .flatMap(left -> emoji.names().stream().map(right -> new String[] {left, right}))
        .filter(two -> !two[0].equals(two[1]))
        .flatMap(two -> Emoji.STYLES.stream().map(style -> new Scene(two[0], two[1], style)))
        .filter(this::isMeant);
  }

  private boolean isMeant(Scene scene) {
    return (only.isEmpty() || only.contains(scene.left()) && only.contains(scene.right()))
        && without.stream().noneMatch(scene::shows)
        && (showing.isEmpty() || showing.stream().anyMatch(scene::shows));
  }

  /** In the order of a random number that only what it is decides. */
  private static <T> List<T> sorted(List<T> items, Function<T, Seed> seed) {
    record Numbered<T>(T item, long number) {}

    return items.stream()
        .map(item -> new Numbered<>(item, seed.apply(item).stream().bits(0)))
        .sorted(Comparator.comparingLong(Numbered::number))
        .map(Numbered::item)
        .toList();
  }

  /**
   * Writes pictures, their captions and the list of what is held out.
   *
   * @param folder an empty directory, or one that is not there
   * @return the scenes
   * @throws JourneyException if the directory holds something, or cannot be written
   */
  public List<Scene> write(Path folder, int count, Progress progress) {
    List<Scene> scenes = scenes(count);
    StringBuilder captions = new StringBuilder();
    try (Progress.Task task = progress.start("Drawing scenes", count, "scenes")) {
      requireEmpty(folder);
      for (int i = 0; i < count; i++) {
        String name = fileName(i, scenes.get(i));
        Files.write(folder.resolve(name), Png.of(scenes.get(i).draw(emoji)));
        captions.append(row(Json.object().put("file_name", name), scenes.get(i)));
        task.advance(1);
      }
    } catch (IOException e) {
      throw new JourneyException("Cannot write to " + folder + ": " + Failures.reason(e) + ".", e);
    }
    StringBuilder others = new StringBuilder();
    heldOut().forEach(scene -> others.append(row(Json.object(), scene)));
    write(folder.resolve(HELD_OUT), others);
    write(folder.resolve(CAPTIONS), captions);
    return scenes;
  }

  private static void requireEmpty(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(folder)) {
      if (files.findAny().isPresent()) {
        throw new JourneyException(
            folder + " is not an empty directory: name another directory for the scenes.");
      }
    }
  }

  private static String fileName(int place, Scene scene) {
    return String.format(
        Locale.ROOT, "%05d-%s-%s-%s.png", place, scene.left(), scene.right(), scene.style());
  }

  private static String row(ObjectNode row, Scene scene) {
    row.put("text", scene.caption())
        .put("left", scene.left())
        .put("right", scene.right())
        .put("style", scene.style());
    return row + "\n";
  }

  private static void write(Path file, StringBuilder text) {
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
