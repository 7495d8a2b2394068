package io.journey.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The versions of what makes the numbers. */
public final class Versions {
  private static final Properties PROPERTIES = load();

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

  /** The version of Journey. */
  public static String journey() {
    return PROPERTIES.getProperty("journey");
  }

  /** Journey, libtorch with its Java presets, Java, and the system. */
  static ObjectNode all() {
    ObjectNode versions = Json.object();
    versions.put("journey", journey()).put("libtorch", PROPERTIES.getProperty("libtorch"));
    versions.put("java", System.getProperty("java.version"));
    versions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return versions;
  }
}
