package io.journey.latent;

import io.journey.run.DiffusersJson;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What configurations of autoencoders require alike; each adds what does not hold. */
final class OptionChecks {
  private OptionChecks() {}

  static void atLeastOne(List<String> problems, String name, int value) {
    if (value < 1) {
      problems.add(name + " must be at least 1, got " + value);
    }
  }

  static void asMany(List<String> problems, int inChannels, int outChannels) {
    if (inChannels != outChannels) {
      problems.add(
          "in_channels "
              + inChannels
              + " and out_channels "
              + outChannels
              + " differ, but decoded images must be like those encoded");
    }
  }

  static void scaling(List<String> problems, double scaling, double shift) {
    if (scaling == 0 || !Double.isFinite(scaling)) {
      problems.add("scaling_factor must not be 0, got " + scaling);
    }
    if (!Double.isFinite(shift)) {
      problems.add("shift_factor must be a number, got " + shift);
    }
  }

  /** Returns the names of all options, to be written whatever they are. */
  static Set<String> names(Class<? extends Record> config) {
    return Arrays.stream(config.getRecordComponents())
        .map(RecordComponent::getName)
        .map(DiffusersJson::snakeCase)
        .collect(Collectors.toSet());
  }
}
