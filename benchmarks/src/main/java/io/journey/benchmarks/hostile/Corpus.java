package io.journey.benchmarks.hostile;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.features.FeatureStore;
import io.journey.model.Checkpoint;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.run.Manifest;
import io.journey.run.Progress;
import io.journey.run.RunContext;
import io.journey.run.RunDirectory;
import io.journey.sampling.Sampler;
import io.journey.sampling.SamplingRun;
import io.journey.tensor.Libtorch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Makes the files of the originals. */
final class Corpus {
  private static final int IMAGES = 24;
  private static final int SIDE = 8;

  private final Path home;
  private final Path into;

  /**
   * A corpus to be made.
   *
   * @param home the repository
   * @param into a folder that is not there yet
   */
  Corpus(Path home, Path into) {
    this.home = home;
    this.into = into;
  }

  /** The small pictures of every format. */
  Path pictures() {
    return home.resolve("benchmarks/originals");
  }

  /** A folder of a module's golden files. */
  Path golden(String module, String name) {
    return home.resolve(module).resolve("src/test/resources").resolve(name);
  }

  /** The folder of an original, made. */
  Path folder(String name) throws IOException {
    return Files.createDirectories(into.resolve(name));
  }

  /** 24 images of 8×8 grey pixels in 3 classes, in four files of IDX. */
  static void idx(Path folder) throws IOException {
    Files.createDirectories(folder);
    RandomStream random = Seed.of(1).child("corpus").stream();
    byte[] pixels = new byte[IMAGES * SIDE * SIDE];
    byte[] labels = new byte[IMAGES];
    for (int i = 0; i < pixels.length; i++) {
      int image = i / (SIDE * SIDE);
      labels[image] = (byte) (image % 3);
      int slope = (i % SIDE) * 16 * (image % 3 + 1) + (i / SIDE % SIDE) * 8;
      pixels[i] = (byte) Math.min(255, slope + random.nextInt(40));
    }
    Files.write(folder.resolve("train-images-idx3-ubyte"), idx(pixels, IMAGES, SIDE, SIDE));
    Files.write(folder.resolve("train-labels-idx1-ubyte"), idx(labels, IMAGES));
  }

  private static byte[] idx(byte[] values, int... shape) {
    ByteBuffer out = ByteBuffer.allocate(4 + 4 * shape.length + values.length);
    out.putInt(0x800 + shape.length);
    for (int n : shape) {
      out.putInt(n);
    }
    return out.put(values).array();
  }

  /** Records of CIFAR: {@code labels} bytes of label and 3072 of pixels. */
  static void cifar(Path file, int records, int labels) throws IOException {
    RandomStream random = Seed.of(1).child("cifar").stream();
    byte[] bytes = new byte[records * (labels + 3072)];
    for (int i = 0; i < bytes.length; i++) {
      int at = i % (labels + 3072);
      bytes[i] = (byte) (at < labels ? i / (labels + 3072) : random.nextInt(256));
    }
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  /** A tar file of files: name in the archive, file on disk, alternating. */
  static byte[] tar(Object... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
      for (int i = 0; i < entries.length; i += 2) {
        byte[] content =
            entries[i + 1] instanceof Path file
                ? Files.readAllBytes(file)
                : entries[i + 1].toString().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(entries[i].toString());
        entry.setSize(content.length);
        entry.setModTime(0L);
        out.putArchiveEntry(entry);
        out.write(content);
        out.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  static void npy(Path file, DType dtype) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.writeHeader(out, dtype, 3, 4);
    if (dtype == DType.F64 || dtype == DType.I64) {
      Npy.writeNumbers(out, new double[12]);
    } else {
      Npy.writeNumbers(out, dtype, new float[] {1, -2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    }
    Files.write(file, out.toByteArray());
  }

  /** Every stage of a small flow, once: what run directories and checkpoints are copied from. */
  Path flow() throws IOException {
    Path flow = into.resolve("flow");
    if (Files.exists(flow)) {
      return flow;
    }
    idx(Files.createDirectories(flow).resolve("data"));
    Files.writeString(flow.resolve("config.json"), Stages.CONFIG);
    for (String command :
        new String[] {
          "train --data @/data --out @/checkpoints --config @/config.json --seed 3 --count 2",
          "sample --checkpoint @/checkpoints/member-000 --out @/targets.safetensors --count 2"
              + " --inference-steps 10",
          "featurize --checkpoints @/checkpoints --data @/data --out @/features --preconditioner none"
              + " --projection sparse:64 --draws 2",
          "featurize --checkpoints @/checkpoints --data @/data --out @/ekfac"
              + " --projection sparse:64 --draws 2",
          "attribute --checkpoints @/checkpoints --features @/features --target"
              + " @/targets.safetensors --out @/attribution --timesteps 100,300 --draws 2",
          "evaluate timesteps --attribution @/attribution --out @/evaluation",
          "evaluate classifier --data @/data --epochs 1 --out @/classifier",
          "evaluate lds --checkpoints @/checkpoints --data @/data --target @/targets.safetensors"
              + " --timesteps 300 --features @/features --subsets 6 --draws 2 --target-draws 2"
              + " --estimators tracin-dot --ground-truth @/truth --models @/models --out @/lds"
        }) {
      Stages.must(Stages.in(flow, command));
    }
    delete(flow.resolve("models"));
    unfinished(flow);
    return flow;
  }

  /** The directories of runs that did not come to their end. */
  private void unfinished(Path flow) throws IOException {
    Manifest whole = Manifest.read(flow.resolve("features"));
    Path features = flow.resolve("unfinished");
    try (RunDirectory run =
        RunDirectory.claim(
            features, whole.kind(), FeatureStore.FORMAT, whole.settings(), whole.inputs())) {
      for (String name : whole.names()) {
        if (!name.startsWith("member-001/shard")) {
          byte[] bytes = Files.readAllBytes(whole.directory().resolve(name));
          run.write(name, out -> out.write(bytes));
        }
      }
    }
    AtomicInteger told = new AtomicInteger();
    Progress impatient =
        (task, total, unit) ->
            units -> {
              if (told.addAndGet((int) units) > 5) {
                throw new CancellationException("enough for an unfinished run");
              }
            };
    try (Checkpoint model = Checkpoint.read(flow.resolve("checkpoints/member-000"))) {
      new SamplingRun(Sampler.of(model, 4), 7, 3)
          .run(flow.resolve("begun.safetensors"), RunContext.of(Libtorch.device(), 1, impatient));
      throw new IllegalStateException("the run came to its end");
    } catch (CancellationException e) {
      if (!Files.exists(flow.resolve("begun.safetensors.parts/000000.safetensors"))) {
        throw new IllegalStateException("the run left no part", e);
      }
    }
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (!file.endsWith(".lock")) {
          Files.copy(file, target);
        }
      }
    }
  }

  /** Deletes a folder, or does nothing where there is none; links are not followed. */
  static void delete(Path folder) {
    try {
      if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
