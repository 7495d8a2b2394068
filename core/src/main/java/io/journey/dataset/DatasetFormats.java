package io.journey.dataset;

import io.journey.run.JourneyException;
import io.journey.run.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;

/** The formats there are: Journey's, then those of other modules in the order of their names. */
final class DatasetFormats {
  private static final List<DatasetFormat> FORMATS = new ArrayList<>(List.of(Own.values()));

  static {
    ServiceLoader.load(DatasetFormat.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted((a, b) -> a.prefix().compareTo(b.prefix()))
        .forEach(FORMATS::add);
  }

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

  /** Returns the format of a prefix, whatever its case. */
  static Optional<DatasetFormat> named(String prefix) {
    return FORMATS.stream().filter(f -> f.prefix().equalsIgnoreCase(prefix)).findFirst();
  }

  /** Returns all names, for messages: "idx, cifar or images". */
  static String names() {
    List<String> names = FORMATS.stream().map(DatasetFormat::prefix).toList();
    return String.join(", ", names.subList(0, names.size() - 1))
        + " or "
        + names.get(names.size() - 1);
  }

  /** Returns all options that some formats have and others have not. */
  static Set<String> options() {
    return FORMATS.stream().flatMap(f -> f.options().stream()).collect(Collectors.toSet());
  }

  /**
   * Finds out from names what a file or folder holds.
   *
   * @throws JourneyException if it is a file that no format knows
   */
  static DatasetFormat of(Path path) {
    return FORMATS.stream()
        .filter(format -> !(format instanceof Own) && format.recognises(path))
        .findFirst()
        .orElseGet(() -> KindDetection.of(path));
  }
}
