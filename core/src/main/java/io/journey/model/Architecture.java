package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.JourneyException;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * A kind of denoiser, found by {@code _class_name} in its {@code config.json}. Implementations are
 * registered in {@code META-INF/services/io.journey.model.Architecture}, in any module.
 */
public interface Architecture {
  /** Returns the {@code _class_name}, such as {@code UNet2DModel}. */
  String className();

  /**
   * Reads a configuration.
   *
   * @param where the file, for messages
   * @throws JourneyException naming every option that is unknown, of the wrong type or not
   *     supported
   */
  DenoiserConfig config(ObjectNode json, String where);

  /**
   * Reads the configuration of any registered architecture. Without a {@code _class_name} it is a
   * {@code UNet2DModel}'s.
   *
   * @param where the file, for messages
   * @throws JourneyException if no architecture is called so, or the configuration is not usable
   */
  static DenoiserConfig read(ObjectNode json, String where) {
    String name = json.path("_class_name").asText(UNet2DArchitecture.CLASS_NAME);
    TreeMap<String, Architecture> known = new TreeMap<>();
    ServiceLoader.load(Architecture.class)
        .forEach(architecture -> known.put(architecture.className(), architecture));
    Architecture architecture = known.get(name);
    if (architecture == null) {
      throw new JourneyException(
          where
              + " describes a "
              + name
              + ", expected a "
              + String.join(" or ", known.keySet())
              + ": name another checkpoint.");
    }
    return architecture.config(json, where);
  }
}
