package io.journey.results.consent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The C2PA manifest store within a PNG or JPEG, or in a file of its own: boxes in boxes (JUMBF, ISO
 * 19566-5). Assertions are read, signatures are not checked. What a box claims is held against the
 * bytes there are.
 */
final class ManifestStore {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int JPEG = 0xFFD8;
  private static final int APP11 = 0xFFEB;
  private static final int START_OF_SCAN = 0xFFDA;
  private static final int JUMBF_IN_JPEG = 0x4A50; // "JP"
  private static final int SUPERBOX = name("jumb");
  private static final int DESCRIPTION = name("jumd");
  private static final int HEADER = 8;
  private static final int UUID = 16;
  private static final int LABELLED = 2;
  private static final String STORE = "c2pa";
  private static final String ASSERTIONS = "c2pa.assertions";

  /** More boxes within a box than any store has. */
  private static final int MOST_BOXES = 10_000;

  private static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder().maxNestingDepth(100).maxStringLength(1 << 20).build();
  private static final ObjectReader CBOR =
      new ObjectMapper(CBORFactory.builder().streamReadConstraints(BOUNDS).build()).reader();
  private static final ObjectReader JSON =
      new ObjectMapper(JsonFactory.builder().streamReadConstraints(BOUNDS).build()).reader();

  /** A box; the content of a superbox is boxes, the first of which says its label. */
  private record Box(int type, ByteBuffer content) {
    List<Box> boxes() throws IOException {
      return ManifestStore.boxes(content);
    }

    /** Returns the label of a superbox, "" without one. */
    String label() throws IOException {
      List<Box> inner = boxes();
      if (inner.isEmpty()
          || inner.get(0).type != DESCRIPTION
          || inner.get(0).content.remaining() <= UUID) {
        throw new IOException("a box is not described");
      }
      byte[] described = new byte[inner.get(0).content.remaining()];
      inner.get(0).content.duplicate().get(described);
      if ((described[UUID] & LABELLED) == 0) {
        return "";
      }
      int end = UUID + 1;
      while (end < described.length && described[end] != 0) {
        end++;
      }
      return new String(described, UUID + 1, end - UUID - 1, StandardCharsets.UTF_8);
    }

    /** Returns the superbox of this label within it. */
    Optional<Box> labelled(String label) throws IOException {
      for (Box box : boxes()) {
        if (box.type == SUPERBOX && box.label().equals(label)) {
          return Optional.of(box);
        }
      }
      return Optional.empty();
    }
  }

  private ManifestStore() {}

  private static int name(String four) {
    return ByteBuffer.wrap(four.getBytes(StandardCharsets.US_ASCII)).getInt();
  }

