package io.journey.features;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.diffusion.OutputFunction;
import io.journey.gradient.ParameterSelection;
import io.journey.nn.Adaptable;
import io.journey.nn.Parameter;
import io.journey.preconditioner.PreconditionerConfig;
import io.journey.projection.ProjectionConfig;
import io.journey.results.ExampleTable;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.JsonFields;
import io.journey.run.Manifest;
import io.journey.tensor.Libtorch;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Features on disk: for each checkpoint Φ ∈ R^{N×k} in shards of equal size, NPY files mapped into
 * memory, each compared with its checksum before its first use. Safe for many threads.
 */
public final class FeatureStore implements Serializable {
  /** The manifest's kind. */
  public static final String KIND = "features";

  /** The version of the format. */
  public static final int FORMAT = 3;

  /** The name of the input that says which weights the gradients are of. */
  static final String WEIGHTS = "weights";

  /** A side that only the file knows. */
  private static final long ANY = -1;

  private final Manifest manifest;
  private final List<ExampleTable.Example> examples;
  private final int shardRows;
  private final ProjectionConfig projection;
  private final PreconditionerConfig preconditioner;
  private final ParameterSelection parameters;
  private final OutputFunction function;
  private final long seed;
  private final Map<String, Npy> shards = new HashMap<>();

  private FeatureStore(Manifest manifest, List<ExampleTable.Example> examples) {
    FeatureSettings settings = manifest.settings(FeatureSettings.class);
    this.manifest = manifest;
    this.examples = examples;
    this.shardRows = settings.shardRows();
    this.seed = settings.seed();
    try {
      this.parameters = new ParameterSelection(settings.parameters());
      this.projection = ProjectionConfig.parse(settings.projection());
      this.preconditioner = PreconditionerConfig.parse(settings.preconditioner());
      this.function = OutputFunction.parse(settings.function());
    } catch (IllegalArgumentException e) {
      throw new JourneyException(
          manifest.settingFields().where() + ": " + e.getMessage() + "; make the features again.",
          e);
    }
  }

  static String shardFile(String member, int index) {
    return String.format(Locale.ROOT, "%s/shard-%05d.npy", member, index);
  }

  static String scaleFile(String member, int index) {
    return String.format(Locale.ROOT, "%s/shard-%05d.scale.npy", member, index);
  }

  static String residualsFile(String member) {
    return member + "/residuals.npy";
  }

  /** Opens finished features. */
  public static FeatureStore open(Path directory) {
    Manifest manifest = Manifest.read(directory, KIND, FORMAT);
    manifest.parts(); // Each is there, and is the one that they were made with.
    List<ExampleTable.Example> examples = ExampleTable.read(manifest.verified(ExampleTable.FILE));
    int expected = manifest.inputFields().whole("examples", 1, Integer.MAX_VALUE);
    if (examples.size() != expected) {
      throw new JourneyException(
          directory
              + " lists "
              + Counted.of(examples.size(), "examples")
              + ", its manifest says "
              + expected
              + ": make the features again.");
    }
    FeatureStore store = new FeatureStore(manifest, examples);
    store.checkpointNames().forEach(store::checkpointFingerprint);
    return store;
  }

  /** Settings and inputs that made them. */
  public Manifest manifest() {
    return manifest;
  }

  /** N. */
  public int size() {
    return examples.size();
  }

  /** The examples, one a row. */
  public List<ExampleTable.Example> examples() {
    return examples;
  }

  /** The checkpoints there are features of. */
  public List<String> checkpointNames() {
    List<String> members = new ArrayList<>();
    checkpoints().object().fieldNames().forEachRemaining(members::add);
    return members;
  }

  /** The fingerprint of a checkpoint the features were made with. */
  public String checkpointFingerprint(String member) {
    return checkpoints().text(member);
  }

  private JsonFields checkpoints() {
    return manifest.inputFields().fields("checkpoints");
  }

  /** The fingerprint of the data. */
  public String dataFingerprint() {
    return manifest.inputFields().text("data");
  }

