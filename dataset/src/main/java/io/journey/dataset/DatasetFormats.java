package io.journey.dataset;

import io.journey.run.JourneyException;
import io.journey.run.Progress;
import io.journey.run.Services;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The formats there are: Journey's, then those of other modules in the order of their names. */
final class DatasetFormats {
  private DatasetFormats() {}

  /** Those of Journey. */
  enum Own implements DatasetFormat {
    IDX(Set.of()) {
      @Override
      Listing list(DatasetSpec spec, Progress progress) {
        return IdxFolder.list(spec);
      }
    },
    CIFAR(Set.of("labels")) {
      @Override
      Listing list(DatasetSpec spec, Progress progress) {
        return CifarFiles.list(spec, progress);
      }
    },
    PARQUET(Set.of("column", "label", "skip", "orient")) {
      @Override
      Listing list(DatasetSpec spec, Progress progress) {
        return ParquetTable.list(spec);
      }
    },
    TAR(Set.of("column", "skip", "orient")) {
      @Override
      Listing list(DatasetSpec spec, Progress progress) {
        return TarArchives.list(spec, progress);
      }
    },
    IMAGES(Set.of("links", "skip", "orient")) {
      @Override
      Listing list(DatasetSpec spec, Progress progress) {
        return ImageFolder.list(spec);
      }
    },
    COCO(Set.of("links", "skip", "orient")) {
      @Override
      Listing list(DatasetSpec spec, Progress progress) {
        return CocoFolder.list(spec);
      }
    },
    CROISSANT(Set.of("skip", "orient")) {
      @Override
      Listing list(DatasetSpec spec, Progress progress) {
        return CroissantFolder.list(spec);
      }
    };

    private final Set<String> options;

    Own(Set<String> options) {
      this.options = options;
    }

    abstract Listing list(DatasetSpec spec, Progress progress);

    @Override
    public String prefix() {
      return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Set<String> options() {
      return options;
    }

    @Override
    public Listing list(DatasetSource source, Progress progress) {
      return list((DatasetSpec) source, progress);
    }
  }

  private static Stream<DatasetFormat> all() {
    return Stream.concat(Arrays.stream(Own.values()), others());
  }

  private static Stream<DatasetFormat> others() {
    return Services.of(DatasetFormat.class, "data format", List.of(DatasetFormat::prefix)).stream()
        .sorted(Comparator.comparing(DatasetFormat::prefix));
  }

  /** Returns the format of a prefix, whatever its case. */
  static Optional<DatasetFormat> named(String prefix) {
    return all().filter(f -> f.prefix().equalsIgnoreCase(prefix)).findFirst();
  }

  /** Returns all names, for messages: "idx, cifar or images". */
  static String names() {
    List<String> names = all().map(DatasetFormat::prefix).toList();
    return String.join(", ", names.subList(0, names.size() - 1))
        + " or "
        + names.get(names.size() - 1);
  }

  /** Returns all options that some formats have and others have not. */
  static Set<String> options() {
    return all().flatMap(f -> f.options().stream()).collect(Collectors.toSet());
  }

  /**
   * Finds out from names what a file or folder holds.
   *
   * @throws JourneyException if it is a file that no format knows
   */
  static DatasetFormat of(Path path) {
    return others()
        .filter(format -> format.recognises(path))
        .findFirst()
        .orElseGet(() -> KindDetection.of(path));
  }
}
