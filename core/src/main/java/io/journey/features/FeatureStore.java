package io.journey.features;

import io.journey.diffusion.ModelOutput;
import io.journey.projection.CurvatureConfig;
import io.journey.projection.ProjectionConfig;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Manifest;
import io.journey.tensor.Npy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Features on disk: for each checkpoint Φ ∈ R^{N×k} in shards of equal size, NPY files mapped into
 * memory, each compared with its checksum before its first use. Safe for many threads.
 */
public final class FeatureStore {
  /** The manifest's kind. */
  public static final String KIND = "features";

  /** The table of examples. */
  public static final String EXAMPLES = "examples.csv";

  private final Manifest manifest;
  private final List<ExampleTable.Example> examples;
  private final int shardRows;
  private final Map<String, Npy> shards = new HashMap<>();

  private FeatureStore(Manifest manifest, List<ExampleTable.Example> examples, int shardRows) {
    this.manifest = manifest;
    this.examples = examples;
    this.shardRows = shardRows;
  }

  static String shardFile(String member, int index) {
    return String.format(Locale.ROOT, "%s/shard-%05d.npy", member, index);
  }

  static String scaleFile(String member, int index) {
    return String.format(Locale.ROOT, "%s/shard-%05d.scale.npy", member, index);
  }

  static String stepsFile(String member) {
    return member + "/steps.csv";
  }

  static String curvatureName(String member) {
    return member + "/curvature.safetensors";
  }

  /** Opens finished features. */
  public static FeatureStore open(Path directory) {
    Manifest manifest = Manifest.read(directory, KIND);
    List<ExampleTable.Example> examples = ExampleTable.read(manifest.verified(EXAMPLES));
    int expected = manifest.inputs().path("examples").asInt();
    if (examples.size() != expected || examples.isEmpty()) {
      throw new JourneyException(
          directory
              + " lists "
              + examples.size()
              + " examples, its manifest says "
              + expected
              + ": make the features again.");
    }
    return new FeatureStore(manifest, examples, manifest.settings().path("shard_rows").asInt(1));
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
  public List<String> members() {
    List<String> members = new ArrayList<>();
    manifest.inputs().path("checkpoints").fieldNames().forEachRemaining(members::add);
    return members;
  }

  /** The fingerprint of a checkpoint the features were made with. */
  public String checkpointFingerprint(String member) {
    return manifest.inputs().path("checkpoints").path(member).asText();
  }

  /** The projection. */
  public ProjectionConfig projection() {
    return ProjectionConfig.parse(manifest.settings().path("projection").asText());
  }

  /** What gradients were multiplied by before; nothing where the manifest names none. */
  public CurvatureConfig curvature() {
    return CurvatureConfig.parse(manifest.settings().path("curvature").asText("none"));
  }

  /**
   * The curvature fitted to a checkpoint, compared with its checksum, or null where there is none.
   *
   * @throws JourneyException if it is missing or damaged
   */
  public Path curvatureFile(String member) {
    boolean none = curvature().equals(CurvatureConfig.NONE);
    return none ? null : manifest.verified(curvatureName(member));
  }

  /** The function whose gradients they are; the loss where the manifest names none. */
  public ModelOutput function() {
    return ModelOutput.parse(manifest.settings().path("function").asText("loss"));
  }

  /** The seed of draws and projections. */
  public long seed() {
    return manifest.settings().path("seed").asLong();
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
      open(scaleFile(member, index)).read(inShard, scale, 0, 1);
      for (int i = offset; i < offset + count; i++) {
        out[i] *= scale[0];
      }
    }
  }

  private Npy shard(String member, int index) {
    return open(shardFile(member, index));
  }

  private synchronized Npy open(String file) {
    return shards.computeIfAbsent(file, f -> Npy.map(manifest.verified(f)));
  }

  /** What decides the numbers, for the manifest of what is made from them. */
  public String fingerprint() {
    return manifest.fingerprint();
  }

  /** Settings as text, for messages. */
  @Override
  public String toString() {
    return new String(Json.bytes(manifest.settings()), java.nio.charset.StandardCharsets.UTF_8);
  }
}
