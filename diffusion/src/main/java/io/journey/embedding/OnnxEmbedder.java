package io.journey.embedding;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.journey.dataset.ImageShape;
import io.journey.run.JourneyException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A network in an ONNX file, run by ONNX Runtime on the processor: one input [1, C, H, W] float32;
 * its first output, or the one named by {@code output=}, is the vector.
 *
 * <p>The only class that touches ONNX Runtime, which need not be installed.
 */
final class OnnxEmbedder implements Embedder {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final EmbedderSpec spec;
  private final String input;
  private final String output;
  private final ImagePreparation preparation;
  private final String fingerprint;
  private final int dim;

  private OnnxEmbedder(OrtEnvironment environment, OrtSession session, EmbedderSpec spec)
      throws OrtException {
    this.environment = environment;
    this.session = session;
    this.spec = spec;
    this.input = onlyInput();
    this.output = chosenOutput();
    long[] shape = inputShape();
    this.preparation = spec.preparation(known(shape[1]), known(shape[2]), known(shape[3]));
    this.fingerprint = spec.fingerprint(preparation);
    this.dim = spec.requireVector(run(new float[preparation.shape().numel()]).length);
  }

  /**
   * Loads a network.
   *
   * @throws JourneyException if it is damaged or takes no images
   * @throws NoClassDefFoundError if ONNX Runtime is not installed
   */
  static OnnxEmbedder open(EmbedderSpec spec) {
    byte[] bytes = OnnxFile.read(spec.path());
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      environment.setTelemetry(false);
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.load_model_format", "ONNX");
      OrtSession session = environment.createSession(bytes, options);
      try {
        return new OnnxEmbedder(environment, session, spec);
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw failed(spec, "cannot be run", e);
    }
  }

  private static JourneyException failed(EmbedderSpec spec, String what, OrtException e) {
    String reason = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ").strip();
    return new JourneyException(
        spec.path() + " " + what + " by ONNX Runtime: " + reason + ": export it again.", e);
  }

  private String onlyInput() {
    Set<String> names = session.getInputNames();
    if (names.size() != 1) {
      throw new JourneyException(
          spec.path() + " has the inputs " + names + ", expected one, the images.");
    }
    return names.iterator().next();
  }

  private String chosenOutput() {
    Set<String> names = session.getOutputNames();
    String wanted = spec.options().getOrDefault("output", names.iterator().next());
    if (!names.contains(wanted)) {
      throw new JourneyException(
          spec.path() + " has no output " + wanted + ", only " + names + ": name one of them.");
    }
    return wanted;
  }

  private long[] inputShape() throws OrtException {
    NodeInfo node = session.getInputInfo().get(input);
    if (node.getInfo() instanceof TensorInfo tensor
        && tensor.type == OnnxJavaType.FLOAT
        && tensor.getShape().length == 4
        && tensor.getShape()[0] <= 1) {
      return tensor.getShape();
    }
    throw new JourneyException(
        spec.path()
            + " takes "
            + node.getInfo()
            + ", expected images as float32 [any number or 1, channels, height, width].");
  }

  /** 0 for a size that the network leaves open. */
  private static long known(long size) {
    return Math.max(0, size);
  }

  private float[] run(float[] prepared) throws OrtException {
    ImageShape shape = preparation.shape();
    long[] dims = {1, shape.channels(), shape.height(), shape.width()};
    try (OnnxTensor x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(prepared), dims);
        OrtSession.Result result = session.run(Map.of(input, x), Set.of(output))) {
      if (result.get(0) instanceof OnnxTensor y && y.getInfo().type == OnnxJavaType.FLOAT) {
        FloatBuffer numbers = y.getFloatBuffer();
        float[] vector = new float[numbers.remaining()];
        numbers.get(vector);
        return vector;
      }
      throw new JourneyException(
          spec.path() + " gives " + result.get(0).getInfo() + ", expected float32 numbers.");
    }
  }

  @Override
  public String name() {
    return "ONNX " + spec.path().getFileName();
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
    float[][] out = new float[images.size()][];
    try {
      for (int i = 0; i < out.length; i++) {
        out[i] = run(preparation.apply(images.get(i), shape));
        spec.requireLength(out[i], dim);
      }
    } catch (OrtException e) {
      throw failed(spec, "fails on an image when run", e);
    }
    return out;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw failed(spec, "cannot be closed", e);
    }
  }
}
