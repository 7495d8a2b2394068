package io.journey.model;

import io.journey.run.Confined;
import io.journey.run.Csv;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import io.journey.run.RunStatus;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Independently trained checkpoints θ*_1..θ*_M of one architecture on one data set: the directory
 * {@code journey train} writes, a folder of diffusers folders, or a single checkpoint of any kind
 * as an ensemble of one.
 */
public final class Ensemble implements Serializable {
  /** The manifest's kind. */
  public static final String KIND = "checkpoints";

  /** The manifest's name of what members' pairs are put on, in its inputs. */
  public static final String BASE = "base";

  /** Names of members have three digits. */
  public static final int MOST_CHECKPOINTS = 999;

  private final CheckpointSpec spec;
  private final Path directory;
  private final Manifest manifest;
  private final Map<String, CheckpointSpec> members;

  private Ensemble(CheckpointSpec spec, Manifest manifest, Map<String, CheckpointSpec> members) {
    this.spec = spec;
    this.directory = spec.path();
    this.manifest = manifest;
    this.members = members;
  }

  /** Opens a finished ensemble. */
  public static Ensemble open(Path directory) {
    return open(CheckpointSpec.of(directory));
  }

  /**
   * Opens a finished ensemble, or a single checkpoint.
   *
   * @throws JourneyException if the path is neither, or the ensemble is not finished
   */
  public static Ensemble open(CheckpointSpec spec) {
    Path path = spec.path();
    boolean run = RunStatus.isRunDirectory(path);
    if (Files.isRegularFile(path) || CheckpointFiles.isCheckpoint(path) && !run) {
      return new Ensemble(spec, null, Map.of(spec.name(), spec));
    }
    if (spec.lora() != null && Files.isDirectory(path)) {
      throw new JourneyException(
          path
              + " is no single checkpoint, and a LoRA belongs to one: name that, such as its "
              + checkpointName(0)
              + ".");
    }
    Map<String, CheckpointSpec> members = new LinkedHashMap<>();
    if (!run) {
      for (Path folder : checkpointsIn(path)) {
        CheckpointSpec member = CheckpointSpec.of(folder).withSampleSize(spec.sampleSize());
        members.put(member.name(), member);
      }
      if (!members.isEmpty()) {
        return new Ensemble(spec, null, Collections.unmodifiableMap(members));
      }
    }
    Manifest manifest = Manifest.read(path, KIND);
    int count = manifest.settingFields().whole("count", 1, MOST_CHECKPOINTS);
    for (int m = 0; m < count; m++) {
      Path folder = Confined.path(path, checkpointName(m));
      members.put(checkpointName(m), CheckpointSpec.of(folder).withSampleSize(spec.sampleSize()));
    }
    return new Ensemble(spec, manifest, Collections.unmodifiableMap(members));
  }

  /** The folders of checkpoints in a folder, by name. */
  private static List<Path> checkpointsIn(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.filter(CheckpointFiles::isCheckpoint).sorted().toList();
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + folder + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** The name of member m: {@code member-000}, … */
  public static String checkpointName(int m) {
    return String.format(java.util.Locale.ROOT, "member-%03d", m);
  }

  /** Returns how it was named when it was opened. */
  public CheckpointSpec spec() {
    return spec;
  }

  /** Where the members are. */
  public Path directory() {
    return directory;
  }

  /** Returns the manifest that {@code journey train} wrote; null where it was trained elsewhere. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * Returns the manifest of the training of the first member, also where that was named by itself;
   * null where it was trained elsewhere.
   */
  public Manifest training() {
    if (manifest != null) {
      return manifest;
    }
    Path first = members.values().iterator().next().path().toAbsolutePath().normalize();
    return WrittenCheckpoint.manifestAbove(
        Files.isDirectory(first) ? first.resolve(CheckpointFiles.CONFIG) : first);
  }

  /** The names of the members. */
  public List<String> checkpointNames() {
    return List.copyOf(members.keySet());
  }

  /** Where a member is, and how it is read. */
  public CheckpointSpec spec(String member) {
    return members.get(member);
  }

  /** Loads a member, its files compared with their checksums; the caller closes it. */
  public Checkpoint load(String member) {
    return load(member, ScalarType.Float);
  }

  /** The same, to compute with numbers of another type. */
  public Checkpoint load(String member, ScalarType type) {
    return Checkpoint.read(members.get(member), type);
  }

  /** Returns the choices and assumptions that finding the members' files took, each a sentence. */
  public List<String> notes() {
    return members.values().stream().flatMap(member -> member.notes().stream()).toList();
  }

  /** The fingerprint of the training data, or "" where it is not known. */
  public String dataFingerprint() {
    // A model trained on a part of the data has another input instead.
    return manifest == null ? "" : manifest.inputFields().text("data", "");
  }

  /**
   * Returns whether each checkpoint was trained on a part of the images, so that together they
   * answer for drawings of a model that was trained on all.
   */
  public boolean isOfParts() {
    return manifest != null
        && manifest.settings().path("training").path("fraction").asDouble(1) < 1;
  }

  /**
   * A line of a loss curve.
   *
   * @param step steps trained
   * @param loss the mean over the steps before it
   */
  public record Loss(int step, double loss) {}

  /** The loss curve of a member's training; empty if none is kept. */
  public List<Loss> lossCurve(String member) {
    String file = lossFile(member);
    if (manifest == null || !manifest.lists(file)) {
      return List.of();
    }
    try {
      return Csv.read(Loss.class, Files.readString(manifest.verified(file)), file, "train again");
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + file + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** The file of a member's loss curve, CSV with the columns step and loss. */
  public static String lossFile(String member) {
    return member + "/loss.csv";
  }

  /** Loads the first member; the caller closes it. */
  public Checkpoint first() {
    return load(checkpointNames().get(0));
  }

  /** Another process opens it itself. */
  private Object writeReplace() {
    return new Place(spec.absolute().toString());
  }

  private record Place(String spec) implements Serializable {
    private Object readResolve() {
      return open(CheckpointSpec.parse(spec));
    }
  }
}
