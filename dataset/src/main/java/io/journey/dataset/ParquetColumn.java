package io.journey.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;

/**
 * A column of a Parquet file.
 *
 * @param index among all columns
 * @param path of names, from the outermost structure
 * @param text whether its bytes are text
 * @param descriptor what the decoders need
 */
record ParquetColumn(int index, List<String> path, boolean text, ColumnDescriptor descriptor) {
  /** Names that writers of Parquet give to the parts of a list. */
  private static final Set<String> OF_LISTS =
      Set.of("list", "element", "item", "array", "array_element", "bag");

  /** Returns the outermost name. */
  String top() {
    return path.get(0);
  }

  /** Returns whether it can hold captions: text, or lists of text. */
  boolean isCaption() {
    return type() == PrimitiveTypeName.BINARY && text && descriptor.getMaxRepetitionLevel() <= 1;
  }

  /** Returns whether its values are numbers, or true and false, one a row. */
  boolean isNumber() {
    return !isRepeated()
        && switch (type()) {
          case INT32, INT64, FLOAT, DOUBLE, BOOLEAN -> true;
          default -> false;
        };
  }

  /** Returns the name without those that only make a list of it: "captions", "sentences.raw". */
  String plainName() {
    List<String> names = new ArrayList<>(path);
    if (isRepeated()) {
      names.subList(1, names.size()).removeIf(OF_LISTS::contains);
    }
    return String.join(".", names);
  }

  boolean isRepeated() {
    return descriptor.getMaxRepetitionLevel() > 0;
  }

  PrimitiveTypeName type() {
    return descriptor.getPrimitiveType().getPrimitiveTypeName();
  }

  /** Returns whether it holds bytes that are not text. */
  boolean isBinary() {
    return type() == PrimitiveTypeName.BINARY && !text && !isRepeated();
  }

  /** Returns whether it can hold classes: whole numbers or text. */
  boolean isLabel() {
    return !isRepeated()
        && (type() == PrimitiveTypeName.INT32
            || type() == PrimitiveTypeName.INT64
            || (type() == PrimitiveTypeName.BINARY && text));
  }

  /** Name and type, as in "image.bytes (binary)". */
  @Override
  public String toString() {
    String kind = text ? "text" : type().name().toLowerCase(Locale.ROOT);
    return String.join(".", path) + " (" + kind + ")";
  }

  /**
   * Returns the columns of a schema.
   *
   * @param schema depth first, as it stands in a footer
   * @throws IllegalArgumentException if it is no tree
   */
  static List<ParquetColumn> of(List<SchemaElement> schema) {
    Walk walk = new Walk(schema);
    if (schema.isEmpty()) {
      throw new IllegalArgumentException("its schema is empty");
    }
    walk.children(schema.get(0).getNum_children(), List.of(), 0, 0);
    return walk.columns;
  }

  /**
   * Goes through a schema, which is a list in which every element says how many follow below it.
   */
  private static final class Walk {
    private static final int MAX_DEPTH = 64;

    private final List<SchemaElement> schema;
    private final List<ParquetColumn> columns = new ArrayList<>();
    private int next = 1;

    Walk(List<SchemaElement> schema) {
      this.schema = schema;
    }

    void children(int count, List<String> path, int definition, int repetition) {
      for (int i = 0; i < count; i++) {
        if (next >= schema.size() || path.size() > MAX_DEPTH) {
          throw new IllegalArgumentException("its schema is cut short or too deep");
        }
        SchemaElement element = schema.get(next++);
        List<String> below = new ArrayList<>(path);
        below.add(element.getName());
        FieldRepetitionType kind = element.getRepetition_type();
        int d = definition + (kind == FieldRepetitionType.REQUIRED ? 0 : 1);
        int r = repetition + (kind == FieldRepetitionType.REPEATED ? 1 : 0);
        if (element.isSetNum_children() && element.getNum_children() > 0) {
          children(element.getNum_children(), below, d, r);
        } else if (element.isSetType()) {
          columns.add(column(element, below, d, r));
        }
      }
    }

    private ParquetColumn column(SchemaElement element, List<String> path, int d, int r) {
      PrimitiveTypeName type =
          switch (element.getType()) {
            case BYTE_ARRAY -> PrimitiveTypeName.BINARY;
            case FIXED_LEN_BYTE_ARRAY -> PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
            default -> PrimitiveTypeName.valueOf(element.getType().name());
          };
      PrimitiveType primitive =
          new PrimitiveType(
              Repetition.valueOf(element.getRepetition_type().name()),
              type,
              Math.max(1, element.getType_length()),
              element.getName());
      boolean text =
          element.getConverted_type() == ConvertedType.UTF8
              || element.getConverted_type() == ConvertedType.ENUM
              || element.getConverted_type() == ConvertedType.JSON
              || (element.isSetLogicalType() && element.getLogicalType().isSetSTRING());
      return new ParquetColumn(
          columns.size(),
          List.copyOf(path),
          text,
          new ColumnDescriptor(path.toArray(String[]::new), primitive, r, d));
    }
  }
}
