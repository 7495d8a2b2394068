package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountedTest {
  @Test
  void oneIsSingularAndAllElsePlural() {
    assertThat(Counted.of(1, "models")).isEqualTo("1 model");
    assertThat(Counted.of(0, "models")).isEqualTo("0 models");
    assertThat(Counted.of(2, "whole files")).isEqualTo("2 whole files");
    assertThat(Counted.of(1, "classes")).isEqualTo("1 class");
    assertThat(Counted.of(1, "trajectories")).isEqualTo("1 trajectory");
    assertThat(Counted.of(1, "MB")).isEqualTo("1 MB");
    assertThat(Counted.of(1, "bytes") + " " + Counted.are(1)).isEqualTo("1 byte is");
    assertThat(Counted.of(3, "images") + " " + Counted.are(3)).isEqualTo("3 images are");
    assertThat(Counted.of(1, "pictures")).isEqualTo("1 picture");
  }
}
