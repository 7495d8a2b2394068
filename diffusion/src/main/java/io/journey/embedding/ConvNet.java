package io.journey.embedding;

import io.journey.array.NamedTensors;
import io.journey.nn.Activation;
import io.journey.nn.Conv2d;
import io.journey.nn.GroupNorm;
import io.journey.nn.Linear;
import io.journey.nn.Module;
import io.journey.nn.ModuleReader;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.random.Seed;
import io.journey.run.JourneyException;
import io.journey.tensor.Libtorch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A small convolutional network that tells classes apart. Each level is a 3×3 convolution (of step
 * 2 but for the first), a group normalisation and a rectifier; the last level's numbers go through
 * a linear layer and a rectifier, which are the features, and another linear layer.
 *
 * <p>Symbols: B rows, C×H×W the images, c_i×h_i×w_i level i, F features, K classes.
 */
final class ConvNet implements Module, AutoCloseable {
  private static final int GROUPS = 8;
  private static final double EPS = 1e-5;

  private final ConvNetConfig config;
  private final Parameters parameters = new Parameters();
  private final List<Conv2d> convolutions = new ArrayList<>();
  private final List<GroupNorm> norms = new ArrayList<>();
  private final Linear toFeatures;
  private final Linear toClasses;

  private ConvNet(ConvNetConfig config) {
    this.config = config;
    int in = config.shape().channels();
    int numbers = 0;
    for (var level : config.levels()) {
      int i = convolutions.size();
      int out = level.channels();
      convolutions.add(
          new Conv2d(parameters, "levels." + i + ".conv", in, out, 3, i == 0 ? 1 : 2, 1));
      norms.add(new GroupNorm(parameters, "levels." + i + ".norm", out, GROUPS, EPS));
      in = out;
      numbers = level.numel();
    }
    toFeatures = new Linear(parameters, "features", numbers, config.features());
    toClasses = new Linear(parameters, "classes", config.features(), config.classes());
  }

  /**
   * Returns a network with random weights, by PyTorch's default start; every weight has its own
   * seed.
   */
  public static ConvNet random(ConvNetConfig config, Seed seed) {
    ConvNet net = new ConvNet(config);
    net.parameters.allocate(ScalarType.Float);
    net.parameters.initialize(seed);
    return net;
  }

  /**
   * Returns a network with the weights of a file.
   *
   * @throws JourneyException if they are not those of such a network, or not finite
   */
  public static ConvNet read(ConvNetConfig config, NamedTensors file) {
    ConvNet net = new ConvNet(config);
    ModuleReader weights = new ModuleReader(file, "", name -> false);
    weights.requireFit(net);
    net.parameters.allocate(ScalarType.Float);
    try {
      weights.load(net);
    } catch (RuntimeException e) {
      net.close();
      throw e;
    }
    return net;
  }

  /** Returns the shape it has. */
  public ConvNetConfig config() {
    return config;
  }

  /** θ, owned by this network. */
  public Parameters parameters() {
    return parameters;
  }

  /**
   * Returns the numbers that classes are read from.
   *
   * @param x [B, C, H, W]
   * @return [B, F], none negative
   */
  public Tensor features(Tensor x) {
    Tensor h = x;
    for (int i = 0; i < convolutions.size(); i++) {
      h = convolutions.get(i).forward(h, Tape.NONE); // (B, c_i, h_i, w_i)
      h = Activation.RELU.apply(norms.get(i).forward(h, Tape.NONE));
    }
    return Activation.RELU.apply(toFeatures.forward(h.flatten(1, -1), Tape.NONE));
  }

  /**
   * Returns how much speaks for each class.
   *
   * @param features [B, F]
   * @return [B, K]: logarithms of probabilities, but for a constant of each row
   */
  public Tensor logits(Tensor features) {
    return toClasses.forward(features, Tape.NONE);
  }

  /**
   * Returns the mean of −ln p(class) over some images.
   *
   * @param x [B, C, H, W]
   * @param labels [B], 0..K−1
   * @return one number
   */
  public Tensor loss(Tensor x, int[] labels) {
    return torch.cross_entropy_loss(logits(features(x)), Libtorch.of(labels));
  }

  @Override
  public String name() {
    return "";
  }

  @Override
  public List<Module> children() {
    List<Module> children = new ArrayList<>();
    for (int i = 0; i < convolutions.size(); i++) {
      children.add(convolutions.get(i));
      children.add(norms.get(i));
    }
    children.add(toFeatures);
    children.add(toClasses);
    return children;
  }

  @Override
  public void close() {
    parameters.close();
  }
}
