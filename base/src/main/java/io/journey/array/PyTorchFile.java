package io.journey.array;

import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.FileKind;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of a file of {@code torch.save} (the zip format, PyTorch 1.6 and later), read as data
 * by {@link Unpickler}: nothing in it is executed.
 *
 * <p>A file may hold a state dict, or dictionaries and lists with state dicts in them. A tensor's
 * name is the way to it, joined by dots: {@code ema.conv_in.weight} for {@code {"ema":
 * {"conv_in.weight": …}}}. Everything that is not a tensor is passed over.
 *
 * <p>Format: a zip of stored entries below one folder: {@code data.pkl}, a pickle whose tensors
 * refer to storages; {@code data/KEY}, the numbers of a storage; {@code byteorder}.
 */
public final class PyTorchFile implements NamedTensors {
  private static final String PICKLE = "data.pkl";
  private static final int MAX_TENSORS = 200_000;
  private static final int MAX_NAME_CHARS = 32 << 20;
  private static final int MAX_DEPTH = 8;

  /**
   * Values looked at; one that is shared counts wherever it is met. Twice what a pickle may make.
   */
  private static final int MAX_VISITS = 4_000_000;

  private final Path file;
  private final Map<String, ZipDirectory.Entry> entries;
  private final String folder;
  private final ByteOrder order;
  private final Map<String, PickledTensor> tensors = new LinkedHashMap<>();
  private int nameChars;
  private int visits;

  private PyTorchFile(Path file, FileChannel channel) throws IOException {
    this.file = file;
    if (!ZipDirectory.startsWithEntry(channel)) {
      throw notZip(channel);
    }
    entries = ZipDirectory.read(file, channel);
    folder = folder();
    if (entries.containsKey(folder + "constants.pkl")) {
      throw new JourneyException(
          file
              + " is a TorchScript program, not a state dict: if you trust who made it, name it as"
              + " torchscript:"
              + file
              + ".");
    }
    order = order(channel);
    collect("", root(channel), 0);
  }

  /**
   * Opens a file.
   *
   * @throws JourneyException if it is damaged, of another format, or its pickle names anything but
   *     tensors and plain data
   */
  public static PyTorchFile open(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new PyTorchFile(file, channel);
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** Returns whether a file is a zip with the entries of a TorchScript program. */
  public static boolean isTorchScript(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return ZipDirectory.startsWithEntry(channel)
          && ZipDirectory.read(file, channel).keySet().stream()
              .anyMatch(name -> name.endsWith("/constants.pkl"));
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  private JourneyException notZip(FileChannel channel) throws IOException {
    ByteBuffer start = FileBytes.read(channel, 0, (int) Math.min(channel.size(), 264));
    // A pickle of protocol 2 to 5 starts so; a tar has its mark at 257.
    boolean pickle = start.limit() > 1 && start.get(0) == (byte) 0x80 && start.get(1) <= 5;
    boolean tar =
        start.limit() > 262
            && new String(start.array(), 257, 5, StandardCharsets.ISO_8859_1).equals("ustar");
    String kind = FileKind.of(file);
    if (kind != null && !tar) {
      return new JourneyException(
          file
              + " is "
              + kind
              + ", expected a file of torch.save"
              + (kind.equals(FileKind.SAFETENSORS)
                  ? ": give it a name that ends in .safetensors."
                  : ": check the path."));
    }
    return new JourneyException(
        file
            + (pickle || tar
                ? " is in PyTorch's format of before version 1.6, expected the zip format: in"
                    + " Python, torch.save(torch.load(path, weights_only=True), new_path)."
                : " is not a file of torch.save, expected a zip: check the path."));
  }

  /** Returns the folder all entries are in, with its slash. */
  private String folder() {
    for (String name : entries.keySet()) {
      int slash = name.indexOf('/');
      if (name.endsWith(PICKLE) && name.length() == slash + 1 + PICKLE.length()) {
        return name.substring(0, slash + 1);
      }
    }
    throw new JourneyException(
        file + " is a zip without " + PICKLE + ", expected a file of torch.save: check the path.");
  }

  private ByteOrder order(FileChannel channel) throws IOException {
    ZipDirectory.Entry entry = plainEntry("byteorder");
    if (entry == null) {
      return ByteOrder.LITTLE_ENDIAN; // before PyTorch 2.1 there was no other
    }
    ByteBuffer bytes = FileBytes.read(channel, entry.begin(), (int) Math.min(8, entry.bytes()));
    String text = new String(bytes.array(), StandardCharsets.US_ASCII);
    return switch (text) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default -> throw damaged("its byte order is \"" + Failures.quoted(text) + "\"");
    };
  }

  private Object root(FileChannel channel) throws IOException {
    ZipDirectory.Entry entry = plainEntry(PICKLE);
    if (entry.bytes() > Unpickler.MAX_BYTES) {
      throw damaged(
          "its pickle has "
              + Counted.of(entry.bytes(), "bytes")
              + ", more than names and shapes need");
    }
    return Unpickler.read(file, FileBytes.read(channel, entry.begin(), (int) entry.bytes()));
  }

  /** Names the tensors below a value; the same value may be met in many places. */
  private void collect(String name, Object value, int depth) {
    if (depth > MAX_DEPTH) {
      return;
    }
    if (value instanceof PickledTensor tensor) {
      add(name, tensor);
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((key, item) -> collectItem(name, key, item, depth));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        collectItem(name, i, list.get(i), depth);
      }
    }
  }

