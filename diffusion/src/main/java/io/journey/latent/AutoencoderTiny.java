package io.journey.latent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.nn.Conv2d;
import io.journey.nn.Module;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A small autoencoder distilled from a large one (madebyollin/taesd), without a distribution:
 * diffusers' {@code AutoencoderTiny}, or the {@code TAESD} of TAEF2. Same weights, same names, same
 * numbers. Symbols as in the package's description.
 */
final class AutoencoderTiny implements AutoencoderNetwork {
  /** Latents are brought between −3 and 3 before they are decoded. */
  private static final double BOUND = 3;

  private final AutoencoderTinyConfig config;

  /** Written to {@code config.json}. */
  private final ObjectNode written;

  private final boolean pooled;
  private final Parameters parameters = new Parameters();
  private final List<Module> children = new ArrayList<>();
  private final List<UnaryOperator<Tensor>> encoder = new ArrayList<>();
  private final List<UnaryOperator<Tensor>> decoder = new ArrayList<>();

  private AutoencoderTiny(
      AutoencoderTinyConfig config, ObjectNode written, String layers, boolean pooled) {
    this.config = config;
    this.written = written;
    this.pooled = pooled;
    buildEncoder("encoder." + layers);
    // taesd's own list begins with the bounding of latents.
    buildDecoder("decoder." + layers, pooled ? 1 : 0);
  }

  /** Announces the weights under diffusers' names. */
  static AutoencoderTiny of(AutoencoderTinyConfig config) {
    return new AutoencoderTiny(config, config.toDiffusers(), "layers.", false);
  }

  /** Announces the weights under the names of taesd's own code. */
  static AutoencoderTiny of(TaesdConfig config) {
    AutoencoderTinyConfig plain = AutoencoderTinyConfig.taesd(config.latentChannels());
    return new AutoencoderTiny(plain, config.toJson(), "", true);
  }

  private void buildEncoder(String start) {
    int width = config.encoderBlockOutChannels().get(0);
    List<Integer> blocks = config.numEncoderBlocks();
    int at = 0;
    for (int level = 0; level < blocks.size(); level++) {
      boolean first = level == 0;
      String conv = start + at++;
      add(
          encoder,
          first
              ? new Conv2d(parameters, conv, config.inChannels(), width, 3, 1, 1)
              : new Conv2d(parameters, conv, width, width, 3, 2, 1, false));
      boolean last = level + 1 == blocks.size();
      at = addBlocks(encoder, start, at, blocks.get(level), width, last);
    }
    add(encoder, new Conv2d(parameters, start + at, width, config.latentChannels(), 3, 1, 1));
  }

  private void buildDecoder(String start, int from) {
    int width = config.decoderBlockOutChannels().get(0);
    List<Integer> blocks = config.numDecoderBlocks();
    add(decoder, new Conv2d(parameters, start + from, config.latentChannels(), width, 3, 1, 1));
    decoder.add(config.actFn()::apply);
    int at = from + 2;
    for (int level = 0; level < blocks.size(); level++) {
      at = addBlocks(decoder, start, at, blocks.get(level), width, level == 0);
      if (level + 1 < blocks.size()) {
        at++;
        decoder.add(h -> torch.upsample_nearest2d(h, 2 * h.size(2), 2 * h.size(3)));
        add(decoder, new Conv2d(parameters, start + at++, width, width, 3, 1, 1, false));
      }
    }
    add(decoder, new Conv2d(parameters, start + at, width, config.outChannels(), 3, 1, 1));
  }

  private void add(List<UnaryOperator<Tensor>> steps, Conv2d conv) {
    children.add(conv);
    steps.add(h -> conv.forward(h, Tape.NONE));
  }

  /**
   * Adds the blocks of a level.
   *
   * @param atLatents whether the level has the latents' size
   * @return the number of the layer after them
   */
  private int addBlocks(
      List<UnaryOperator<Tensor>> steps,
      String start,
      int from,
      int count,
      int width,
      boolean atLatents) {
    for (int i = 0; i < count; i++) {
      TinyBlock block =
          TinyBlock.of(parameters, start + (from + i), width, config.actFn(), pooled && atLatents);
      children.add(block);
      steps.add(block::forward);
    }
    return from + count;
  }

  /** Runs steps, each in a scope of its own. */
  private static Tensor run(List<UnaryOperator<Tensor>> steps, Tensor x) {
    Tensor h = x;
    for (UnaryOperator<Tensor> step : steps) {
      Tensor in = h;
      h = Libtorch.inOwnScope(() -> step.apply(in));
    }
    return h;
  }

  @Override
  public Encoded encode(Tensor images) {
    // Inside, images are in [0, 1].
    Tensor x = images.add(new Scalar(1.0)).div(new Scalar(2.0));
    return new Encoded(run(encoder, x), null);
  }

  @Override
  public Tensor decode(Tensor latents) {
    Tensor bounded = latents.div(new Scalar(BOUND)).tanh().mul(new Scalar(BOUND));
    return run(decoder, bounded).mul(new Scalar(2.0)).sub(new Scalar(1.0));
  }

  @Override
  public ObjectNode toDiffusers() {
    return written.deepCopy();
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public int imageChannels() {
    return config.inChannels();
  }

  @Override
  public int latentChannels() {
    return config.latentChannels();
  }

  @Override
  public int scale() {
    return 1 << (config.numEncoderBlocks().size() - 1);
  }

  @Override
  public double scalingFactor() {
    return config.scalingFactor();
  }

  @Override
  public double shiftFactor() {
    return config.shiftFactor();
  }

  @Override
  public List<Module> children() {
    return List.copyOf(children);
  }
}
