package io.journey.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Command lines that cannot be understood are answered in plain words, not Java's. */
class UsageSentenceTest {
  private static String said(String... command) {
    CommandRun run = CommandRun.of(command);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1);
    return run.err().replaceFirst(" Try .*\\R", "");
  }

  @Test
  void whatIsMissingIsNamedAsTyped() {
    assertThat(said("sample", "--checkpoint", "a", "--count", "1"))
        .isEqualTo("The option --out FILE is missing.");
    assertThat(said("sample", "--count", "1"))
        .isEqualTo("The options --checkpoint SPEC and --out FILE are missing.");
    assertThat(said("sample", "--checkpoint", "a", "--out", "b", "--promt", "a cat"))
        .isEqualTo("There is no option '--promt'; did you mean --prompt?");
    assertThat(said("sample", "--checkpoint", "a", "--out", "b", "--spacing", "leeding"))
        .endsWith("got 'leeding'; did you mean leading?");
    assertThat(said("train", "--data", "a", "--out"))
        .isEqualTo("--out has no value: write --out DIR.");
  }

  @Test
  void oneOfSeveralOptionsIsAskedFor() {
    String[] command = {"attribute", "--checkpoints", "a", "--features", "b", "--out", "c"};
    assertThat(said(command))
        .isEqualTo("One of the options --target FILE and --image FILE|DIR is missing.");
    assertThat(said(TinyFlow.with(command, "--prompt", "a cat")))
        .isEqualTo("--prompt goes with --image FILE|DIR, which is missing.");
    assertThat(said(TinyFlow.with(command, "--prompt=a cat", "--class", "1", "--target", "x")))
        .isEqualTo("--prompt and --class go with --image FILE|DIR, which is missing.");
    assertThat(
            said("groups", "--attribution", "a", "--group", "b", "--out", "c", "--where", "id=1"))
        .isEqualTo("--where goes with --data SPEC, which is missing.");
    assertThat(said(TinyFlow.with(command, "--target", "x", "--image", "y")))
        .isEqualTo("--target and --image are mutually exclusive: give one.");
  }

  @Test
  void whatIsGivenTwiceOrTakesNoValueIsNamed() {
    assertThat(said("train", "--data", "a", "--out", "b", "--out", "c"))
        .isEqualTo("--out is given twice: give it once.");
    String[] attribute = {"attribute", "--checkpoints", "a", "--features", "b", "--out", "c"};
    assertThat(said(TinyFlow.with(attribute, "--image", "a.png", "--image=b.png")))
        .isEqualTo("--image is given twice: give it once.");
    assertThat(said("train", "--data", "a", "--out", "b", "--classes=3"))
        .isEqualTo("--classes takes no value, got '3'.");
  }

  /** An empty name would be the working directory. */
  @Test
  void anEmptyNameOfAFileIsNone() {
    String[] attribute = {"attribute", "--checkpoints", "a", "--features", "b", "--out", "c"};
    assertThat(said(TinyFlow.with(attribute, "--image", "")))
        .isEqualTo("--image takes the name of a file or folder, got ''.");
    assertThat(said("explore", "")).isEqualTo("RUN takes the name of a file or folder, got ''.");
    assertThat(said("sample", "--checkpoint", "", "--out", "b"))
        .isEqualTo("--checkpoint takes the name of a file or folder, got ''.");
  }

  @Test
  void aNumberOfAListIsNoJavaType() {
    assertThat(said("evaluate", "flips", "--attribution", "a", "--out", "b", "--top", "1,x"))
        .isEqualTo("--top takes a whole number of at most 2147483647, got 'x'.");
    assertThat(said("evaluate", "emergence", "--checkpoint", "a", "--samples", "99999999999"))
        .startsWith("--samples takes a whole number of at most 2147483647, got '99999999999'");
  }
}