  /**
   * Returns the store that a picture carries.
   *
   * @param picture a PNG or JPEG; others carry none that is looked for
   * @throws IOException if the picture ends too early
   */
  static Optional<byte[]> in(byte[] picture) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(picture);
    try {
      if (Arrays.equals(picture, 0, Math.min(PNG.length, picture.length), PNG, 0, PNG.length)) {
        return inPng(bytes.position(PNG.length));
      }
      if (picture.length > 2 && Short.toUnsignedInt(bytes.getShort()) == JPEG) {
        return inJpeg(bytes);
      }
      return Optional.empty();
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException e) {
      throw new IOException("it ends too early", e);
    }
  }

  private static Optional<byte[]> inPng(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      int length = bytes.getInt();
      int type = bytes.getInt();
      if (length < 0) {
        throw new IllegalArgumentException("a chunk of no length");
      }
      if (type == name("caBX")) {
        byte[] store = new byte[Math.min(length, bytes.remaining())];
        bytes.get(store);
        return Optional.of(store);
      }
      if (type == name("IEND")) {
        break;
      }
      bytes.position(Math.addExact(bytes.position(), Math.addExact(length, Integer.BYTES)));
    }
    return Optional.empty();
  }

  /** A box that is longer than a segment goes on in the next, which repeats its header. */
  private static Optional<byte[]> inJpeg(ByteBuffer bytes) {
    Map<Integer, ByteArrayOutputStream> boxes = new LinkedHashMap<>();
    while (bytes.remaining() >= 4) {
      int marker = Short.toUnsignedInt(bytes.getShort());
      if (marker == START_OF_SCAN || marker >>> 8 != 0xFF) {
        break;
      }
      int length = Short.toUnsignedInt(bytes.getShort()) - 2;
      ByteBuffer segment = bytes.slice(bytes.position(), length);
      bytes.position(bytes.position() + length);
      if (marker == APP11 && length > 16 && segment.getShort() == JUMBF_IN_JPEG) {
        int number = Short.toUnsignedInt(segment.getShort());
        boolean first = segment.getInt() == 1;
        int header = segment.getInt(segment.position()) == 1 ? 2 * HEADER : HEADER;
        segment.position(segment.position() + (first ? 0 : header));
        byte[] part = new byte[segment.remaining()];
        segment.get(part);
        boxes.computeIfAbsent(number, n -> new ByteArrayOutputStream()).writeBytes(part);
      }
    }
    return boxes.values().stream()
        .map(ByteArrayOutputStream::toByteArray)
        .filter(ManifestStore::isStore)
        .findFirst();
  }

  private static boolean isStore(byte[] box) {
    try {
      return !boxes(ByteBuffer.wrap(box)).isEmpty()
          && boxes(ByteBuffer.wrap(box)).get(0).label().equals(STORE);
    } catch (IOException e) {
      return false;
    }
  }

  private static List<Box> boxes(ByteBuffer content) throws IOException {
    List<Box> boxes = new ArrayList<>();
    ByteBuffer rest = content.duplicate();
    try {
      while (rest.hasRemaining()) {
        long length = Integer.toUnsignedLong(rest.getInt());
        int type = rest.getInt();
        length = length == 1 ? rest.getLong() - HEADER : length;
        long inner = length == 0 ? rest.remaining() : length - HEADER;
        if (inner < 0 || inner > rest.remaining() || boxes.size() == MOST_BOXES) {
          throw new IOException("a box is longer than what it lies in");
        }
        boxes.add(new Box(type, rest.slice(rest.position(), (int) inner)));
        rest.position(rest.position() + (int) inner);
      }
    } catch (BufferUnderflowException e) {
      throw new IOException("it ends too early", e);
    }
    return boxes;
  }

  /**
   * Returns an assertion of the active manifest, which is the last.
   *
   * @param store as {@link #in} returns it
   * @param label such as cawg.training-mining
   * @throws IOException if it is damaged
   */
  static Optional<JsonNode> assertion(byte[] store, String label) throws IOException {
    List<Box> all = boxes(ByteBuffer.wrap(store));
    if (all.isEmpty() || all.get(0).type != SUPERBOX || !all.get(0).label().equals(STORE)) {
      throw new IOException("it is no manifest store");
    }
    Box active = null;
    for (Box box : all.get(0).boxes()) {
      active = box.type == SUPERBOX ? box : active;
    }
    Optional<Box> assertions = active == null ? Optional.empty() : active.labelled(ASSERTIONS);
    Optional<Box> found =
        assertions.isEmpty() ? Optional.empty() : assertions.get().labelled(label);
    return found.isEmpty() ? Optional.empty() : content(found.get());
  }

  private static Optional<JsonNode> content(Box assertion) throws IOException {
    for (Box box : assertion.boxes()) {
      ObjectReader reader =
          box.type == name("cbor") ? CBOR : box.type == name("json") ? JSON : null;
      if (reader != null) {
        byte[] bytes = new byte[box.content.remaining()];
        box.content.duplicate().get(bytes);
        return Optional.of(reader.readTree(bytes));
      }
    }
    return Optional.empty();
  }
}
