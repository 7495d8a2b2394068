package org.example;

import io.journey.condition.Condition;
import io.journey.dataset.Content;
import io.journey.dataset.DatasetFormat;
import io.journey.dataset.DatasetSource;
import io.journey.dataset.ImageShape;
import io.journey.dataset.Listing;
import io.journey.dataset.Pixels;
import io.journey.dataset.StoredExample;
import io.journey.dataset.UnreadableImage;
import io.journey.run.JourneyException;
import io.journey.run.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A folder of binary PPM files of 8 bits ("P6"), one class each where names begin "CLASS_". */
public final class PortablePixmaps implements DatasetFormat {
  @Override
  public String prefix() {
    return "ppm";
  }

  @Override
  public Set<String> options() {
    return Set.of("skip", "separator");
  }

  @Override
  public boolean recognises(Path path) {
    return Files.isDirectory(path) && !pictures(path).isEmpty();
  }

  private static List<Path> pictures(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".ppm")).sorted().toList();
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + folder + ": " + e.getMessage() + ".", e);
    }
  }

  @Override
  public Listing list(DatasetSource source, Progress progress) {
    String separator = source.option("separator").orElse("_");
    List<String> classes = new ArrayList<>();
    List<StoredExample> examples = new ArrayList<>();
    for (Path file : pictures(source.path())) {
      String id = file.getFileName().toString();
      int end = id.indexOf(separator);
      String name = end < 0 ? id : id.substring(0, end);
      if (!classes.contains(name)) {
        classes.add(name);
      }
      Content content = () -> Files.readAllBytes(file);
      examples.add(
          new StoredExample(
              id,
              new Condition.ClassLabel(classes.indexOf(name)),
              orient -> decode(content, file)));
    }
    return new Listing(classes, examples);
  }

  private static Pixels decode(Content content, Path file) {
    try {
      byte[] bytes = content.read();
      String start = new String(bytes, 0, Math.min(40, bytes.length), StandardCharsets.US_ASCII);
      String[] words = start.split("\\s", 5);
      int width = Integer.parseInt(words[1]);
      int height = Integer.parseInt(words[2]);
      int from = start.length() - words[4].length();
      byte[] planes = new byte[3 * width * height];
      for (int i = 0; i < planes.length; i++) {
        planes[i % 3 * width * height + i / 3] = bytes[from + i];
      }
      return Pixels.of(new ImageShape(3, height, width), planes);
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      throw new UnreadableImage(file + " is no whole PPM file: make it again.", e);
    }
  }
}
