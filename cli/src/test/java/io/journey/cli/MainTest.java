package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @Test
  void helpShowsCommandsAndExamplesAndSucceeds() {
    CommandRun run = CommandRun.of("--help");
    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("inspect", "Examples:").doesNotContain("%n");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void versionNamesJourneyAndJava() {
    assertThat(CommandRun.of("--version").out())
        .matches("journey \\d+\\.\\d+\\.\\d+\\S* \\(Java .*\\)\\R");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        " | No command is given. Try 'journey --help'.",
        "inspct | There is no command 'inspct'; did you mean inspect? Try 'journey --help'.",
        "inspect | inspect takes either a PATH or --data SPEC, and got neither. Try 'journey inspect"
            + " --help'.",
        "inspect --foo x | There is no option '--foo'. Try 'journey inspect --help'.",
        "inspect a b | There is one argument too many, 'b'. Try 'journey inspect --help'.",
      })
  void aMistypedCommandIsOneSentenceThatNamesTheHelp(String args, String sentence) {
    CommandRun run = CommandRun.of(args == null ? new String[0] : args.split(" "));
    assertThat(run.err().strip()).isEqualTo(sentence);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void whatTheUserCanMendIsItsSentenceAlone() {
    CommandRun run = CommandRun.failing(new JourneyException("The disk is full."), "fail");
    assertThat(run.err().strip()).isEqualTo("The disk is full.");
    assertThat(run.status()).isEqualTo(2);
  }

  @Test
  void aSettingOutOfRangeIsItsSentenceAlone() {
    CommandRun run =
        CommandRun.failing(new SettingException("dim must be at least 1, got 0"), "fail");
    assertThat(run.err().strip()).isEqualTo("dim must be at least 1, got 0.");
    assertThat(run.status()).isEqualTo(2);
  }

  /** Of a bug, or of a library. */
  @Test
  void anotherArgumentThatIsRefusedIsADefect() {
    CommandRun run = CommandRun.failing(new NumberFormatException("For input string"), "fail");
    assertThat(run.err()).startsWith("This is a defect of Journey: ");
    assertThat(run.status()).isEqualTo(1);
  }

  @Test
  void aFailedReadIsOneSentence() {
    IOException cause = new IOException("No space left on device");
    CommandRun run = CommandRun.failing(new UncheckedIOException(cause), "fail");
    assertThat(run.err()).startsWith("Input or output failed: the disk is full").hasLineCount(1);
    assertThat(run.status()).isEqualTo(2);
  }

  @Test
  void aDefectIsOneLineWithoutStackTrace() {
    CommandRun run = CommandRun.failing(new IllegalStateException("two\nlines"), "fail");
    assertThat(run.err())
        .contains("IllegalStateException: two lines", "--debug")
        .doesNotContain("\tat ")
        .hasLineCount(1);
    assertThat(run.status()).isEqualTo(1);
  }

  @Test
  void debugAddsTheStackTrace() {
    CommandRun run = CommandRun.failing(new IllegalStateException("why"), "--debug", "fail");
    assertThat(run.err()).contains("\tat io.journey.cli.").doesNotContain("again with --debug");
    assertThat(run.status()).isEqualTo(1);
  }

  @Test
  void aFileNestedTooDeeplyIsOneSentence() {
    CommandRun run = CommandRun.failing(new StackOverflowError(), "fail");
    assertThat(run.err()).contains("nested too deeply", "--debug").hasLineCount(1);
    assertThat(run.status()).isEqualTo(2);
  }

  @Test
  void messagesCarryNothingThatCommandsATerminal() {
    String name = "\u001b[2J\u202egnp.tac\u009b1m";
    CommandRun run = CommandRun.failing(new JourneyException(name + " is no picture."), "fail");
    assertThat(run.err().strip()).isEqualTo("\\u001b[2J\\u202egnp.tac\\u009b1m is no picture.");
    assertThat(CommandRun.of("inspect", "no/" + name).err())
        .contains("no/\\u001b[2J\\u202egnp.tac")
        .doesNotContain("\u001b", "\u202e", "\u009b");
  }

  @Test
  void examplesOfHelpCanBeCopied() {
    for (List<String> command : commands()) {
      String[] words = Stream.concat(command.stream(), Stream.of("--help")).toArray(String[]::new);
      List<String> lines = CommandRun.of(words).out().lines().toList();
      assertThat(lines).as("%s", command).allMatch(line -> line.length() <= 80);
      int examples = lines.indexOf("Examples:");
      assertThat(lines.subList(examples + 1, lines.size()))
          .as("%s", command)
          .allMatch(line -> line.startsWith("  ") && !line.endsWith("\\\\"));
    }
  }

  /** The words of every command, such as evaluate lds. */
  private static List<List<String>> commands() {
    List<List<String>> found = new ArrayList<>();
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    Main.commandLine(nowhere, nowhere)
        .getSubcommands()
        .forEach(
            (name, command) -> {
              found.add(List.of(name));
              command.getSubcommands().keySet().forEach(own -> found.add(List.of(name, own)));
            });
    return found;
  }

  @Test
  void helpHasNoEscapesEither() {
    assertThat(CommandRun.of("train", "--help").out()).doesNotContain("\u001b", "\\u00");
  }

  @Test
  void aCharacterWrittenInHalvesIsWhole() {
    StringWriter out = new StringWriter();
    try (PrintWriter terminal = new PrintWriter(new PrintableWriter(out))) {
      for (char c : "👩\u200d👧 é\u202e\ud83d!\r\n\tx\r".toCharArray()) {
        terminal.write(c);
      }
      terminal.write("\r\n");
    }
    assertThat(out).hasToString("👩\u200d👧 é\\u202e\\ud83d!\\u000d\n\tx\\u000d\r\n");
  }

  @Test
  void memoryThatRanOutSaysWhatToChange() {
    CommandRun run = CommandRun.failing(new OutOfMemoryError("Java heap space"), "fail");
    assertThat(run.err()).contains("Java heap space", "-Xmx").hasLineCount(1);
    assertThat(run.status()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "std::bad_alloc",
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory:\n"
            + "you tried to allocate 4096 bytes. Error code 12 (Cannot allocate memory)",
        "Cannot allocate new FloatPointer(4096): totalBytes = 16K, physicalBytes = 1G"
      })
  void nativeMemoryThatRanOutIsOneSentenceAndNoDefect(String told) {
    for (Throwable failure :
        new Throwable[] {
          new RuntimeException(told),
          new OutOfMemoryError(told),
          new IllegalStateException("it failed", new RuntimeException(told))
        }) {
      CommandRun run = CommandRun.failing(failure, "fail");
      assertThat(run.err())
          .startsWith("Memory ran out in native code")
          .contains("--threads 1", "the same command goes on")
          .doesNotContain("-Xmx", "defect")
          .hasLineCount(1);
      assertThat(run.status()).isEqualTo(2);
    }
  }

  @Test
  void threadsThatCannotStartAreNotMendedByALargerHeap() {
    String told = "unable to create native thread: possibly out of memory or limits reached";
    CommandRun run = CommandRun.failing(new OutOfMemoryError(told), "fail");
    assertThat(run.err()).contains("no further thread", "ulimit -u").doesNotContain("-Xmx");
    assertThat(run.err()).hasLineCount(1);
    assertThat(run.status()).isEqualTo(2);
  }

  @Test
  void aLibraryWithoutRoomInMemoryIsTold() {
    Error failure = new UnsatisfiedLinkError("no jnitorch");
    failure.initCause(
        new UnsatisfiedLinkError("libtorch_cpu.so: failed to map segment from shared object"));
    CommandRun run = CommandRun.failing(failure, "fail");
    assertThat(run.err()).startsWith("Memory ran out in native code").hasLineCount(1);
    assertThat(run.status()).isEqualTo(2);
  }

  @Test
  void aLibraryThatCannotBeLoadedIsOneLine() {
    CommandRun run = CommandRun.failing(new UnsatisfiedLinkError("no jnitorch"), "fail");
    assertThat(run.err()).contains("could not be loaded", "no jnitorch").hasLineCount(1);
    assertThat(run.status()).isEqualTo(1);
  }
}
