package io.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.model.UNet2DConfig;
import io.journey.run.Progress;
import io.journey.training.EnsembleTrainer;
import io.journey.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README shows of the library is compiled and run, on fewer images. */
class ReadmeTest {
  private static final String DATA = "idx:data/fashion-mnist?size=16";
  private static final String FEW = DATA + "&limit=24";

  @TempDir Path folder;

  private static String snippet() throws IOException {
    Matcher java =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../README.md")));
    assertThat(java.find()).isTrue();
    String code = java.group(1);
    assertThat(java.find()).as("a second snippet").isFalse();
    return code;
  }

  @Test
  void theLibraryDoesWhatReadmeShows() throws IOException, InterruptedException {
    String code = snippet();
    assertThat(code).contains(DATA, "runs/a/checkpoints");
    Files.createDirectories(folder.resolve("data"));
    Path link = folder.resolve("data/fashion-mnist");
    Files.createSymbolicLink(link, Path.of("../data/fashion-mnist").toRealPath());
    Dataset data = Datasets.open("../data/fashion-mnist?size=16&limit=24");
    UNet2DConfig model =
        new UNet2DConfig(16, 1, List.of(4, 8), List.of(false, true), 1, 2, 1e-5, 4, true, 0, 1);
    new EnsembleTrainer(model, TrainingConfig.of(4, 8, 2e-3), 1, 3, 2, Duration.ofHours(1))
        .run(data, folder.resolve("runs/a/checkpoints"), Progress.SILENT);
    Path source = folder.resolve("Snippet.java");
    Files.writeString(source, program(code.replace(DATA, FEW)));
    Path said = folder.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                "-cp",
                absolute(System.getProperty("java.class.path")),
                source.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    int status = process.waitFor();
    Files.delete(link);
    assertThat(status).as(Files.readString(said)).isZero();
    List<String> lines =
        Files.readString(said).lines().filter(l -> l.matches("\\S+ \\S+")).toList();
    assertThat(lines).hasSize(5).allMatch(line -> line.matches("train/\\d+ -?[0-9.E-]+"));
  }

  /** All of Journey's packages and some of Java's are imported. */
  private static String program(String code) throws IOException {
    StringBuilder program = new StringBuilder("import java.nio.file.Path;\n");
    for (String name : Sources.packages()) {
      program.append("import io.journey.").append(name).append(".*;\n");
    }
    return program
        .append("public class Snippet { public static void main(String[] args) {\n")
        .append(code)
        .append("}}\n")
        .toString();
  }

  private static String absolute(String classPath) {
    return String.join(
        java.io.File.pathSeparator,
        List.of(classPath.split(java.io.File.pathSeparator)).stream()
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }
}
