package io.journey.results.exchange;

import io.journey.run.Services;
import io.journey.run.StageWork;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A form in which other tools read what an attribution found. {@link #all} finds implementations by
 * {@link java.util.ServiceLoader}; they need a public constructor without arguments.
 */
public interface ExportFormat {
  /** Returns the formats there are, in the order of their names. */
  static List<ExportFormat> all() {
    return Services.of(ExportFormat.class, "export format", List.of(ExportFormat::name)).stream()
        .sorted(Comparator.comparing(ExportFormat::name))
        .toList();
  }

  /** Returns what a user writes for it, lower case. */
  String name();

  /** Returns what it makes and for which tool, in a sentence. */
  String description();

  /** Returns the forms in which it can name training images; none where it names none. */
  default Set<ImageForm> images() {
    return Set.of();
  }

  /** Returns whether it has a vector of each training image. */
  default boolean hasVectors() {
    return false;
  }

  /**
   * Refuses what it cannot write, before anything is written.
   *
   * @throws io.journey.run.SettingException with a sentence on what is wrong
   */
  default void check(ExportRequest request) {}

  /**
   * Writes its files, the same bytes from the same content.
   *
   * @param content what they tell
   * @param work the directory
   */
  void write(ExportContent content, StageWork work);
}
