package io.journey.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The directory one stage writes, claimed for one process. Its life:
 *
 * <ol>
 *   <li>{@code settings.json} is written first: the stage's kind, settings and the fingerprints of
 *       its inputs.
 *   <li>The stage adds files, each whole or absent, each noted in {@code journal.jsonl}.
 *   <li>{@code manifest.json} is written last: the settings again and the SHA-256 of every file. It
 *       marks the directory as finished; {@code settings.json} and the journal go.
 * </ol>
 *
 * Claiming an unfinished directory with the same settings continues it; with others it is refused,
 * and so is another device: it would round otherwise. How long the work took goes into {@code
 * timing.json}, which no checksum covers, so that all other bytes depend on settings and inputs
 * alone.
 */
public final class RunDirectory implements StageFiles, AutoCloseable {
  /** How deep parts of parts lie. */
  private static final int DEPTH = 5;

  /** Ends the names of files that unfinished parts of the work go on from; they delete them. */
  public static final String RESUME = "resume.safetensors";

  /** The file of the settings that the stage was begun with, while it is unfinished. */
  static final String SETTINGS = "settings.json";

  /** The file of measured times, beside the manifest. */
  public static final String TIMING = "timing.json";

  private static final String LOCK = ".lock";

  private static final String NEXT = ".next";

  /** The claims of this process that are not given up, oldest first. */
  private static final Set<RunDirectory> OPEN = Collections.synchronizedSet(new LinkedHashSet<>());

  private final Path directory;
  private final ObjectNode header;
  private final String device; // or null for the processor
  private final FileChannel lockChannel;
  private final ObjectNode notes = Json.object();
  private Journal journal;
  private final long startNanos = System.nanoTime();
  private volatile boolean finished;
  private volatile int wholeFiles;
  private volatile int filesOfParts;
  private boolean begunHere;

  /** What a smaller run has listed: it stays until this one is finished. */
  private Set<String> replaceable = Set.of();

  /** What takes its place then, now under the name with {@link #NEXT}. */
  private final SortedMap<String, Journal.Entry> replacing = new TreeMap<>();

  private double earlierSeconds;

  private RunDirectory(Path directory, ObjectNode header, String device, FileChannel lockChannel) {
    this.directory = directory;
    this.header = header;
    this.device = device;
    this.lockChannel = lockChannel;
  }

  /**
   * Claims a directory for a stage.
   *
   * @param kind what the stage makes: "checkpoints", "features", …
   * @param settings the resolved settings
   * @param inputs fingerprints of what the stage reads
   * @throws JourneyException if another process has it, or it holds something else
   */
  public static RunDirectory claim(
      Path directory, String kind, ObjectNode settings, ObjectNode inputs) {
    return claim(directory, kind, 1, settings, inputs);
  }

  /**
   * Claims a directory for a stage whose files have a later format than the first.
   *
   * @throws JourneyException as {@link #claim(Path, String, ObjectNode, ObjectNode)}, and if it
   *     holds another format
   */
  public static RunDirectory claim(
      Path directory, String kind, int format, ObjectNode settings, ObjectNode inputs) {
    return claim(directory, kind, format, settings, inputs, null);
  }

  /**
   * Claims a directory for a stage that computes on a device.
   *
   * @param device what the stage computes on, as {@link Compute#device} names it
   * @throws JourneyException as {@link #claim(Path, String, int, ObjectNode, ObjectNode)}, and if
   *     it was begun on another device and is unfinished
   */
  static RunDirectory claim(
      Path directory,
      String kind,
      int format,
      ObjectNode settings,
      ObjectNode inputs,
      String device) {
    ObjectNode header = header(kind, settings, inputs).put("format", format);
    return claim(directory, header, device, found -> header, found -> false);
  }

  /**
   * Claims a directory for a stage of several units, each of which is the same whatever their
   * number. Where it holds fewer, all else equal, the others are added: what is there stays as it
   * is, and a finished directory stays finished, with what it had, until it has them all.
   *
   * @param format of the stage's files
   * @param units the name of the setting that says how many
   * @param count how many there shall be
   * @param settings those of a number of units
   * @param inputs those of a number of units
   * @param device what the stage computes on, as {@link Compute#device} names it
   * @throws JourneyException as {@link #claim(Path, String, ObjectNode, ObjectNode)}
   */
  public static RunDirectory claimGrowing(
      Path directory,
      String kind,
      int format,
      String units,
      int count,
      IntFunction<ObjectNode> settings,
      IntFunction<ObjectNode> inputs,
      String device) {
    IntFunction<ObjectNode> headers =
        some -> header(kind, settings.apply(some), inputs.apply(some)).put("format", format);
    ObjectNode header = headers.apply(count);
    return claim(
        directory,
        header,
        device,
        found -> {
          int there = found.path("settings").path(units).asInt(count);
          return there > 0 && there < count ? headers.apply(there) : header;
        },
        found -> found.path("settings").path(units).asInt() > count);
  }

