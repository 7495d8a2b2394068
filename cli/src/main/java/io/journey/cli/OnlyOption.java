package io.journey.cli;

import io.journey.run.SettingException;
import io.journey.sampling.Trajectory;
import java.util.List;
import picocli.CommandLine.Option;

/** Some of the targets that are read. */
final class OnlyOption {
  @Option(
      names = "--only",
      split = ",",
      paramLabel = "T",
      description = "The targets that are asked about, by their numbers from 0 (default: all).")
  private List<Integer> only;

  /** Returns those that are named, in the order in which they are. */
  List<Trajectory> of(List<Trajectory> all) {
    if (only == null) {
      return all;
    }
    if (only.isEmpty()) {
      throw new SettingException("--only names no target");
    }
    for (int number : only) {
      if (number < 0 || number >= all.size()) {
        throw new SettingException(
            "--only names targets by their numbers, 0 to " + (all.size() - 1) + ", got " + number);
      }
    }
    if (only.stream().distinct().count() < only.size()) {
      throw new SettingException("--only names a target twice");
    }
    return only.stream().map(all::get).toList();
  }
}