  /** The projection. */
  public ProjectionConfig projection() {
    return projection;
  }

  /** Returns the preconditioner that gradients were multiplied by. */
  public PreconditionerConfig preconditioner() {
    return preconditioner;
  }

  /** The weights whose gradients they are of. */
  public ParameterSelection parameters() {
    return parameters;
  }

  /**
   * The preconditioner fitted to a checkpoint, compared with its checksum, or null where there is
   * none.
   *
   * @throws JourneyException if it is missing or damaged
   */
  public Path preconditionerFile(String member) {
    boolean none = preconditioner.equals(PreconditionerConfig.NONE);
    return none ? null : PreconditionerFit.of(manifest).verified(PreconditionerFit.file(member));
  }

  /**
   * Whether features are random projections, shorter than the gradients they are of.
   *
   * @param member name of the checkpoint
   */
  public boolean isProjected(String member) {
    long p = 0;
    for (JsonNode shape : weights().object()) {
      long numel = 1;
      for (JsonNode side : shape) {
        numel *= side.asLong();
      }
      p += numel;
    }
    return dim(member) < p;
  }

  /**
   * Refuses weights that the features were not made of: others of a name, or of other shapes.
   *
   * @param found those of a checkpoint that were selected
   */
  void requireWeights(List<Parameter> found, String member) {
    ObjectNode expected = weights().object();
    ObjectNode shapes = shapes(found);
    if (!expected.equals(shapes)) {
      throw new JourneyException(
          manifest.directory()
              + " has features of "
              + Counted.of(expected.size(), "weights")
              + ", "
              + member
              + " has "
              + shapes.size()
              + " of these names, or some have another shape: featurize with this checkpoint.");
    }
  }

  /** The names and shapes of weights, as the manifest keeps them. */
  static ObjectNode shapes(List<Parameter> weights) {
    ObjectNode shapes = Json.object();
    for (Parameter weight : weights) {
      ArrayNode shape = shapes.putArray(weight.name());
      Arrays.stream(weight.shape()).forEach(side -> shape.add((int) side));
    }
    return shapes;
  }

  /** Returns a description of the LoRA whose pairs alone the features are of, where they are. */
  public Optional<String> lora() {
    long parameters = 0;
    int layers = 0;
    Set<Integer> ranks = new TreeSet<>();
    for (Map.Entry<String, JsonNode> weight : manifest.inputs().path(WEIGHTS).properties()) {
      long numbers = 1;
      for (JsonNode side : weight.getValue()) {
        numbers *= side.asLong();
      }
      parameters += numbers;
      if (weight.getKey().endsWith(Adaptable.DOWN + ".weight")) {
        layers++;
        ranks.add(weight.getValue().path(0).asInt());
      }
    }
    return layers == 0
        ? Optional.empty()
        : Optional.of(
            "a LoRA of rank "
                + ranks.stream().map(String::valueOf).collect(Collectors.joining(", "))
                + " on "
                + Counted.of(layers, "layers")
                + ", "
                + Counted.of(parameters, "parameters"));
  }

  private JsonFields weights() {
    return manifest.inputFields().fields(WEIGHTS);
  }

  /** Returns whether the errors of training images are kept, for every checkpoint. */
  public boolean hasResiduals() {
    return checkpointNames().stream().allMatch(member -> manifest.lists(residualsFile(member)));
  }

  /**
   * Returns the root of the mean squared error of each example by a checkpoint, [N].
   *
   * @throws JourneyException if there are none; see {@link #hasResiduals}
   */
  public double[] residuals(String member) {
    float[] residuals = new float[size()];
    open(residualsFile(member), size()).read(0, residuals, 0, residuals.length);
    return IntStream.range(0, residuals.length).mapToDouble(i -> residuals[i]).toArray();
  }

  /** The function whose gradients they are. */
  public OutputFunction function() {
    return function;
  }

  /** The seed of draws and projections. */
  public long seed() {
    return seed;
  }

  /** k, the length of a feature. */
  public int dim(String member) {
    return Math.toIntExact(shard(member, 0).shape()[1]);
  }

