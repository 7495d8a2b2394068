package io.journey.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.condition.Condition;
import io.journey.condition.Conditioning;
import io.journey.dataset.ImageShape;
import io.journey.diffusion.DenoiserInput;
import io.journey.nn.Parameters;
import io.journey.nn.Tape;
import io.journey.run.JourneyException;
import io.journey.run.JsonType;
import io.journey.tensor.Libtorch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NamedTensor;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.named_parameter_iterator;
import org.bytedeco.pytorch.named_parameter_list;

/**
 * Any denoiser, as a TorchScript program with {@code forward(x, t)} or {@code forward(x, t,
 * class_labels)}: x [B, C, H, W], t [B], class_labels [B] int64, the result shaped like x (or the
 * first of a tuple). Nothing is known of its layers, so its gradients go one image at a time.
 *
 * <p>Loading a program runs it: see {@link TorchScriptProgram}.
 */
public final class TorchScriptDenoiser implements Denoiser {
  /** {@code _class_name} in its {@code config.json}. */
  public static final String CLASS_NAME = "TorchScript";

  private static final Set<String> FIELDS =
      Set.of("in_channels", "sample_size", "num_class_embeds", "timestep_dtype");
  private static final Set<String> TIMESTEP_DTYPES = new TreeSet<>(Set.of("float32", "int64"));

  private final TorchScriptProgram program;
  private final Parameters parameters;
  private final ImageShape shape;
  private final int classes;
  private final boolean wholeTimesteps;

  private TorchScriptDenoiser(
      TorchScriptProgram program, Parameters parameters, ImageShape shape, ObjectNode config) {
    this.program = program;
    this.parameters = parameters;
    this.shape = shape;
    this.classes = config.path("num_class_embeds").asInt(0);
    this.wholeTimesteps = !config.path("timestep_dtype").asText().equals("float32");
  }

  /**
   * Loads and runs a program.
   *
   * @param config what the program does not say of itself: {@code in_channels}, {@code
   *     sample_size}, and where they differ from none and int64 {@code num_class_embeds}, {@code
   *     timestep_dtype}
   * @param configFile for messages
   * @param type the number type of weights and images
   * @throws JourneyException if it is no TorchScript, has no weights, or does not map an image to
   *     an image
   */
  static TorchScriptDenoiser load(Path file, ObjectNode config, Path configFile, ScalarType type) {
    ImageShape shape = shape(config, configFile.toString());
    try (PointerScope scope = new PointerScope()) {
      TorchScriptProgram program = TorchScriptProgram.load(file, type);
      try {
        Parameters parameters = Parameters.adopt(leaves(program.module(), file), type);
        TorchScriptDenoiser model = new TorchScriptDenoiser(program, parameters, shape, config);
        model.tryOut(file);
        return model;
      } catch (RuntimeException e) {
        program.close();
        throw e;
      }
    }
  }

  private static ImageShape shape(ObjectNode config, String where) {
    String name = config.path("_class_name").asText();
    if (!name.equals(CLASS_NAME)) {
      throw new JourneyException(
          where
              + " has _class_name \""
              + name
              + "\", expected "
              + CLASS_NAME
              + " for a program: describe it as docs/formats/checkpoints.md says.");
    }
    for (Map.Entry<String, JsonNode> field : config.properties()) {
      if (field.getKey().startsWith("_")) {
        continue;
      }
      if (!FIELDS.contains(field.getKey())) {
        throw new JourneyException(
            where
                + " has the field "
                + field.getKey()
                + ", expected only "
                + new TreeSet<>(FIELDS)
                + ": correct the file.");
      }
      JsonType type = field.getKey().equals("timestep_dtype") ? JsonType.TEXT : JsonType.WHOLE;
      type.require(field.getValue(), field.getKey(), where);
    }
    String dtype = config.path("timestep_dtype").asText("int64");
    if (!TIMESTEP_DTYPES.contains(dtype)) {
      throw new JourneyException(
          where + " has timestep_dtype " + dtype + ", expected one of " + TIMESTEP_DTYPES + ".");
    }
    for (String needed : List.of("in_channels", "sample_size")) {
      if (config.path(needed).asInt() < 1) {
        throw new JourneyException(
            where + " needs " + needed + " of at least 1: correct the file.");
      }
    }
    int side = config.path("sample_size").asInt();
    return new ImageShape(config.path("in_channels").asInt(), side, side);
  }

