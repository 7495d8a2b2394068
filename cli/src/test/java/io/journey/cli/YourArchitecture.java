package io.journey.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoiserInput;
import io.journey.model.Architecture;
import io.journey.model.ConditioningSpec;
import io.journey.model.ConfigBinding;
import io.journey.model.DenoiserConfig;
import io.journey.model.InputRange;
import io.journey.model.LayeredDenoiser;
import io.journey.nn.Activation;
import io.journey.nn.Conv2d;
import io.journey.nn.Embedding;
import io.journey.nn.GroupNorm;
import io.journey.nn.Linear;
import io.journey.nn.Module;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.tensor.Libtorch;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * An architecture that Journey does not know, as another module adds it: this file and its name.
 */
public final class YourArchitecture implements Architecture {
  private static final ConfigBinding<Config> BINDING =
      new ConfigBinding<>("YourDenoiser", new Config(8, 1, 8, 10, Activation.SILU));

  @Override
  public String className() {
    return BINDING.className();
  }

  @Override
  public Config config(ObjectNode json, String where) {
    return BINDING.read(json, where);
  }

  /** Square images of so many channels, convolutions of so many, classes in a table. */
  record Config(int sampleSize, int inChannels, int width, int numClassEmbeds, Activation actFn)
      implements DenoiserConfig {
    @Override
    public LayeredDenoiser build() {
      return new Model(this);
    }

    @Override
    public double leastWeights() {
      return 18.0 * width * inChannels;
    }

    @Override
    public ImageShape shape() {
      return new ImageShape(inChannels, sampleSize, sampleSize);
    }

    @Override
    public ConditioningSpec conditioning() {
      return new ConditioningSpec(new InputRange(0, numClassEmbeds - 1));
    }

    @Override
    public ObjectNode toDiffusers() {
      return BINDING.write(this, Set.of("sample_size"));
    }
  }

  /** Two convolutions; the time is added between, as a line, and the class as a row of a table. */
  private static final class Model implements LayeredDenoiser {
    private final Config config;
    private final Parameters parameters = new Parameters();
    private final Conv2d in;
    private final Linear time;
    private final Embedding classes;
    private final GroupNorm norm;
    private final Conv2d out;

    Model(Config config) {
      this.config = config;
      in = new Conv2d(parameters, "first", config.inChannels(), config.width(), 3, 1, 1);
      time = new Linear(parameters, "time", 1, config.width());
      classes = new Embedding(parameters, "classes", config.numClassEmbeds(), config.width());
      norm = new GroupNorm(parameters, "norm", config.width(), 2, 1e-5);
      out = new Conv2d(parameters, "last", config.width(), config.inChannels(), 3, 1, 1);
    }

    @Override
    public Tensor predict(DenoiserInput input, Tape tape) {
      long rows = input.sample().size(0);
      Tensor t = Libtorch.of(input.timesteps(), parameters.type(), rows, 1);
      Tensor row = classes.forward(Libtorch.of(input.condition().classNumbers()), tape);
      Tensor told =
          time.forward(t, tape).mul(Libtorch.of(new float[] {1e-3f}, parameters.type(), 1));
      Tensor h = in.forward(input.sample(), tape);
      h = h.add(told.add(row).view(rows, config.width(), 1, 1));
      return out.forward(config.actFn().apply(norm.forward(h, tape)), tape);
    }

    @Override
    public Config config() {
      return config;
    }

    @Override
    public Parameters parameters() {
      return parameters;
    }

    @Override
    public List<Module> children() {
      return List.of(in, time, classes, norm, out);
    }

    @Override
    public int widestOutput() {
      return config.width() * config.sampleSize() * config.sampleSize();
    }
  }
}
