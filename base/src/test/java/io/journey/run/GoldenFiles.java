package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Files that other programs made, which must be those that were committed. */
public final class GoldenFiles {
  private GoldenFiles() {}

  /**
   * Holds files against the {@code SHA256SUMS} of their folder.
   *
   * @param beginning of the names that are meant, empty for all
   * @return the names, as there
   */
  public static List<String> checked(Path folder, String beginning) throws IOException {
    List<String> names = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("SHA256SUMS"))) {
      String[] parts = line.split("  ");
      if (parts[1].startsWith(beginning)) {
        assertThat(Checksums.of(folder.resolve(parts[1]))).as(parts[1]).isEqualTo(parts[0]);
        names.add(parts[1]);
      }
    }
    return names;
  }

  /** Returns the UTF-8 text of a gzipped file. */
  public static String unzipped(Path file) {
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
