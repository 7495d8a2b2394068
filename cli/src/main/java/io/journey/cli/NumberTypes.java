package io.journey.cli;

import io.journey.array.DType;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;

/** The number types that an option takes. */
abstract class NumberTypes implements ITypeConverter<DType> {
  private final List<DType> types;

  NumberTypes(DType... types) {
    this.types = List.of(types);
  }

  /** Those of features on disk. */
  static final class OfFeatures extends NumberTypes {
    OfFeatures() {
      super(DType.F32, DType.F16, DType.I8);
    }
  }

  /** Those of weights on disk. */
  static final class OfWeights extends NumberTypes {
    OfWeights() {
      super(DType.F32, DType.F16, DType.BF16);
    }
  }

  @Override
  public DType convert(String text) {
    return types.stream()
        .filter(type -> type.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(() -> new ChoiceException(names().toList()));
  }

  private Stream<String> names() {
    return types.stream().map(type -> type.name().toLowerCase(Locale.ROOT));
  }
}
