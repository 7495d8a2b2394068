package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionsTest {
  @TempDir Path folder;

  @Test
  void instructionsAreTheWidestAndWhatLimitsThem() throws IOException {
    Path processors = folder.resolve("cpuinfo");
    Files.writeString(
        processors, "processor\t: 0\nflags\t\t: fpu sse4_2 avx avx2 fma avx512f avx512vl\n");
    assertThat(Versions.instructions(processors, Map.of())).isEqualTo("avx512f");
    Map<String, String> limited = Map.of("ONEDNN_MAX_CPU_ISA", "AVX2", "HOME", "/root");
    assertThat(Versions.instructions(processors, limited))
        .isEqualTo("avx512f, ONEDNN_MAX_CPU_ISA=AVX2");
    assertThat(Versions.instructions(folder.resolve("none"), Map.of())).isEqualTo("unknown");
  }

  @Test
  void allAreNamed() {
    assertThat(Versions.all().properties().stream().map(Map.Entry::getKey))
        .containsExactly("journey", "libtorch", "java", "system", "instructions");
  }
}
