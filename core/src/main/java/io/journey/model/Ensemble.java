package io.journey.model;

import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Independently trained checkpoints θ*_1..θ*_M of one architecture on one data set: the directory
 * {@code journey train} writes, or a single diffusers folder as an ensemble of one.
 */
public final class Ensemble {
  /** The manifest's kind. */
  public static final String KIND = "checkpoints";

  private final Path directory;
  private final Manifest manifest;
  private final List<String> members;

  private Ensemble(Path directory, Manifest manifest, List<String> members) {
    this.directory = directory;
    this.manifest = manifest;
    this.members = members;
  }

  /** Opens a finished ensemble. */
  public static Ensemble open(Path directory) {
    boolean single =
        Files.exists(directory.resolve("unet/config.json"))
            || Files.exists(directory.resolve("config.json"));
    if (single && !Files.exists(directory.resolve(Manifest.FILE))) {
      Path absolute = directory.toAbsolutePath().normalize();
      return new Ensemble(absolute.getParent(), null, List.of(absolute.getFileName().toString()));
    }
    Manifest manifest = Manifest.read(directory, KIND);
    int count = manifest.settings().path("members").asInt();
    List<String> members = new ArrayList<>();
    for (int m = 0; m < count; m++) {
      members.add(memberName(m));
    }
    if (members.isEmpty()) {
      throw new JourneyException(directory + " lists no members: train it again.");
    }
    return new Ensemble(directory, manifest, List.copyOf(members));
  }

  /** The name of member m: {@code member-000}, … */
  public static String memberName(int m) {
    return String.format(java.util.Locale.ROOT, "member-%03d", m);
  }

  /** Where the members are. */
  public Path directory() {
    return directory;
  }

  /** The names of the members. */
  public List<String> members() {
    return members;
  }

  /** Loads a member, its files compared with their checksums; the caller closes it. */
  public Checkpoint load(String member) {
    if (manifest != null) {
      for (String file : Checkpoint.filesThatDecide(member)) {
        manifest.verified(file);
      }
    }
    return Checkpoint.read(directory.resolve(member));
  }

  /** The fingerprint of the training data, or "" where it is not known. */
  public String dataFingerprint() {
    return manifest == null ? "" : manifest.inputs().path("data").asText();
  }

  /** The lines {@code step,loss} of a member's training, without their header; none if not kept. */
  public List<String> lossCurve(String member) {
    String file = lossFile(member);
    if (manifest == null || !manifest.lists(file)) {
      return List.of();
    }
    try {
      List<String> lines = Files.readAllLines(manifest.verified(file));
      return lines.subList(Math.min(1, lines.size()), lines.size());
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
    return load(members.get(0));
  }
}
