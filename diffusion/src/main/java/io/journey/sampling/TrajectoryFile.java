package io.journey.sampling;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.condition.CaptionEncoder;
import io.journey.condition.Condition;
import io.journey.condition.ConditionColumn;
import io.journey.dataset.ImageShape;
import io.journey.latent.LatentCodec;
import io.journey.model.Checkpoint;
import io.journey.run.AtomicFile;
import io.journey.run.FileKind;
import io.journey.run.JourneyException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Trajectories in a safetensors file: {@code timesteps} int64 [S]; {@code xt} and {@code x0}
 * float32 [N, S, C, H, W]; {@code image} float32 [N, C, H, W]; their conditions as {@link
 * ConditionColumn} has them; and as metadata the model's fingerprint and name, the sampler, the
 * seed and each trajectory's own seed, and a digest of the file itself. Numbers are read when asked
 * for: a file may be larger than memory.
 */
public final class TrajectoryFile {
  static final String XT = "xt";
  static final String X0 = "x0";
  static final String IMAGE = "image";

  /** The finished pictures, where the others are latents. */
  static final String PICTURE = "picture";

  private static final String CODEC = "codec";

  private static final String KIND = "trajectories";
  private static final String TIMESTEPS = "timesteps";

  /** The source of the numbers of a file to be written. */
  interface Source {
    /** Returns the rows of a tensor for image n: one a step, or one for the picture. */
    float[][] rows(String tensor, int n);
  }

  private final Safetensors tensors;
  private final Origin origin;
  private final ImageShape shape;
  private final ImageShape pictureShape;
  private final int[] timesteps;
  private final String[] seeds;
  private final List<Condition> conditions;

  private TrajectoryFile(Safetensors tensors) {
    this.tensors = tensors;
    this.origin = origin(tensors);
    this.seeds = tensors.metadata().getOrDefault("seeds", "").split(" ");
    List<Long> dims = tensors.entry(XT).shape();
    long[] steps = tensors.longs(TIMESTEPS);
    if (dims.size() != 5
        || dims.stream().anyMatch(side -> side < 1 || side > Integer.MAX_VALUE)
        || dims.get(1) != steps.length
        || dims.get(0) != seeds.length
        || !tensors.entry(X0).shape().equals(dims)
        || !tensors
            .entry(IMAGE)
            .shape()
            .equals(List.of(dims.get(0), dims.get(2), dims.get(3), dims.get(4)))) {
      throw misfit();
    }
    this.shape =
        new ImageShape(dims.get(2).intValue(), dims.get(3).intValue(), dims.get(4).intValue());
    this.pictureShape = pictureShape(dims.get(0));
    this.timesteps = timesteps(steps, tensors.file());
    this.conditions = ConditionColumn.read(tensors, seeds.length, "sample it again");
  }

  private ImageShape pictureShape(long count) {
    if (!tensors.names().contains(PICTURE)) {
      return shape;
    }
    List<Long> dims = tensors.entry(PICTURE).shape();
    if (dims.size() != 4
        || dims.get(0) != count
        || dims.stream().anyMatch(side -> side < 1 || side > Integer.MAX_VALUE)) {
      throw misfit();
    }
    return new ImageShape(dims.get(1).intValue(), dims.get(2).intValue(), dims.get(3).intValue());
  }

  private static Origin origin(Safetensors tensors) {
    try {
      return Origin.of(tensors.metadata());
    } catch (IllegalArgumentException e) {
      throw new JourneyException(tensors.file() + ": " + e.getMessage() + "; sample it again.", e);
    }
  }

  private JourneyException misfit() {
    return new JourneyException(
        tensors.file() + " has trajectories whose parts do not fit each other: sample them again.");
  }

  private static int[] timesteps(long[] steps, Path file) {
    int[] timesteps = new int[steps.length];
    long above = Integer.MAX_VALUE;
    for (int s = 0; s < steps.length; s++) {
      if (steps[s] < 0 || steps[s] >= above) {
        throw new JourneyException(
            file
                + " has the steps "
                + Arrays.toString(steps)
                + ", expected falling ones down to 0 at most: sample it again.");
      }
      above = steps[s];
      timesteps[s] = (int) above;
    }
    return timesteps;
  }

  /**
   * Opens a file: its bytes are compared with its own digest, its numbers are not kept.
   *
   * @throws JourneyException if it holds no trajectories, or is not as it was written
   */
  public static TrajectoryFile open(Path file) {
    TrajectoryFile opened = unchecked(file);
    opened.tensors.requireUnchanged("sample it again");
    return opened;
  }