  private static ObjectNode header(String kind, ObjectNode settings, ObjectNode inputs) {
    ObjectNode header = Json.object();
    header.put("kind", kind).put("format", 1);
    header.set("settings", settings);
    header.set("inputs", inputs);
    return header;
  }

  /**
   * @param alike what a directory begun with some header must have been begun with: that of this
   *     run, or of a part of it
   * @param larger whether some header is of a run of which this one is a part
   */
  private static RunDirectory claim(
      Path directory,
      ObjectNode header,
      String device,
      UnaryOperator<ObjectNode> alike,
      Predicate<ObjectNode> larger) {
    try {
      Files.createDirectories(directory);
      if (!RunStatus.isRunDirectory(directory)) {
        refuseForeignFiles(directory);
      }
      RunDirectory run = new RunDirectory(directory, header, device, lock(directory));
      run.takeOver(alike, larger);
      OPEN.add(run);
      return run;
    } catch (IOException e) {
      throw new JourneyException(
          "Cannot use " + directory + " for the results: " + Failures.reason(e) + ".", e);
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    Path file = Confined.path(directory, LOCK);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      Confined.file(directory, LOCK); // A pipe would block.
    }
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another claim inside this process: reported below like one of another process.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new JourneyException(
          directory + " is being written by another run: wait for it, or name a new directory.");
    }
    return channel;
  }

  private void takeOver(UnaryOperator<ObjectNode> alike, Predicate<ObjectNode> larger)
      throws IOException {
    try {
      journal = Journal.read(directory);
      for (String notes : Journal.ofTasks(directory)) {
        takeOverNotes(notes); // Of processes that outlived the one that sent their tasks.
      }
      wholeFiles = journal.files().size();
      boolean begun = Confined.exists(directory, SETTINGS);
      if (Confined.exists(directory, Manifest.FILE)) {
        boolean ofMore = begun && larger.test(Json.read(path(SETTINGS)));
        takeOver(Manifest.read(directory), alike, ofMore);
      } else if (begun) {
        ObjectNode found = Json.read(Confined.file(directory, SETTINGS));
        requireAlike(SETTINGS, found, alike);
        requireDevice(found);
        if (SettingsDifference.first(withoutDevice(found), header) != null) {
          AtomicFile.write(path(SETTINGS), Json.bytes(begun()));
        }
        earlierSeconds = journal.seconds();
      } else {
        begunHere = true;
        AtomicFile.write(path(SETTINGS), Json.bytes(begun()));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void requireAlike(String file, ObjectNode found, UnaryOperator<ObjectNode> alike) {
    if (found.path("kind").equals(header.path("kind"))) {
      Manifest.requireFormat(directory, found, header.path("format").asInt());
    }
    SettingsDifference.refuse(directory, file, withoutDevice(found), alike.apply(found));
  }

  private static ObjectNode withoutDevice(ObjectNode found) {
    ObjectNode rest = found.deepCopy();
    rest.remove(Manifest.DEVICE);
    return rest;
  }

  /** The header and, unless it is the processor, the device. */
  private ObjectNode begun() {
    ObjectNode begun = header.deepCopy();
    if (device != null) {
      begun.put(Manifest.DEVICE, device);
    }
    return begun;
  }

  /** What was begun on a device is not continued on another, which rounds otherwise. */
  private void requireDevice(ObjectNode found) {
    String other = found.path(Manifest.DEVICE).asText(null);
    if (!Objects.equals(other, device)) {
      throw new JourneyException(
          directory
              + " was begun on "
              + name(other)
              + ", this run computes on "
              + name(device)
              + ": continue it there, or name a new directory.");
    }
  }

  private static String name(String device) {
    return device == null ? "the processor" : device;
  }

  /**
   * A finished directory, or the beginning of a larger one.
   *
   * @param ofMore whether notes beside the manifest are of a run that is larger still
   */
  private void takeOver(Manifest found, UnaryOperator<ObjectNode> alike, boolean ofMore)
      throws IOException {
    requireAlike(Manifest.FILE, found.header(), alike);
    finished = SettingsDifference.first(withoutDevice(found.header()), header) == null;
    if (finished) {
      if (!ofMore) {
        removeNotes(); // Those of a larger run stay, for it to go on.
      }
      journal.take(found);
    }
    if (!finished) {
      replaceable = Set.copyOf(found.names());
      requireDevice(found.header());
      if (ofMore) {
        // Its files are more than this run's manifest may list.
        Files.deleteIfExists(path(Journal.FILE));
        journal = Journal.read(directory);
      }
      journal.take(found);
      double before =
          Confined.exists(directory, TIMING)
              ? Json.read(path(TIMING)).path("seconds").asDouble()
              : 0;
      earlierSeconds = Math.max(journal.seconds(), before);
      wholeFiles = journal.files().size();
      AtomicFile.write(path(SETTINGS), Json.bytes(begun()));
    }
  }

  /** Before the lock, so that a folder of something else is left as it was. */
  private static void refuseForeignFiles(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      Path foreign = entries.sorted().filter(p -> holdsMoreThanNotes(p)).findFirst().orElse(null);
      if (foreign != null) {
        throw new JourneyException(
            directory
                + " already holds "
                + foreign.getFileName()
                + ", which this stage did not write: name a new or empty directory.");
      }
    }
  }

  /** Those this process is writing at this moment, unfinished, in the order of their claims. */
  public static List<RunDirectory> unfinished() {
    synchronized (OPEN) {
      return OPEN.stream().filter(run -> !run.finished).toList();
    }
  }

  /** How many files are whole so far, those of earlier attempts and of finished parts included. */
  public int wholeFiles() {
    return wholeFiles + filesOfParts;
  }

  /** How many parts of the work are kept unfinished, to go on in their midst. */
  public int begunFiles() {
    return begun(directory);
  }

  /** Counts the same in a directory that nobody need have claimed. */
  static int begun(Path directory) {
    try (Stream<Path> files = Files.walk(directory, DEPTH)) {
      return (int) files.filter(file -> file.getFileName().toString().endsWith(RESUME)).count();
    } catch (IOException | UncheckedIOException e) {
      return 0; // Only told, to a person.
    }
  }

  /** Returns the settings of this run. */
  ObjectNode settings() {
    return header.withObject("settings").deepCopy();
  }

  /** Where the directory is. */
  public Path directory() {
    return directory;
  }

  @Override
  public Path path(String name) {
    return Confined.path(directory, name);
  }

  /** Whether the stage had already been finished when it was claimed. */
  public boolean isFinished() {
    return finished;
  }

  /** Whether some units had been written before this claim. */
  public boolean isResumed() {
    return earlierSeconds > 0;
  }

  @Override
  public synchronized boolean has(String name) {
    return journal.isWhole(name);
  }

  @Override
  public void write(String name, AtomicFile.Content content) {
    if (!replaceable.contains(name) || !has(name)) {
      String sha256 = AtomicFile.write(path(name), content);
      note(name, sha256);
      return;
    }
    Path next = path(name + NEXT);
    String sha256 = AtomicFile.write(next, content);
    try {
      synchronized (this) {
        replacing.put(name, new Journal.Entry(Files.size(next), sha256));
      }
    } catch (IOException e) {
      throw new JourneyException("Cannot read " + next + ": " + Failures.reason(e) + ".", e);
    }
  }

  @Override
  public StageFiles elsewhere(String task) {
    return new FilesElsewhere(directory.toAbsolutePath().toString(), Journal.nameFor(task));
  }

  @Override
  public synchronized void takeOver(String task) {
    takeOverNotes(Journal.nameFor(task));
  }

  /** Takes over what a task in another process has noted, as far as its files are whole. */
  private void takeOverNotes(String notes) {
    Journal written = Journal.read(directory, notes);
    for (Map.Entry<String, Journal.Entry> file : written.files().entrySet()) {
      if (written.isWhole(file.getKey())) {
        note(file.getKey(), file.getValue().sha256());
      }
    }
    try {
      Files.deleteIfExists(path(notes));
    } catch (IOException e) {
      throw new JourneyException(
          "Cannot delete " + path(notes) + ": " + Failures.reason(e) + ".", e);
    }
  }

  private synchronized void note(String name, String sha256) {
    try {
      journal.note(name, Files.size(path(name)), sha256, seconds());
      wholeFiles = journal.files().size();
    } catch (IOException e) {
      throw new JourneyException(
          "Cannot note " + name + " in " + directory + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** Seconds of work so far, those before an interruption included. */
  public double seconds() {
    return earlierSeconds + (System.nanoTime() - startNanos) * 1e-9;
  }

  /**
   * Adds something to the manifest for its reader to know. It is not compared when the directory is
   * claimed again, nor part of the fingerprint: what decides the result belongs to settings and
   * inputs.
   *
   * @param data how the data were treated, which the fingerprint of the inputs covers
   */
  public void describeData(ObjectNode data) {
    notes.set(Manifest.DATA, data);
  }

  /**
   * Adds the fingerprint of a part to the manifest.
   *
   * @param folder where a stage was finished that this one uses
   */
  synchronized void notePart(String folder) {
    Manifest part = Manifest.read(Confined.path(directory, folder));
    notes.withObject(Manifest.PARTS).put(folder, part.fingerprint());
    filesOfParts += part.names().size();
  }

  /**
   * Writes the manifest: from now on the directory is complete.
   *
   * @param timing what was measured, beside the seconds; not covered by checksums
   */
  public synchronized void finish(ObjectNode timing) {
    ObjectNode list = Json.object();
    SortedMap<String, Journal.Entry> files = new TreeMap<>(journal.files());
    files.putAll(replacing);
    for (Map.Entry<String, Journal.Entry> file : files.entrySet()) {
      ObjectNode entry = Json.object();
      entry.put("bytes", file.getValue().bytes());
      entry.put("sha256", file.getValue().sha256());
      list.set(file.getKey(), entry);
    }
    ObjectNode manifest = begun();
    manifest.setAll(notes);
    manifest.set("files", list);
    manifest.put(Manifest.DIGEST, Manifest.digest(manifest));
    ObjectNode times = Json.object();
    times.put("seconds", Math.round(seconds() * 1000) / 1000.0);
    times.put("resumed", isResumed());
    times.put("peak_resident_bytes", Memory.peakResidentBytes());
    times.setAll(timing);
    times.set("versions", Versions.all());
    AtomicFile.write(path(TIMING), Json.bytes(times));
    replacing.keySet().forEach(this::replace);
    AtomicFile.write(path(Manifest.FILE), Json.bytes(manifest));
    removeNotes();
    finished = true;
  }

  private void replace(String name) {
    try {
      Files.move(
          path(name + NEXT),
          path(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new JourneyException(
          "Cannot replace " + path(name) + ": " + Failures.reason(e) + ".", e);
    }
  }

  /**
   * Deletes an unfinished directory with what it holds, for parts that have been put together
   * elsewhere. Settings go last: until then the same run can claim it again.
   */
  public synchronized void discard() {
    try {
      for (String name : journal.files().keySet()) {
        Files.deleteIfExists(path(name));
      }
      Files.deleteIfExists(path(Journal.FILE));
      try (Stream<Path> entries = Files.list(directory)) {
        for (Path rest : entries.toList()) {
          if (rest.getFileName().toString().endsWith(AtomicFile.TEMPORARY)) {
            Files.delete(rest);
          }
        }
      }
      Files.deleteIfExists(path(SETTINGS));
      Files.deleteIfExists(path(LOCK));
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new JourneyException("Cannot delete " + directory + ": " + Failures.reason(e) + ".", e);
    }
  }

  /** The manifest decides: notes that cannot be removed do no harm. */
  private void removeNotes() {
    for (String name : new String[] {Journal.FILE, SETTINGS}) {
      try {
        Files.deleteIfExists(path(name));
      } catch (IOException | JourneyException e) {
        return;
      }
    }
  }

  /** Folders of stages that wrote nothing hold only notes, too. */
  private static boolean holdsMoreThanNotes(Path entry) {
    try (Stream<Path> inside = Files.walk(entry)) {
      return inside
          .filter(p -> !Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS))
          .map(p -> p.getFileName().toString())
          .anyMatch(
              n -> !(n.equals(LOCK) || n.equals(SETTINGS) || n.endsWith(AtomicFile.TEMPORARY)));
    } catch (IOException | UncheckedIOException e) {
      return true; // It cannot be looked into, so it is not ours.
    }
  }

  /** Gives the claim up; what is written stays. A run that wrote nothing leaves no settings. */
  @Override
  public void close() {
    OPEN.remove(this);
    try (FileChannel lock = lockChannel) {
      if (begunHere && !finished && Files.exists(directory) && !holdsMoreThanNotes(directory)) {
        Files.deleteIfExists(path(SETTINGS));
      }
    } catch (IOException e) {
      throw new JourneyException(
          "Cannot release " + directory + ": " + Failures.reason(e) + ".", e);
    }
  }
}
