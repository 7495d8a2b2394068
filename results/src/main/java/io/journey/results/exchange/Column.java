package io.journey.results.exchange;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.ListType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.Type;

/**
 * A column of a Parquet file.
 *
 * @param name unique in its table
 * @param kind of its values
 * @param value of a row
 */
record Column(String name, Kind kind, IntFunction<?> value) {
  private static final String LIST = "list";
  private static final String ELEMENT = "element";

  /** What values are. */
  enum Kind {
    WHOLE(Type.INT32),
    NUMBER(Type.FLOAT),
    TEXT(Type.BYTE_ARRAY),
    BYTES(Type.BYTE_ARRAY),
    VECTOR(Type.FLOAT);

    private final Type stored;

    Kind(Type stored) {
      this.stored = stored;
    }
  }

  static Column wholes(String name, IntUnaryOperator value) {
    return new Column(name, Kind.WHOLE, value::applyAsInt);
  }

  static Column numbers(String name, IntFunction<Float> value) {
    return new Column(name, Kind.NUMBER, value);
  }

  /** A column of texts; an empty one is stored as none. */
  static Column texts(String name, IntFunction<String> value) {
    return new Column(name, Kind.TEXT, value);
  }

  static Column bytes(String name, IntFunction<byte[]> value) {
    return new Column(name, Kind.BYTES, value);
  }

  /** A column of vectors of at least one number. */
  static Column vectors(String name, IntFunction<float[]> value) {
    return new Column(name, Kind.VECTOR, value);
  }

  /** Returns the names that lead to its values. */
  List<String> path() {
    return kind == Kind.VECTOR ? List.of(name, LIST, ELEMENT) : List.of(name);
  }

  /** Returns the type of its values in a file. */
  Type stored() {
    return kind.stored;
  }

  /** Returns its part of a file's schema. */
  List<SchemaElement> schema() {
    FieldRepetitionType required = FieldRepetitionType.REQUIRED;
    if (kind == Kind.VECTOR) {
      return List.of(
          new SchemaElement(name)
              .setRepetition_type(required)
              .setNum_children(1)
              .setConverted_type(ConvertedType.LIST)
              .setLogicalType(LogicalType.LIST(new ListType())),
          new SchemaElement(LIST)
              .setRepetition_type(FieldRepetitionType.REPEATED)
              .setNum_children(1),
          new SchemaElement(ELEMENT).setRepetition_type(required).setType(kind.stored));
    }
    SchemaElement element = new SchemaElement(name).setRepetition_type(required);
    if (kind == Kind.TEXT) {
      element
          .setRepetition_type(FieldRepetitionType.OPTIONAL)
          .setConverted_type(ConvertedType.UTF8)
          .setLogicalType(LogicalType.STRING(new StringType()));
    }
    return List.of(element.setType(kind.stored));
  }
}