  /**
   * The trainable weights by name; all of them, where the program was saved with none trainable.
   */
  private static Map<String, Tensor> leaves(JitModule module, Path file) {
    Map<String, Tensor> trainable = new LinkedHashMap<>();
    Map<String, Tensor> all = new LinkedHashMap<>();
    Map<Long, String> places = new HashMap<>();
    List<String> tied = new ArrayList<>();
    named_parameter_list list = module.named_parameters(true);
    named_parameter_iterator end = list.end();
    for (named_parameter_iterator at = list.begin(); at.notEquals(end); at = at.increment()) {
      NamedTensor named = at.multiply();
      String name = named.name().getString();
      Tensor weight = new Tensor(named.value());
      if (!weight.is_floating_point() || weight.numel() == 0) {
        continue;
      }
      String twin = places.put(Libtorch.address(weight), name);
      if (twin != null) {
        tied.add(twin + " and " + name);
      }
      all.put(name, weight);
      if (weight.requires_grad()) {
        trainable.put(name, weight);
      }
    }
    if (all.isEmpty() || !tied.isEmpty()) {
      throw new JourneyException(
          file
              + (all.isEmpty()
                  ? " has no parameters, expected the weights to differentiate: save it without"
                      + " torch.jit.freeze."
                  : " shares weights between " + tied + ", expected each once: untie them."));
    }
    return trainable.isEmpty() ? all : trainable;
  }

  /** Two images, so that a wrong description is found before hours of work. */
  private void tryOut(Path file) {
    long[] dims = {2, shape.channels(), shape.height(), shape.width()};
    Tensor out;
    try (NoGradGuard guard = new NoGradGuard()) {
      Tensor xt = Libtorch.zeros(parameters.type(), dims);
      Conditioning condition = Conditioning.repeated(new Condition.ClassLabel(0), 2);
      out = predict(new DenoiserInput(xt, new float[] {0, 1}, condition));
    } catch (JourneyException e) {
      throw e;
    } catch (RuntimeException e) {
      TorchScriptProgram.requireOneDevice(file, e);
      throw new JourneyException(
          file
              + " fails on images of "
              + shape
              + ", as its config.json describes them: "
              + TorchScriptProgram.reason(e)
              + ": correct the description.",
          e);
    }
    if (!java.util.Arrays.equals(out.shape(), dims)) {
      throw new JourneyException(
          file
              + " gives "
              + java.util.Arrays.toString(out.shape())
              + " for images of "
              + java.util.Arrays.toString(dims)
              + ", expected the same shape: correct its config.json.");
    }
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public ConditioningSpec conditioning() {
    return new ConditioningSpec(InputRange.below(classes));
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public Tensor predict(DenoiserInput in, Tape tape) {
    Tensor t =
        wholeTimesteps
            ? Libtorch.of(in.wholeTimesteps())
            : Libtorch.of(in.timesteps(), parameters.type(), in.timesteps().length);
    return classes > 0
        ? program.run(in.sample(), t, classLabels(in.condition().classNumbers()))
        : program.run(in.sample(), t);
  }

  private Tensor classLabels(int[] labels) {
    for (int label : labels) {
      if (label >= classes) {
        throw new JourneyException(
            "An image has the class " + label + ", the denoiser knows 0.." + (classes - 1) + ".");
      }
    }
    return Libtorch.of(labels);
  }

  @Override
  public void close() {
    parameters.close();
    program.close();
  }
}
