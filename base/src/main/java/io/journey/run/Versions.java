package io.journey.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The versions of what makes the numbers. */
public final class Versions {
  private static final Properties PROPERTIES = load();

  /** The variables that limit the kernels of libtorch, oneDNN and OpenBLAS. */
  private static final List<String> LIMITS =
      List.of("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "OPENBLAS_CORETYPE");

  private static final List<String> WIDEST_FIRST = List.of("avx512f", "avx2", "avx", "sse4_2");

  /** The system property of the folder of another libtorch than Journey's own. */
  public static final String OTHER_LIBTORCH = "journey.torch";

  private static final Pattern PYTHON_VERSION =
      Pattern.compile("^__version__ *= *['\"]([^'\"]+)['\"]", Pattern.MULTILINE);

  private Versions() {}

  private static Properties load() {
    Properties properties = new Properties();
    try (InputStream in = Versions.class.getResourceAsStream("version.properties")) {
      properties.load(in);
      return properties;
    } catch (IOException e) {
      throw new IllegalStateException("version.properties is part of this library", e);
    }
  }

  /** Returns the version of Journey. */
  public static String journey() {
    return PROPERTIES.getProperty("journey");
  }

  /**
   * Returns the version of libtorch: Journey's own, or of the Python installation it is part of.
   */
  public static String libtorch() {
    String folder = System.getProperty(OTHER_LIBTORCH, "");
    if (folder.isEmpty()) {
      return PROPERTIES.getProperty("libtorch");
    }
    try {
      Path about = Path.of(Path.of(folder).toRealPath() + "/../version.py");
      Matcher matcher = PYTHON_VERSION.matcher(Files.readString(about));
      return matcher.find() ? matcher.group(1) : "of unknown version";
    } catch (IOException | UncheckedIOException e) {
      return "of unknown version";
    }
  }

  /**
   * Journey, libtorch with its Java presets, Java, the system, and the vector instructions: with
   * wider ones libtorch takes other kernels, which round differently.
   */
  static ObjectNode all() {
    ObjectNode versions = Json.object();
    versions.put("journey", journey()).put("libtorch", libtorch());
    versions.put("java", System.getProperty("java.version"));
    versions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    versions.put("instructions", instructions());
    return versions;
  }

  /** Returns the vector instructions of this machine's processor, and what limits their use. */
  public static String instructions() {
    return instructions(Path.of("/proc/cpuinfo"), System.getenv());
  }

  /**
   * Returns the vector instructions of the processor, and the variables of the environment that
   * limit their use.
   *
   * @param processors what the system tells of its processors
   */
  static String instructions(Path processors, Map<String, String> environment) {
    List<String> parts = new ArrayList<>();
    parts.add(widest(processors));
    for (String limit : LIMITS) {
      if (environment.containsKey(limit)) {
        parts.add(limit + "=" + environment.get(limit));
      }
    }
    return String.join(", ", parts);
  }

  private static String widest(Path processors) {
    try (Stream<String> lines = Files.lines(processors)) {
      List<String> flags =
          lines
              .filter(line -> line.startsWith("flags"))
              .findFirst()
              .map(line -> List.of(line.split("\\s+")))
              .orElse(List.of());
      return WIDEST_FIRST.stream().filter(flags::contains).findFirst().orElse("unknown");
    } catch (IOException | UncheckedIOException e) {
      return "unknown";
    }
  }
}
