package io.journey.dataset;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Notes on the files of a set, for its reader.
 *
 * @param skipped the images that were left out as {@code skip=unreadable} allows, by id, and why
 *     each cannot be read
 * @param passedOver how many files are no images and were passed over, by their ending
 * @param links how many images are links to files
 * @param repeated how many images are the same file as another image of the set
 * @param captions what was passed over when captions were read
 * @param noClasses why folders of images are no classes, where one might take them for such
 */
@RecordBuilder
public record DatasetNotes(
    SortedMap<String, String> skipped,
    SortedMap<String, Integer> passedOver,
    int links,
    int repeated,
    List<String> captions,
    Optional<String> noClasses)
    implements DatasetNotesBuilder.With {
  private static final int SHOWN = 12;

  /** There is nothing to say. */
  public static final DatasetNotes NONE =
      new DatasetNotes(
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          0,
          0,
          List.of(),
          Optional.empty());

  /** Counts by ending as people write them: "3 .txt, 1 .yaml". */
  public static String counted(SortedMap<String, Integer> endings) {
    return endings.entrySet().stream()
        .sorted(Comparator.comparing((Map.Entry<String, Integer> e) -> -e.getValue()))
        .limit(SHOWN)
        .map(e -> e.getValue() + " " + e.getKey())
        .collect(Collectors.joining(", ", "", endings.size() > SHOWN ? ", …" : ""));
  }

  /** Why there are no classes, alone. */
  static DatasetNotes ofNoClasses(String why) {
    return NONE.withNoClasses(Optional.of(why));
  }
}
