package io.journey.benchmarks.hostile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A small input that is read well.
 *
 * @param name reader and kind: "png/interlaced"; also its folder below the corpus
 * @param weight its share of the cases, in arbitrary units
 * @param attacked the files that are changed, relative to its folder; none: the folder itself is
 * @param commands what reads it: one is chosen for each case. In a word, {@code {}} stands for the
 *     folder and {@code {out}} for a fresh place for results, whose files are part of the result
 * @param guard whether checksums protect what is read
 */
record Original(
    String name, int weight, List<String> attacked, List<List<String>> commands, Guard guard) {

  /** What protects an original. */
  enum Guard {
    /** Nothing: other content is all that can be had. */
    NONE,
    /** Manifests and digests. Where a case does not make them anew, other content is a fault. */
    MANIFEST,
    /** An unfinished run: a command may continue it and write into it. */
    UNFINISHED
  }

  static Original of(String name, int weight, List<String> attacked, String... command) {
    return new Original(name, weight, attacked, List.of(List.of(command)), Guard.NONE);
  }

  Original or(String... command) {
    List<List<String>> more = new ArrayList<>(commands);
    more.add(List.of(command));
    return new Original(name, weight, attacked, List.copyOf(more), guard);
  }

  Original guardedBy(Guard other) {
    return new Original(name, weight, attacked, commands, other);
  }

  /** The group it is counted in. */
  String reader() {
    return name.substring(0, name.indexOf('/'));
  }

  /** Returns a command with its places filled in. */
  String[] command(int index, Path folder, Path out) {
    return commands.get(index).stream()
        .map(w -> w.replace("{out}", out.toString()).replace("{}", folder.toString()))
        .toArray(String[]::new);
  }
}
