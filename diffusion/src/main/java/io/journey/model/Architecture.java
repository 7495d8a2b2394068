package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.JourneyException;
import io.journey.run.Services;
import java.util.List;
import java.util.stream.Collectors;

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
    List<Architecture> known =
        Services.of(Architecture.class, "architecture", List.of(Architecture::className));
    return known.stream()
        .filter(architecture -> architecture.className().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new JourneyException(
                    where
                        + " describes a "
                        + name
                        + ", expected a "
                        + known.stream()
                            .map(Architecture::className)
                            .sorted()
                            .collect(Collectors.joining(" or "))
                        + ": name another checkpoint."))
        .config(json, where);
  }
}
