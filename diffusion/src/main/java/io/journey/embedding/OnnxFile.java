package io.journey.embedding;

import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The bytes of an ONNX file, looked through before ONNX Runtime gets them: a tensor may name
 * another file that its numbers are in, any file of the machine, and the runtime would read it.
 *
 * <p>ONNX is protobuf, of which only what can hold a tensor is followed (onnx.proto, IR version
 * 10).
 */
final class OnnxFile {
  private static final long MAX_BYTES = 1L << 30;
  private static final int MAX_DEPTH = 100;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;

  /** Messages on the way to tensors. */
  private enum Message {
    MODEL,
    TRAINING,
    FUNCTION,
    GRAPH,
    NODE,
    ATTRIBUTE,
    SPARSE,
    TENSOR
  }

  /** Fields of a message that hold such messages, by number. */
  private static final Map<Message, Map<Integer, Message>> FIELDS =
      Map.of(
          Message.MODEL, Map.of(7, Message.GRAPH, 20, Message.TRAINING, 25, Message.FUNCTION),
          Message.TRAINING, Map.of(1, Message.GRAPH, 2, Message.GRAPH),
          Message.FUNCTION, Map.of(7, Message.NODE, 11, Message.ATTRIBUTE),
          Message.GRAPH, Map.of(1, Message.NODE, 5, Message.TENSOR, 15, Message.SPARSE),
          Message.NODE, Map.of(5, Message.ATTRIBUTE),
          Message.ATTRIBUTE,
              Map.of(
                  5, Message.TENSOR,
                  6, Message.GRAPH,
                  10, Message.TENSOR,
                  11, Message.GRAPH,
                  22, Message.SPARSE,
                  23, Message.SPARSE),
          Message.SPARSE, Map.of(1, Message.TENSOR, 2, Message.TENSOR),
          Message.TENSOR, Map.of());

  private final Path file;
  private final byte[] bytes;
  private int at;
  private boolean hasGraph;

  private OnnxFile(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /**
   * Reads a file that holds all of its numbers itself.
   *
   * @throws JourneyException if it is no ONNX, damaged, larger than 1 GB, or names other files
   */
  static byte[] read(Path file) {
    byte[] bytes;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new JourneyException(
            file
                + " has "
                + Counted.of(Files.size(file), "bytes")
                + ", expected at most "
                + MAX_BYTES
                + ".");
      }
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
    OnnxFile walk = new OnnxFile(file, bytes);
    // ONNX Runtime's own format has its mark there, and is no protobuf.
    if (bytes.length < 8 || new String(bytes, 4, 4, StandardCharsets.ISO_8859_1).equals("ORTM")) {
      throw walk.damaged();
    }
    walk.message(Message.MODEL, bytes.length, 0);
    if (!walk.hasGraph) {
      throw walk.damaged();
    }
    return bytes;
  }

  private void message(Message message, int end, int depth) {
    if (depth > MAX_DEPTH) {
      throw damaged();
    }
    while (at < end) {
      long key = varint(end);
      if (key >>> 32 != 0) {
        throw damaged();
      }
      int field = (int) (key >>> 3);
      int wire = (int) key & 7;
      if (message == Message.TENSOR && field == EXTERNAL_DATA) {
        throw external();
      }
      if (wire == 0) {
        long value = varint(end);
        if (message == Message.TENSOR && field == DATA_LOCATION && value != 0) {
          throw external();
        }
      } else {
        int length = length(wire, end);
        int stop = at + length;
        Message inner = wire == 2 ? FIELDS.get(message).get(field) : null;
        hasGraph |= message == Message.MODEL && inner == Message.GRAPH;
        if (inner != null) {
          message(inner, stop, depth + 1);
        }
        at = stop;
      }
    }
  }

  /** Returns how many bytes a field that is no number has. */
  private int length(int wire, int end) {
    long length =
        switch (wire) {
          case 1 -> 8;
          case 2 -> varint(end);
          case 5 -> 4;
          default -> throw damaged();
        };
    if (length < 0 || length > end - at) {
      throw damaged();
    }
    return (int) length;
  }

  private long varint(int end) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw damaged();
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw damaged();
  }

  private JourneyException damaged() {
    return new JourneyException(
        file + " is damaged or not ONNX, expected a protobuf with a graph: export it again.");
  }

  private JourneyException external() {
    return new JourneyException(
        file
            + " keeps numbers in other files, expected all of them inside: in Python, onnx.save(model,"
            + " path, save_as_external_data=False).");
  }
}
