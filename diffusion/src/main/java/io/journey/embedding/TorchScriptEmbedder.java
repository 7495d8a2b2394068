package io.journey.embedding;

import io.journey.dataset.ImageShape;
import io.journey.model.TorchScriptProgram;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A TorchScript program with {@code forward(x)}: x [1, C, H, W] float32; what it returns, or the
 * first of a tuple, is the vector. Loading a program runs it, see {@link TorchScriptProgram}.
 */
final class TorchScriptEmbedder implements Embedder {
  private final TorchScriptProgram program;
  private final EmbedderSpec spec;
  private final ImagePreparation preparation;
  private final String fingerprint;
  private final int dim;

  private TorchScriptEmbedder(
      TorchScriptProgram program, EmbedderSpec spec, ImagePreparation preparation) {
    this.program = program;
    this.spec = spec;
    this.preparation = preparation;
    this.fingerprint = spec.fingerprint(preparation);
    this.dim = tryOut();
  }

  static TorchScriptEmbedder open(EmbedderSpec spec) {
    ImagePreparation preparation = spec.preparation(0, 0, 0);
    TorchScriptProgram program = TorchScriptProgram.load(spec.path(), ScalarType.Float);
    try {
      return new TorchScriptEmbedder(program, spec, preparation);
    } catch (RuntimeException e) {
      program.close();
      throw e;
    }
  }

  /** A grey image, so that a wrong description is found before hours of work. */
  private int tryOut() {
    float[] image = new float[preparation.shape().numel()];
    float[] vector;
    try {
      vector = run(image);
    } catch (JourneyException e) {
      throw e;
    } catch (RuntimeException e) {
      TorchScriptProgram.requireOneDevice(spec.path(), e);
      throw new JourneyException(
          spec.path()
              + " fails on an image of "
              + preparation.shape()
              + ": "
              + TorchScriptProgram.reason(e)
              + ": correct ?size= or ?channels=.",
          e);
    }
    return spec.requireVector(vector.length);
  }

  private float[] run(float[] prepared) {
    ImageShape shape = preparation.shape();
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor out = program.run(Classifier.rows(prepared, 1, shape));
      return Libtorch.floats(out.to(ScalarType.Float));
    }
  }

  @Override
  public String name() {
    return "TorchScript " + spec.path().getFileName();
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public float[][] embed(List<float[]> images, ImageShape shape) {
    Libtorch.singleThreaded();
    float[][] out = new float[images.size()][];
    for (int i = 0; i < out.length; i++) {
      out[i] = run(preparation.apply(images.get(i), shape));
      spec.requireLength(out[i], dim);
    }
    return out;
  }

  @Override
  public void close() {
    program.close();
  }
}
