package io.journey.array;

import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the pickle of a PyTorch file as data. A pickle is a program for a stack machine that may
 * name any Python function; this machine has no way to call one. It knows the instructions of
 * protocols 2 to 5 that plain data and tensors need, where arrays are expected those of protocols 0
 * and 1 too, and the names in {@link #call}; any other instruction or name is refused.
 *
 * <p>Values: {@code String}, {@code Long}, {@code Double}, {@code Boolean}, {@link Tuple}, {@code
 * List}, {@code Map} with texts as keys, {@link Global}, {@link PickledTensor}, {@link
 * PickledTensor.Storage}, and {@link #NOTHING} for None and whatever else is harmless and of no use
 * here.
 */
final class Unpickler {
  /** Python's None, and values nobody needs. */
  static final Object NOTHING = new Object();

  /** A larger pickle is refused unread: it holds names and shapes, not numbers. */
  static final int MAX_BYTES = 64 << 20;

  /** More instructions, and so more objects, are refused. */
  private static final int MAX_STEPS = 2_000_000;

  private static final Object MARK = new Object();
  private static final int MAX_DIMENSIONS = 64;

  private static final Map<String, DType> STORAGES =
      Map.ofEntries(
          Map.entry("torch.FloatStorage", DType.F32),
          Map.entry("torch.DoubleStorage", DType.F64),
          Map.entry("torch.HalfStorage", DType.F16),
          Map.entry("torch.BFloat16Storage", DType.BF16),
          Map.entry("torch.LongStorage", DType.I64),
          Map.entry("torch.IntStorage", DType.I32),
          Map.entry("torch.ShortStorage", DType.I16),
          Map.entry("torch.CharStorage", DType.I8),
          Map.entry("torch.ByteStorage", DType.U8),
          Map.entry("torch.BoolStorage", DType.BOOL));

  private static final Map<String, DType> DTYPES =
      Map.of(
          "torch.float32", DType.F32,
          "torch.float64", DType.F64,
          "torch.float16", DType.F16,
          "torch.bfloat16", DType.BF16,
          "torch.int64", DType.I64,
          "torch.int32", DType.I32,
          "torch.int16", DType.I16,
          "torch.int8", DType.I8,
          "torch.uint8", DType.U8,
          "torch.bool", DType.BOOL);

  private static final String UNTYPED = "torch.storage.UntypedStorage";

  private static final Set<String> CALLABLE =
      Set.of(
          "collections.OrderedDict",
          "collections.Counter",
          "builtins.set",
          "__builtin__.set",
          "_codecs.encode",
          "builtins.bytes",
          "__builtin__.bytes",
          "torch.Size",
          "torch.device",
          "torch._utils._rebuild_tensor",
          "torch._utils._rebuild_tensor_v2",
          "torch._utils._rebuild_tensor_v3",
          "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state");

  /** The functions that numpy's arrays are made with; known where arrays are expected. */
  private static final Set<String> NUMPY =
      Set.of(
          "numpy.core.multiarray._reconstruct",
          "numpy._core.multiarray._reconstruct",
          "numpy.core.numeric._frombuffer",
          "numpy._core.numeric._frombuffer",
          "numpy.ndarray",
          "numpy.dtype",
          "_codecs.encode",
          "builtins.bytes",
          "__builtin__.bytes");

  private static final Set<String> LATIN_1 = Set.of("latin1", "latin-1");

  /** Longer byte strings and texts are the numbers of arrays, and are not copied. */
  private static final int MAX_NAME_BYTES = 1024;

  /** A Python name that is on the list. */
  record Global(String name) {}

  /** A Python tuple. It has no value of its own: equal only to itself, so it hashes at once. */
  static final class Tuple {
    private final List<Object> items;

    Tuple(List<Object> items) {
      this.items = items;
    }
  }

  /** A number type of numpy's, by its name: "u1". */
  private record ArrayType(String name) {}

  private final Path file;
  private final ByteBuffer in;
  private final boolean arrays; // of numpy are expected, and no tensors
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  private Unpickler(Path file, ByteBuffer in, boolean arrays) {
    this.file = file;
    this.arrays = arrays;
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Returns the object a pickle describes.
   *
   * @param file for messages
   */
  static Object read(Path file, ByteBuffer pickle) {
    return read(new Unpickler(file, pickle, false), pickle);
  }

  /**
   * Returns the same for plain data with numpy's arrays of bytes, as Python 2 and 3 write them in
   * protocols 0 to 5: byte strings are {@code String} (Latin-1), arrays are {@link PickledArray}.
   */
  static Object readArrays(Path file, ByteBuffer pickle) {
    return read(new Unpickler(file, pickle, true), pickle);
  }

  private static Object read(Unpickler unpickler, ByteBuffer pickle) {
    try {
      return unpickler.run();
    } catch (java.nio.BufferUnderflowException
        | IndexOutOfBoundsException
        | ClassCastException
        | NumberFormatException
        | ArithmeticException e) {
      throw unpickler.damaged(
          "it contradicts itself or ends too early, before byte " + pickle.position());
    }
  }

  private Object run() {
    for (int step = 0; step < MAX_STEPS; step++) {
      int code = Byte.toUnsignedInt(in.get());
      if (code == '.') {
        return pop();
      }
      if (!array(code)
          && !line(code)
          && !constant(code)
          && !container(code)
          && !memory(code)
          && !named(code)) {
        throw refused(
            String.format("uses the pickle instruction 0x%02x", code), "plain data and tensors");
      }
    }
    throw refused("needs more than " + MAX_STEPS + " pickle instructions", "fewer");
  }

  /** Instructions that mean more where arrays are expected: byte strings, and filling an array. */
  private boolean array(int code) {
    if (!arrays) {
      return false;
    }
    switch (code) {
      case 'U', 'C' -> byteString(Byte.toUnsignedInt(in.get()));
      case 'T', 'B' -> byteString(Integer.toUnsignedLong(in.getInt()));
      case 0x8e, 0x96 -> byteString(in.getLong());
      case 'X' -> longText(Integer.toUnsignedLong(in.getInt()));
      case 0x8d -> longText(in.getLong());
      case 'b' -> {
        Object state = pop();
        if (top() instanceof PickledArray array) {
          List<Object> parts = ((Tuple) state).items;
          String order = parts.get(3).equals(false) ? "C" : "F";
          fill(array, parts.get(4), parts.get(2), parts.get(1), order);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Instructions of protocol 0, whose values are lines; and its lists and dictionaries. */
  private boolean line(int code) {
    if (!arrays) {
      return false;
    }
    switch (code) {
      case 'I' -> {
        String number = line();
        boolean truth = number.equals("00") || number.equals("01");
        push(truth ? (Object) number.equals("01") : (Object) Long.valueOf(number));
      }
      case 'L' -> push(longInteger(line()));
      case 'F' -> push(Double.valueOf(line()));
      case 'V' -> lineOfText();
      case 'l' -> push(new ArrayList<>(toMark()));
      case 'd' -> {
        List<Object> pairs = toMark();
        push(new LinkedHashMap<>());
        put(pairs);
      }
      case 'p' -> memo.put(Integer.valueOf(line()), top());
      case 'g' -> push(recall(Integer.parseInt(line())));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Returns a number with an L behind it; those beyond 64 bits are of no use here. */
  private static Object longInteger(String line) {
    String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
    return digits.length() > 18 ? NOTHING : Long.valueOf(digits);
  }

  /** A short text is a name; a long one stays where it is. */
  private void lineOfText() {
    int start = in.position();
    int end = start;
    while (in.get(end) != '\n') {
      end++;
    }
    in.position(end + 1);
    if (end - start > MAX_NAME_BYTES) {
      push(new PickledBytes(PickledBytes.Form.ESCAPED, start, end - start));
      return;
    }
    StringBuilder text = new StringBuilder();
    for (int at = start; at < end; at++) {
      int digits = in.get(at) == '\\' ? PickledBytes.digits(in.get(at + 1)) : 0;
      int c = Byte.toUnsignedInt(in.get(at));
      if (digits > 0) {
        c = at + 1 + digits < end ? PickledBytes.hexadecimal(in, at + 2, digits) : -1;
        at += 1 + digits;
      }
      if (c < 0) {
        throw damaged("a text has an escape that is none");
      }
      text.appendCodePoint(c);
    }
    push(text.toString());
  }

  private void longText(long count) {
    if (count >= 0 && count <= MAX_NAME_BYTES) {
      push(text(count));
    } else {
      leave(PickledBytes.Form.UTF8, count);
    }
  }

  /** A short byte string is a name, in Latin-1; a long one stays where it is. */
  private void byteString(long count) {
    if (count >= 0 && count <= MAX_NAME_BYTES) {
      push(new String(bytes(count), StandardCharsets.ISO_8859_1));
    } else {
      leave(PickledBytes.Form.PLAIN, count);
    }
  }

  private void leave(PickledBytes.Form form, long count) {
    int offset = in.position();
    skip(count);
    pop();
    push(new PickledBytes(form, offset, (int) count));
  }

  /** Gives an array its numbers. */
  private PickledArray fill(
      PickledArray array, Object numbers, Object type, Object shape, String order) {
    String name = ((ArrayType) type).name();
    boolean bytes = name.equals("u1") || name.equals("|u1");
    if (!bytes || !order.equals("C") || !(numbers instanceof PickledBytes written)) {
      throw refused(
          "holds an array of " + Failures.quoted(name), "arrays of bytes (u1), row by row");
    }
    List<Long> lengths = longs(shape);
    long numel = 1;
    for (long dim : lengths) {
      numel = Math.multiplyExact(numel, dim);
    }
    int length = written.length(in);
    if (length < 0) {
      throw damaged("the numbers of an array are a text that is none of bytes");
    }
    if (numel != length || lengths.stream().anyMatch(dim -> dim < 0)) {
      throw damaged(
          "an array claims shape " + lengths + " and has " + Counted.of(length, "numbers"));
    }
    array.fill(lengths, written);
    return array;
  }

  /** Instructions that push a constant, or nothing. */
  private boolean constant(int code) {
    switch (code) {
      case 0x80 -> protocol(Byte.toUnsignedInt(in.get()));
      case 0x95 -> in.getLong(); // FRAME: only a hint about reading
      case 'N' -> push(NOTHING);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'K' -> push((long) Byte.toUnsignedInt(in.get()));
      case 'M' -> push((long) Short.toUnsignedInt(in.getShort()));
      case 'J' -> push((long) in.getInt());
      case 0x8a -> push(integer(bytes(Byte.toUnsignedInt(in.get()))));
      case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
      case 'X' -> push(text(Integer.toUnsignedLong(in.getInt())));
      case 0x8c -> push(text(Byte.toUnsignedInt(in.get())));
      case 0x8d -> push(text(in.getLong()));
      case 'B' -> skip(Integer.toUnsignedLong(in.getInt()));
      case 'C' -> skip(Byte.toUnsignedInt(in.get()));
      case 0x8e, 0x96 -> skip(in.getLong());
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Instructions that make or fill tuples, lists and dictionaries. */
  private boolean container(int code) {
    switch (code) {
      case '(' -> push(MARK);
      case ')' -> push(new Tuple(List.of()));
      case 't' -> push(new Tuple(toMark()));
      case 0x85 -> push(new Tuple(last(1)));
      case 0x86 -> push(new Tuple(last(2)));
      case 0x87 -> push(new Tuple(last(3)));
      case ']', 0x8f -> push(new ArrayList<>());
      case '}' -> push(new LinkedHashMap<>());
      case 'a' -> append(last(1));
      case 'e', 0x90 -> append(toMark());
      case 's' -> put(last(2));
      case 'u' -> put(toMark());
      case '0' -> pop();
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Instructions that note a value under a number, or take it up again. */
  private boolean memory(int code) {
    switch (code) {
      case 'q' -> memo.put(Byte.toUnsignedInt(in.get()), top());
      case 'r' -> memo.put(in.getInt(), top());
      case 0x94 -> memo.put(memo.size(), top());
      case 'h' -> push(recall(Byte.toUnsignedInt(in.get())));
      case 'j' -> push(recall(in.getInt()));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Instructions that name something of Python's, or build with it. */
  private boolean named(int code) {
    switch (code) {
      case 'c' -> push(global(line(), line()));
      case 0x93 -> {
        List<Object> names = last(2);
        push(global((String) names.get(0), (String) names.get(1)));
      }
      case 'R' -> {
        List<Object> call = last(2);
        push(call((Global) call.get(0), ((Tuple) call.get(1)).items));
      }
      case 'Q' -> push(storage(((Tuple) pop()).items));
      case 'b' -> pop(); // the attributes of an OrderedDict: versions of modules
      default -> {
        return false;
      }
    }
    return true;
  }

  private void protocol(int version) {
    if (version < 2 || version > 5) {
      throw refused("is written in pickle protocol " + version, "2 to 5");
    }
  }

  private Global global(String module, String name) {
    String full = module + "." + name;
    boolean known =
        CALLABLE.contains(full)
            || STORAGES.containsKey(full)
            || DTYPES.containsKey(full)
            || full.equals(UNTYPED);
    if (arrays ? !NUMPY.contains(full) : !known) {
      throw refused(
          "names " + Failures.quoted(full), "tensors, numbers, texts, lists and dictionaries");
    }
    return new Global(full);
  }

  /**
   * Returns what Python would make of a call of something on the list. Arguments are passed on,
   * never copied: a pickle may call with the same long list a million times.
   */
  private Object call(Global function, List<Object> arguments) {
    return switch (function.name()) {
      case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct" ->
          new PickledArray();
      case "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer" ->
          fill(
              new PickledArray(),
              arguments.get(0),
              arguments.get(1),
              arguments.get(2),
              (String) arguments.get(3));
      case "numpy.dtype" -> new ArrayType((String) arguments.get(0));
      case "collections.OrderedDict", "collections.Counter" ->
          arguments.isEmpty() ? new LinkedHashMap<>() : (Map<?, ?>) arguments.get(0);
      case "torch.Size", "builtins.set", "__builtin__.set" -> arguments.get(0);
      // Byte strings in protocol 2, which have no code of their own there.
      case "_codecs.encode" -> arrays ? encoded(arguments) : NOTHING;
      case "builtins.bytes", "__builtin__.bytes" -> arrays && arguments.isEmpty() ? "" : NOTHING;
      case "torch.device" -> NOTHING;
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" ->
          tensor(arguments, ((PickledTensor.Storage) arguments.get(0)).dtype());
      case "torch._utils._rebuild_tensor_v3" -> tensor(arguments, dtype(arguments.get(6)));
      case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" ->
          (PickledTensor) arguments.get(0);
      default -> throw refused("calls " + function.name(), "only its name");
    };
  }

  /** Returns a byte string written as the text of the same characters, which it stays here. */
  private Object encoded(List<Object> arguments) {
    Object text = arguments.get(0);
    if (!LATIN_1.contains(arguments.get(1))
        || !(text instanceof String || text instanceof PickledBytes)) {
      throw refused("calls _codecs.encode otherwise than Python itself", "texts as Latin-1");
    }
    return text;
  }

  private static DType dtype(Object global) {
    return DTYPES.get(((Global) global).name());
  }

  private PickledTensor tensor(List<Object> arguments, DType dtype) {
    if (dtype == null) {
      throw refused("holds a tensor without a number type", "one of " + DTYPES.keySet());
    }
    PickledTensor tensor =
        new PickledTensor(
            (PickledTensor.Storage) arguments.get(0),
            dtype,
            (Long) arguments.get(1),
            longs(arguments.get(2)),
            longs(arguments.get(3)));
    if (!tensor.fits()) {
      throw damaged(
          "a tensor claims shape "
              + Failures.quoted(tensor.shape().toString())
              + " in a storage of "
              + tensor.storage().numel());
    }
    return tensor;
  }

  private List<Long> longs(Object tuple) {
    List<Object> items = ((Tuple) tuple).items;
    if (items.size() > MAX_DIMENSIONS) {
      throw damaged("a tensor claims " + Counted.of(items.size(), "dimensions"));
    }
    List<Long> longs = new ArrayList<>();
    for (Object item : items) {
      longs.add((Long) item);
    }
    return List.copyOf(longs);
  }

  /** Returns a persistent id: ('storage', type, key, device, number of elements). */
  private PickledTensor.Storage storage(List<Object> id) {
    String type = ((Global) id.get(1)).name();
    if (!"storage".equals(id.get(0)) || !(STORAGES.containsKey(type) || type.equals(UNTYPED))) {
      throw refused("refers to a " + Failures.quoted(type), "a storage of numbers");
    }
    long numel = (Long) id.get(4);
    if (numel < 0) {
      throw damaged("a storage claims " + Counted.of(numel, "numbers"));
    }
    return new PickledTensor.Storage(STORAGES.get(type), (String) id.get(2), numel);
  }

  private void append(List<Object> items) {
    @SuppressWarnings("unchecked")
    List<Object> list = (List<Object>) top();
    list.addAll(items);
  }

  private void put(List<Object> pairs) {
    @SuppressWarnings("unchecked")
    Map<Object, Object> map = (Map<Object, Object>) top();
    for (int i = 0; i < pairs.size(); i += 2) {
      Object key = key(pairs.get(i));
      if (key instanceof String) {
        map.put(key, pairs.get(i + 1));
      }
    }
  }

  /**
   * Keys are texts; numbers become texts. Texts have an order, so a table of them stays quick even
   * if all their hashes are equal, which those of mixed types would not. Whatever else Python can
   * take for a key names nothing of use here, and is passed over.
   */
  private Object key(Object key) {
    if (key instanceof List || key instanceof Map) {
      throw damaged("a list is the key of a dictionary");
    }
    return key instanceof Long || key instanceof Double ? key.toString() : key;
  }

  private List<Object> toMark() {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw damaged("it closes what it has not opened");
    }
    List<Object> items = last(stack.size() - mark - 1);
    stack.remove(mark);
    return items;
  }

  /** Takes the upper values off the stack, the lowest first. */
  private List<Object> last(int count) {
    List<Object> upper = stack.subList(stack.size() - count, stack.size());
    List<Object> items = new ArrayList<>(upper);
    upper.clear();
    return items;
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object pop() {
    return stack.remove(stack.size() - 1);
  }

  private Object top() {
    return stack.get(stack.size() - 1);
  }

  private Object recall(int number) {
    Object value = memo.get(number);
    if (value == null) {
      throw damaged("it takes up the value " + number + " it has not noted");
    }
    return value;
  }

  private byte[] bytes(long count) {
    if (count < 0 || count > in.remaining()) {
      throw damaged("a text claims " + Long.toUnsignedString(count) + " bytes");
    }
    byte[] bytes = new byte[(int) count];
    in.get(bytes);
    return bytes;
  }

  /** A byte string: nothing of use here is one. */
  private void skip(long count) {
    if (count < 0 || count > in.remaining()) {
      throw damaged("a byte string claims " + Long.toUnsignedString(count) + " bytes");
    }
    in.position(in.position() + (int) count);
    push(NOTHING);
  }

  private String text(long count) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(count))).toString();
    } catch (CharacterCodingException e) {
      throw damaged("a text is not UTF-8");
    }
  }

  /** Returns a two's complement number, little endian; those beyond 64 bits are of no use here. */
  private static Object integer(byte[] bytes) {
    if (bytes.length > 8) {
      return NOTHING;
    }
    long value = bytes.length > 0 && bytes[bytes.length - 1] < 0 ? -1 : 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      value = value << 8 | Byte.toUnsignedInt(bytes[i]);
    }
    return value;
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (byte b = in.get(); b != '\n'; b = in.get()) {
      line.append((char) Byte.toUnsignedInt(b));
    }
    return line.toString();
  }

  private JourneyException refused(String what, String expected) {
    if (arrays) {
      return new JourneyException(
          file + " " + what + ", expected " + expected + ": it is another file, nothing was run.");
    }
    return new JourneyException(
        file
            + " "
            + what
            + ", expected "
            + expected
            + ": nothing of it was run; in Python keep the weights alone with"
            + " torch.save(model.state_dict(), path).");
  }

  private JourneyException damaged(String why) {
    if (arrays) {
      return new JourneyException(
          file + " is no whole pickle (" + why + "): copy it again from its source.");
    }
    return new JourneyException(
        file + " is not a whole PyTorch file: in its pickle " + why + "; fetch or save it again.");
  }
}
