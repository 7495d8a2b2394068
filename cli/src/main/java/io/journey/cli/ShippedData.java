package io.journey.cli;

import io.journey.run.JourneyException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Data that come with Journey. */
final class ShippedData {
  private ShippedData() {}

  /**
   * Returns a folder of {@code data}. A relative name where there is one keeps this machine's
   * folders out of what is written.
   *
   * @throws JourneyException if it is not there
   */
  static Path folder(String name) {
    Path here = Path.of("").toAbsolutePath();
    Path home = Path.of(System.getProperty("journey.home", ".")).toAbsolutePath().normalize();
    Path data =
        (home.startsWith(here) ? here.relativize(home) : home).resolve("data").resolve(name);
    if (!Files.isDirectory(data)) {
      throw new JourneyException(
          "The shipped images are not in " + data + ": start ./journey of a complete clone.");
    }
    return data;
  }
}