  /** Returns the same for one that was just written, or compared with a checksum elsewhere. */
  static TrajectoryFile unchecked(Path file) {
    requireTensors(file);
    Safetensors tensors = Safetensors.open(file);
    if (!KIND.equals(tensors.metadata().get("kind"))) {
      throw new JourneyException(
          file
              + " is a safetensors file with "
              + tensors.names().size()
              + " tensors but no trajectories: name a file that journey sample wrote.");
    }
    return new TrajectoryFile(tensors);
  }

  /** A file of another format says what it is, not what its first bytes would claim. */
  private static void requireTensors(Path file) {
    String kind = FileKind.of(file);
    if (kind != null && !kind.equals(FileKind.SAFETENSORS)) {
      throw new JourneyException(
          file
              + " is "
              + kind
              + ", expected trajectories: name a .safetensors file that journey sample wrote"
              + (kind.endsWith("picture") ? "; a picture is asked about with --image." : "."));
    }
  }

  /** Reads all trajectories of a file into memory. */
  public static List<Trajectory> read(Path file) {
    TrajectoryFile opened = open(file);
    return opened.read(opened.timesteps());
  }

  /** Writes trajectories of one sampler. */
  public static void write(Path file, List<Trajectory> trajectories, Sampler sampler, long seed) {
    AtomicFile.write(file, content(trajectories, sampler, seed));
  }

  /** Returns the content of a file of trajectories of one sampler. */
  static AtomicFile.Content content(List<Trajectory> trajectories, Sampler sampler, long seed) {
    Trajectory first = trajectories.get(0);
    Source source =
        (tensor, n) ->
            switch (tensor) {
              case XT -> trajectories.get(n).xt();
              case X0 -> trajectories.get(n).x0();
              default -> new float[][] {trajectories.get(n).image()};
            };
    return content(
        Origin.of(sampler, seed),
        first.shape(),
        first.timesteps(),
        trajectories.stream().map(Trajectory::seed).toList(),
        trajectories.stream().map(Trajectory::condition).toList(),
        LatentCodec.IDENTITY,
        source);
  }

  /**
   * Returns the content of a file, made image by image: memory holds one image's rows.
   *
   * @param codec decodes what the model samples
   */
  static AtomicFile.Content content(
      Origin origin,
      ImageShape shape,
      int[] timesteps,
      List<String> seeds,
      List<Condition> conditions,
      LatentCodec codec,
      Source source) {
    int count = seeds.size();
    int steps = timesteps.length;
    int c = shape.channels();
    int h = shape.height();
    int w = shape.width();
    Safetensors.Writer writer = writer(origin);
    writer.metadata("seeds", String.join(" ", seeds)).add(TIMESTEPS, longs(timesteps), steps);
    ConditionColumn.add(writer, conditions);
    writer
        .add(XT, out -> writeRows(out, XT, count, source), count, steps, c, h, w)
        .add(X0, out -> writeRows(out, X0, count, source), count, steps, c, h, w)
        .add(IMAGE, out -> writeRows(out, IMAGE, count, source), count, c, h, w);
    if (codec != LatentCodec.IDENTITY) {
      ImageShape picture = codec.imageShape(shape);
      Source decoded = (tensor, n) -> codec.decode(source.rows(IMAGE, n), shape);
      writer
          .metadata(CODEC, codecFingerprint(codec))
          .add(
              PICTURE,
              out -> writeRows(out, PICTURE, count, decoded),
              count,
              picture.channels(),
              picture.height(),
              picture.width());
    }
    return writer::writeSealedTo;
  }

  /** Returns the fingerprint of a codec as a file has it; "" of pixels. */
  static String codecFingerprint(LatentCodec codec) {
    return codec == LatentCodec.IDENTITY ? "" : codec.fingerprint();
  }

  /** Returns the fingerprint of the codec that made its pictures; "" of pixels. */
  String codecFingerprint() {
    return tensors.metadata().getOrDefault(CODEC, "");
  }

  private static Safetensors.Writer writer(Origin origin) {
    Safetensors.Writer writer =
        new Safetensors.Writer()
            .metadata("kind", KIND)
            .metadata("model", origin.model())
            .metadata("model_name", origin.modelName())
            .metadata("sampler", origin.sampler())
            .metadata("scheduler", origin.scheduler());
    if (!origin.eta().isEmpty()) {
      writer.metadata("eta", origin.eta());
    }
    if (!origin.guidance().isNone()) {
      writer.metadata("guidance", origin.guidance().toString());
    }
    if (!origin.textEncoder().isEmpty()) {
      writer.metadata(Origin.TEXT_ENCODER, origin.textEncoder());
    }
    return writer.metadata("seed", origin.seed());
  }

  private static long[] longs(int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }

  private static void writeRows(OutputStream out, String tensor, int count, Source source)
      throws IOException {
    for (int n = 0; n < count; n++) {
      for (float[] row : source.rows(tensor, n)) {
        Npy.writeNumbers(out, DType.F32, row);
      }
    }
  }

