package io.journey.benchmarks.hostile;

import io.journey.random.RandomStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Changes to a folder of images: names, links, pipes, foreign files. */
final class FolderMutations {
  private static final List<String> NAMES =
      List.of(
          "a\u001b[31mred.png",
          "\u202egnp.exe",
          "-rf.png",
          " .png",
          "a,b.png",
          "a\nb.png",
          "=1+1.png",
          "?size=4.png",
          "#x.png",
          "ü.png",
          "%2F.png",
          ".hidden.png",
          "x".repeat(250) + ".png",
          "a.PNG",
          "a.jpg",
          "a.txt",
          "a.xml",
          "a",
          "train",
          "test",
          "metadata.csv",
          "Thumbs.db",
          "x.tar",
          "x.parquet",
          "data_batch_1.bin",
          "train-images-idx3-ubyte");

  private final Path folder;
  private final RandomStream random;
  private String said = "";

  FolderMutations(Path folder, RandomStream random) {
    this.folder = folder;
    this.random = random;
  }

  /** One to five changes; says which. */
  String several() throws IOException {
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      try {
        one();
      } catch (FileSystemException e) {
        said += " in vain;";
      }
    }
    return said.strip();
  }

  private void one() throws IOException {
    Path file = existing();
    Path into = random.nextInt(2) == 0 ? file.getParent() : folder;
    String name = NAMES.get(random.nextInt(NAMES.size()));
    Path fresh = into.resolve(name);
    switch (random.nextInt(60)) {
      case 0 -> pipe(fresh);
      case 1, 2, 3, 4, 5 -> link(fresh, file, "to an image");
      case 6, 7, 8 -> link(fresh, Path.of("../../outside/secret.txt"), "outside");
      case 9, 10, 11 -> link(fresh, Path.of("."), "to its folder");
      case 12, 13, 14, 16, 17 -> link(fresh, Path.of(name), "to itself");
      case 15 -> link(fresh, Path.of("/dev/zero"), "to endless zeros");
      case 18, 19, 20, 21 -> Files.createDirectory(say("folder", fresh));
      case 22, 23, 24, 25, 26 -> Files.createFile(say("empty", fresh));
      case 27, 28, 29, 30, 31 -> Files.delete(say("deleted", file));
      case 32, 33, 34, 35, 36 -> Files.write(say("text in", file), "no image".getBytes());
      case 37, 38, 39 -> deep(fresh);
      default -> Files.move(file, say("renamed", fresh));
    }
  }

  private Path existing() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> files =
          all.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
      return files.isEmpty()
          ? Files.createFile(folder.resolve("first.png"))
          : files.get(random.nextInt(files.size()));
    }
  }

  private void link(Path fresh, Path to, String word) throws IOException {
    Files.createSymbolicLink(say("link " + word, fresh), to);
  }

  private void deep(Path at) throws IOException {
    Path inside = at;
    for (int i = 0; i < 40; i++) {
      inside = inside.resolve("d");
    }
    Files.createDirectories(say("deep", inside));
  }

  private void pipe(Path fresh) throws IOException {
    Process made = new ProcessBuilder("mkfifo", say("pipe", fresh).toString()).start();
    try {
      made.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Path say(String word, Path path) {
    String name = path.getFileName().toString();
    said += " " + word + " " + (name.length() > 30 ? name.substring(0, 30) + "…" : name) + ";";
    return path;
  }
}
