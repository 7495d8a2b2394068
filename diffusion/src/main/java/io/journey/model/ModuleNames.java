package io.journey.model;

import io.journey.nn.ModuleReader;

/** Names of modules, brought to one form. */
final class ModuleNames {
  private ModuleNames() {}

  /** Returns a name with underscores for dots, as kohya's scripts write it. */
  static String flat(String name) {
    return name.replace('.', '_');
  }

  /** Returns an early diffusers name of an attention layer as it is called now. */
  static String current(String layer) {
    String name = ModuleReader.currentName(layer + ".");
    return name.substring(0, name.length() - 1);
  }
}
