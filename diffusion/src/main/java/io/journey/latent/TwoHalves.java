package io.journey.latent;

import io.journey.array.DType;
import io.journey.array.NamedTensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Encoder and decoder in a file each, under names that begin with the number of a layer, as one set
 * of tensors.
 *
 * @param encoder {@code 0.weight}
 * @param decoder {@code 1.weight}
 * @param places of tensors, by the names they are given: {@code encoder.layers.0.weight}
 */
record TwoHalves(NamedTensors encoder, NamedTensors decoder, Map<String, Place> places)
    implements NamedTensors {
  /** A tensor of a file. */
  record Place(NamedTensors file, String name) {}

  /**
   * Names the tensors of both.
   *
   * @param layers what follows {@code encoder.} and {@code decoder.}
   * @param before layers of the decoder that are not counted
   */
  static TwoHalves of(NamedTensors encoder, NamedTensors decoder, String layers, int before) {
    Map<String, Place> places = new LinkedHashMap<>();
    encoder.names().forEach(n -> places.put("encoder." + layers + n, new Place(encoder, n)));
    decoder
        .names()
        .forEach(n -> places.put("decoder." + layers + earlier(n, before), new Place(decoder, n)));
    return new TwoHalves(encoder, decoder, places);
  }

  /** {@code 3.conv.0.weight}, 1 -> {@code 2.conv.0.weight}; names without a number stay. */
  private static String earlier(String name, int before) {
    int dot = name.indexOf('.');
    if (dot < 1 || dot > 3 || !name.substring(0, dot).chars().allMatch(c -> c >= '0' && c <= '9')) {
      return name;
    }
    return Integer.parseInt(name.substring(0, dot)) - before + name.substring(dot);
  }

  /** Returns the folder of both. */
  @Override
  public Path file() {
    Path folder = encoder.file().getParent();
    return folder == null ? Path.of("") : folder;
  }

  @Override
  public List<Path> files() {
    return Stream.concat(encoder.files().stream(), decoder.files().stream()).toList();
  }

  @Override
  public Set<String> names() {
    return places.keySet();
  }

  @Override
  public DType dtype(String name) {
    return places.get(name).file().dtype(places.get(name).name());
  }

  @Override
  public List<Long> shape(String name) {
    return places.get(name).file().shape(places.get(name).name());
  }

  @Override
  public float[] floats(String name) {
    return places.get(name).file().floats(places.get(name).name());
  }
}
