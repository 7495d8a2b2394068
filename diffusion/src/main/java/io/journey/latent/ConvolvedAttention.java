package io.journey.latent;

import io.journey.array.DType;
import io.journey.array.NamedTensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Weights in which maps of attention may be 1×1 convolutions, as in files made from CompVis's
 * checkpoints: (O, I, 1, 1) is read as (O, I).
 */
record ConvolvedAttention(NamedTensors stored) implements NamedTensors {
  private static final String ATTENTION = ".attentions.";

  @Override
  public List<Long> shape(String name) {
    List<Long> shape = stored.shape(name);
    boolean convolution = shape.size() == 4 && shape.get(2) == 1 && shape.get(3) == 1;
    return convolution && name.contains(ATTENTION) ? shape.subList(0, 2) : shape;
  }

  @Override
  public Path file() {
    return stored.file();
  }

  @Override
  public List<Path> files() {
    return stored.files();
  }

  @Override
  public Set<String> names() {
    return stored.names();
  }

  @Override
  public DType dtype(String name) {
    return stored.dtype(name);
  }

  @Override
  public float[] floats(String name) {
    return stored.floats(name);
  }
}