  private void collectItem(String name, Object key, Object item, int depth) {
    if (++visits > MAX_VISITS) {
      throw damaged("its lists share more parts than can be looked at");
    }
    boolean mayHoldTensors =
        item instanceof PickledTensor || item instanceof Map || item instanceof List;
    if (mayHoldTensors && (key instanceof String || key instanceof Number)) {
      collect(join(name, key.toString()), item, depth + 1);
    }
  }

  private String join(String name, String key) {
    nameChars = Math.addExact(nameChars, 16 + name.length() + key.length());
    if (nameChars > MAX_NAME_CHARS) {
      throw damaged("its dictionaries have more names than a model has weights");
    }
    return name.isEmpty() ? key : name + "." + key;
  }

  private void add(String name, PickledTensor tensor) {
    PickledTensor.Storage storage = tensor.storage();
    ZipDirectory.Entry entry = plainEntry("data/" + storage.key());
    if (entry == null || entry.bytes() != storage.bytes()) {
      throw damaged(
          "tensor "
              + Failures.quoted(name)
              + " needs "
              + Counted.of(storage.bytes(), "bytes")
              + " in the entry "
              + Failures.quoted(folder + "data/" + storage.key())
              + ", found "
              + (entry == null ? "no such entry" : Long.toString(entry.bytes())));
    }
    if (tensors.put(name, tensor) != null) {
      throw damaged("two tensors are called " + Failures.quoted(name));
    }
    if (tensors.size() > MAX_TENSORS) {
      throw damaged("it has more than " + MAX_TENSORS + " tensors");
    }
  }

  /** Returns an entry of the folder, or null; one that is compressed is refused. */
  private ZipDirectory.Entry plainEntry(String name) {
    ZipDirectory.Entry entry = entries.get(folder + name);
    if (entry != null && !entry.plain()) {
      throw new JourneyException(
          file
              + " holds the entry "
              + Failures.quoted(folder + name)
              + " compressed or encrypted, expected it plain as torch.save writes it: save it again"
              + " with torch.save.");
    }
    return entry;
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public List<Path> files() {
    return List.of(file);
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public DType dtype(String name) {
    return tensor(name).dtype();
  }

  @Override
  public List<Long> shape(String name) {
    return tensor(name).shape();
  }

  private PickledTensor tensor(String name) {
    PickledTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new JourneyException(file + " has no tensor \"" + name + "\".");
    }
    return tensor;
  }

  @Override
  public float[] floats(String name) {
    PickledTensor tensor = tensor(name);
    FileBytes.requireFloats(file, name, tensor.dtype());
    int count = FileBytes.arrayLength(file, name, tensor.numel());
    long begin = plainEntry("data/" + tensor.storage().key()).begin();
    long first = begin + tensor.offset() * tensor.dtype().bytes();
    if (tensor.isContiguous()) {
      return FileBytes.floats(file, first, tensor.dtype(), order, count);
    }
    int span = FileBytes.arrayLength(file, name, tensor.span());
    return gather(tensor, FileBytes.floats(file, first, tensor.dtype(), order, span), count);
  }

  /** Returns the numbers of a view in C order: the last index runs fastest. */
  private static float[] gather(PickledTensor tensor, float[] storage, int count) {
    float[] out = new float[count];
    int rank = tensor.shape().size();
    long[] index = new long[rank];
    long at = 0;
    for (int i = 0; i < count; i++) {
      out[i] = storage[(int) at];
      for (int d = rank - 1; d >= 0; d--) {
        at += tensor.strides().get(d);
        if (++index[d] < tensor.shape().get(d)) {
          break;
        }
        at -= index[d] * tensor.strides().get(d);
        index[d] = 0;
      }
    }
    return out;
  }

  private JourneyException damaged(String why) {
    return new JourneyException(
        file + " is not a whole PyTorch file: " + why + "; fetch or save it again.");
  }
}