  /** Returns how many trajectories there are. */
  public int size() {
    return seeds.length;
  }

  /** Returns whether they were drawn from prompts, whose states are not in the file. */
  public boolean hasPrompts() {
    return conditions.stream().anyMatch(condition -> condition instanceof Condition.Prompt);
  }

  /** Returns the shape of what the model samples. */
  public ImageShape shape() {
    return shape;
  }

  /** Returns the shape of the pictures that a person sees. */
  public ImageShape pictureShape() {
    return pictureShape;
  }

  /** Returns picture n as a person sees it, numbers of about [-1, 1], [C·H·W]. */
  public float[] picture(int n) {
    String tensor = tensors.names().contains(PICTURE) ? PICTURE : IMAGE;
    return row(tensor, n, pictureShape.numel());
  }

  /** Returns the steps t that are kept, falling. */
  public int[] timesteps() {
    return timesteps.clone();
  }

  /**
   * Returns the sampler that drew them, to continue from their steps.
   *
   * @throws JourneyException if the checkpoint is not the one that drew them, would visit other
   *     steps, or does not take their conditions
   */
  public Sampler sampler(Checkpoint checkpoint) {
    return sampler(checkpoint, null);
  }

  /**
   * The same of a model of captions.
   *
   * @param encoder of the model's captions, which guidance needs; null: the model takes none
   */
  public Sampler sampler(Checkpoint checkpoint, CaptionEncoder encoder) {
    Sampler sampler = origin.sampler(checkpoint, timesteps.length, tensors.file(), encoder);
    if (!Arrays.equals(sampler.timesteps(), timesteps)) {
      throw new JourneyException(
          tensors.file() + " has other steps than its scheduler visits: sample it again.");
    }
    checkpoint.inputs().requireConditions(conditions);
    checkpoint.inputs().requireTimesteps(timesteps);
    return sampler;
  }

  /** Returns the origin that all its trajectories have in common. */
  Origin origin() {
    return origin;
  }

  /** Returns the condition of each image, [N]. */
  List<Condition> conditions() {
    return conditions;
  }

  /**
   * Reads the trajectories at some of their steps, their prompts as a model is asked with them.
   *
   * @param encoder of the model's captions; null: the model takes none
   * @throws JourneyException as {@link #read(int[])}, and if another encoder drew them
   */
  public List<Trajectory> read(int[] steps, CaptionEncoder encoder) {
    if (encoder == null) {
      return read(steps);
    }
    origin.requireEncoder(encoder, tensors.file());
    return read(steps).stream().map(trajectory -> trajectory.resolve(encoder)).toList();
  }

  /**
   * Reads one of the trajectories at all of its steps, without the others.
   *
   * @param n which
   * @param encoder of the model's captions; null: the model takes none
   * @throws JourneyException as {@link #read(int[], CaptionEncoder)}
   */
  public Trajectory read(int n, CaptionEncoder encoder) {
    if (encoder == null) {
      return trajectory(n, timesteps);
    }
    origin.requireEncoder(encoder, tensors.file());
    return trajectory(n, timesteps).resolve(encoder);
  }

  /**
   * Reads the trajectories at some of their steps.
   *
   * @param steps in any order
   * @throws JourneyException if there is no such step, or a number is not finite
   */
  public List<Trajectory> read(int[] steps) {
    int[] falling = Arrays.stream(steps).map(t -> -t).sorted().map(t -> -t).toArray();
    List<Trajectory> trajectories = new ArrayList<>();
    for (int n = 0; n < size(); n++) {
      trajectories.add(trajectory(n, falling));
    }
    return trajectories;
  }

  private Trajectory trajectory(int n, int[] falling) {
    return new Trajectory(
        shape,
        origin.model(),
        null,
        seeds[n],
        conditions.get(n),
        origin.guidance(),
        falling,
        rows(XT, n, falling),
        rows(X0, n, falling),
        row(IMAGE, n));
  }

  /** Returns the rows of a tensor for image n at all steps. */
  float[][] rows(String tensor, int n) {
    return tensor.equals(IMAGE) ? new float[][] {row(IMAGE, n)} : rows(tensor, n, timesteps);
  }

  private float[][] rows(String tensor, int n, int[] steps) {
    float[][] out = new float[steps.length][];
    for (int s = 0; s < steps.length; s++) {
      int place = Trajectory.indexOf(timesteps, steps[s]);
      out[s] = row(tensor, (long) n * timesteps.length + place);
    }
    return out;
  }

  private float[] row(String tensor, long place) {
    return row(tensor, place, shape.numel());
  }

  private float[] row(String tensor, long place, int numel) {
    float[] numbers = tensors.part(tensor, place * numel, numel);
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        throw new JourneyException(
            tensors.file() + " has the number " + number + " in " + tensor + ": sample it again.");
      }
    }
    return numbers;
  }
}
