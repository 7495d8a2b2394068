package io.journey.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.JourneyException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An index of shards: compared with what the shards hold, and never followed out of its folder. */
class ShardsTest {
  @TempDir Path folder;

  @BeforeEach
  void twoShards() throws IOException {
    write("a.safetensors", "one");
    write("b.safetensors", "two", "three");
  }

  private void write(String file, String... names) throws IOException {
    Safetensors.Writer writer = new Safetensors.Writer();
    for (String name : names) {
      writer.add(name, new float[] {1, 2}, 2);
    }
    try (OutputStream out = Files.newOutputStream(folder.resolve(file))) {
      writer.writeTo(out);
    }
  }

  private Path index(String map, Object total) throws IOException {
    String text = "{'metadata': {'total_size': " + total + "}, 'weight_map': {" + map + "}}";
    return Files.writeString(folder.resolve("x.safetensors.index.json"), text.replace('\'', '"'));
  }

  private static final String GOOD =
      "'one': 'a.safetensors', 'two': 'b.safetensors', 'three': 'b.safetensors'";

  @Test
  void tensorsOfAllShardsAreRead() throws IOException {
    NamedTensors tensors = NamedTensors.open(index(GOOD, 24));
    assertThat(tensors.names()).containsExactly("one", "two", "three");
    assertThat(tensors.floats("three")).containsExactly(1, 2);
    assertThat(tensors.files()).hasSize(2);
  }

  private void refused(Path index, String... said) {
    assertThatThrownBy(() -> NamedTensors.open(index))
        .isInstanceOf(JourneyException.class)
        .hasMessageContainingAll(said);
  }

  @Test
  void everyDisagreementIsNamedAtOnce() throws IOException {
    refused(
        index("'one': 'a.safetensors', 'four': 'a.safetensors', 'two': 'b.safetensors'", 24),
        "index.json",
        "a.safetensors lacks four",
        "b.safetensors holds three");
    write("a.safetensors", "one", "two");
    refused(index(GOOD, 24), "a.safetensors holds two, listed in b.safetensors");
    write("a.safetensors", "one");
    refused(index(GOOD, 25), "total_size is 25", "24 bytes");
    refused(index("", 0), "no weight_map");
    Files.delete(folder.resolve("b.safetensors"));
    refused(index(GOOD, 24), "b.safetensors", "no such file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'../a.safetensors'",
        "'/etc/passwd'",
        "'sub/a.safetensors'",
        "'..'",
        "''",
        "7",
        "null",
        "'C:a.safetensors'",
        "'x.safetensors.index.json'",
        "'a\\\\b.safetensors'",
        "['a']"
      })
  void aShardIsAFileOfTheSameFolder(String name) throws IOException {
    refused(index("'one': " + name, 8), "names the shard", "own folder");
  }
}
