package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names of files do not depend on the locale. Folders with other names than ASCII are made by a
 * shell, since this test itself may run in any locale.
 */
class LocaleTest {
  private static final Map<String, String> UTF8 = Map.of("LC_ALL", "C.UTF-8");
  private static final List<Map<String, String>> ENVIRONMENTS =
      List.of(UTF8, Map.of("LC_ALL", "C"), Map.of("LANG", "xx_XX"), Map.of());

  @TempDir Path folder;

  private record Outcome(int status, String text) {
    String line(String start) {
      return text.lines().filter(line -> line.startsWith(start)).findFirst().orElse(text);
    }
  }

  private static Outcome run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv("PATH"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    byte[] text = process.getInputStream().readAllBytes();
    return new Outcome(process.waitFor(), new String(text, StandardCharsets.UTF_8));
  }

  /** Writes in a shell, where names may be given as octal bytes to printf. */
  private void shell(String script) throws IOException, InterruptedException {
    List<String> command = List.of("sh", "-c", "cd '" + folder + "' && " + script);
    Outcome outcome = run(UTF8, command);
    assertThat(outcome.status()).as(outcome.text()).isZero();
  }

  private void pictures() throws IOException, InterruptedException {
    for (int i = 0; i < 3; i++) {
      BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
      image.setRGB(0, 0, 0x010101 * i);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(image, "png", bytes);
      Files.write(folder.resolve(i + ".picture"), bytes.toByteArray());
    }
    // é/ä.png, è/ä.png and the same é taken apart, as a Mac writes it
    shell(
        "e=$(printf '\\303\\251') f=$(printf '\\303\\250') g=$(printf 'e\\314\\201') a=$(printf"
            + " '\\303\\244') && mkdir -p set/$e set/$f set/$g && mv 0.picture set/$e/$a.png &&"
            + " mv 1.picture set/$f/$a.png && mv 2.picture set/$g/$a.png");
  }

  private static List<String> java(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(args));
    return command;
  }

  @Test
  void idsClassesAndFingerprintAreTheSameInEveryLocale() throws Exception {
    pictures();
    shell("for i in set/*/*.png; do echo 'a picture' > \"${i%.png}.txt\"; done");
    List<String> command = java("inspect", "--data", folder.resolve("set").toString());
    Outcome expected = run(UTF8, command);
    assertThat(expected.text())
        .contains(
            "classes      3", "e\u0301/\u00e4.png", "\u00e9/\u00e4.png", "captions     3 in all");
    for (Map<String, String> environment : ENVIRONMENTS) {
      assertThat(run(environment, command)).as(environment.toString()).isEqualTo(expected);
    }
    shell("tar cf set.tar -C set .");
    List<String> packed = java("inspect", "--data", folder.resolve("set.tar").toString());
    for (Map<String, String> environment : ENVIRONMENTS) {
      assertThat(run(environment, packed).line("fingerprint"))
          .isEqualTo(expected.line("fingerprint"));
    }
  }

  @Test
  void namesThatAreNotUtf8AreRefusedAndNeverOne() throws Exception {
    pictures();
    shell(
        "x=$(printf '\\377') y=$(printf '\\376') && cp set/*/*.png . ; for i in *.png; do"
            + " mkdir -p odd && cp $i odd/$x.png && cp $i odd/$y.png; done");
    for (Map<String, String> environment : ENVIRONMENTS) {
      Outcome outcome =
          run(environment, java("inspect", "--data", folder.resolve("odd").toString()));
      assertThat(outcome.status()).isEqualTo(2);
      assertThat(outcome.text()).contains("None of the 2 images", "\\xfe.png, \\xff.png", "UTF-8");
    }
    shell("tar cf odd.tar -C odd .");
    Outcome packed = run(UTF8, java("inspect", "--data", folder.resolve("odd.tar").toString()));
    assertThat(packed.status()).isEqualTo(2);
    assertThat(packed.text()).contains("a name that is not UTF-8");
  }

  /** A launcher with a java that says what it sees, in a folder ü. */
  private String launcher() throws Exception {
    shell(
        "u=$(printf '\\303\\274') && mkdir -p $u/.mvn/wrapper $u/cli/target/lib $u/cli/src/main"
            + " $u/core && cp '"
            + Path.of("..").toRealPath()
            + "/journey' $u/ && cp '"
            + Path.of("../.mvn/wrapper/java.sh").toRealPath()
            + "' '"
            + Path.of("../.mvn/wrapper/memory.sh").toRealPath()
            + "' $u/.mvn/wrapper/"
            + " && touch $u/pom.xml $u/core/pom.xml $u/cli/pom.xml"
            + " && for m in base dataset results diffusion attribution evaluation report explorer; do"
            + " mkdir -p $u/$m/src/main && touch $u/$m/pom.xml"
            + " $u/cli/target/lib/journey-$m-0.1.0.jar; done"
            + " && touch $u/cli/target/journey-cli-0.1.0.jar"
            + " && mkdir -p jdk/bin && echo 'JAVA_VERSION=\"17.0.1\"' > jdk/release");
    script("jdk/bin/java", "#!/bin/sh\nlocale charmap\nprintf '%s\\n' \"$@\"\n");
    return "cd '" + folder + "' && \"$(printf '\\303\\274')/journey\"";
  }

  private void script(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void theLauncherGivesJavaNamesInUtf8() throws Exception {
    String launcher = launcher();
    for (Map<String, String> environment : ENVIRONMENTS) {
      Map<String, String> all = new java.util.HashMap<>(environment);
      all.put("JAVA_HOME", folder.resolve("jdk").toString());
      Outcome outcome =
          run(all, List.of("sh", "-c", launcher + " --out \"$(printf '\\303\\251')\""));
      assertThat(outcome.text().lines()).first().isEqualTo("UTF-8");
      assertThat(outcome.text()).endsWith("--out\n\u00e9\n").contains("/\u00fc/cli/target/lib/*");
    }
  }

  @Test
  void aMachineWithoutUtf8IsToldSo() throws Exception {
    String launcher = launcher();
    Files.createDirectories(folder.resolve("bin"));
    script("bin/locale", "#!/bin/sh\n[ \"$1\" = -a ] && echo C || echo ANSI_X3.4-1968\n");
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME",
            folder.resolve("jdk").toString(),
            "PATH",
            folder.resolve("bin") + ":" + System.getenv("PATH"));
    Outcome refused = run(environment, List.of("sh", "-c", launcher + " --version"));
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.text())
        .startsWith("There is no UTF-8 locale on this machine")
        .hasLineCount(1);
    shell("mv \"$(printf '\\303\\274')\" plain");
    Outcome plain =
        run(environment, List.of("sh", "-c", "cd '" + folder + "' && plain/journey --version"));
    assertThat(plain.status()).as(plain.text()).isZero();
  }

  @Test
  void everyScriptThatStartsJavaAsksForUtf8() throws IOException {
    try (Stream<String> scripts = Stream.of("../journey", "../mvnw", "../benchmarks/run")) {
      assertThat(scripts)
          .allSatisfy(s -> assertThat(Files.readString(Path.of(s))).contains("\nuse_utf8 \"$"));
    }
  }
}