  /**
   * Reads a part of one example's feature.
   *
   * @param row the example
   * @param column the first number wanted
   * @param count how many
   * @param out receives them from {@code offset} on
   */
  public void read(String member, int row, int column, int count, float[] out, int offset) {
    int index = row / shardRows;
    int inShard = row % shardRows;
    Npy shard = shard(member, index);
    shard.read(inShard * shard.shape()[1] + column, out, offset, count);
    if (Scales.belongTo(shard.dtype())) {
      float[] scale = new float[1];
      open(scaleFile(member, index), rows(index)).read(inShard, scale, 0, 1);
      for (int i = offset; i < offset + count; i++) {
        out[i] *= scale[0];
      }
    }
  }

  /**
   * Rows as they are stored.
   *
   * @param numbers in the memory of the mapped file, [rows, k]; not to be changed
   * @param scales what each is multiplied by, [rows]; null: nothing
   */
  public record Stored(Tensor numbers, float[] scales) {}

  /**
   * Returns some rows of one shard without a copy.
   *
   * @param row the first of them
   * @param most how many at most
   * @return in the caller's scope; null where the file is too large to be seen whole
   */
  public Stored stored(String member, int row, int most) {
    int index = row / shardRows;
    int inShard = row % shardRows;
    Npy shard = shard(member, index);
    int count = (int) Math.min(most, rows(index) - inShard);
    int dim = Math.toIntExact(shard.shape()[1]);
    ByteBuffer bytes = shard.bytes((long) inShard * dim, (long) count * dim);
    if (bytes == null) {
      return null;
    }
    float[] scales = Scales.belongTo(shard.dtype()) ? new float[count] : null;
    if (scales != null) {
      open(scaleFile(member, index), rows(index)).read(inShard, scales, 0, count);
    }
    ScalarType type =
        switch (shard.dtype()) {
          case I8 -> ScalarType.Char;
          case F16 -> ScalarType.Half;
          case F64 -> ScalarType.Double;
          default -> ScalarType.Float;
        };
    return new Stored(Libtorch.over(bytes, type, count, dim), scales);
  }

  private Npy shard(String member, int index) {
    return open(shardFile(member, index), rows(index), index == 0 ? ANY : dim(member));
  }

  /** How many examples a shard holds: the last may hold fewer. */
  private long rows(int index) {
    return Math.min(shardRows, examples.size() - (long) index * shardRows);
  }

  /** Opens a file of the shape expected. */
  private synchronized Npy open(String file, long... expected) {
    return shards.computeIfAbsent(
        file,
        f -> {
          Npy npy = Npy.map(manifest.verified(f));
          long[] shape = npy.shape();
          boolean number = npy.dtype().isFloat() || npy.dtype() == DType.I8;
          boolean fits = shape.length == expected.length && number;
          for (int d = 0; fits && d < shape.length; d++) {
            fits =
                expected[d] == ANY
                    ? shape[d] >= 1 && shape[d] <= Integer.MAX_VALUE
                    : shape[d] == expected[d];
          }
          if (!fits) {
            throw new JourneyException(
                manifest.directory()
                    + "/"
                    + file
                    + " has numbers of type "
                    + npy.dtype()
                    + " and the shape "
                    + Arrays.toString(shape)
                    + ", expected floating-point numbers or bytes for "
                    + Counted.of(expected[0], "examples")
                    + ": make the features again.");
          }
          return npy;
        });
  }

  /** Returns a hash of all that decides the numbers, for the manifest of what is made from them. */
  public String fingerprint() {
    return manifest.fingerprint();
  }

  /** Settings as text, for messages. */
  @Override
  public String toString() {
    return new String(Json.bytes(manifest.settings()), java.nio.charset.StandardCharsets.UTF_8);
  }

  /** Another process opens the directory itself. */
  private Object writeReplace() {
    return new Place(manifest.directory().toAbsolutePath().toString());
  }

  private record Place(String directory) implements Serializable {
    private Object readResolve() {
      return open(Path.of(directory));
    }
  }
}
