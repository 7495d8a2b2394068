package io.journey.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeedTest {
  /** The expected bits were computed with the command sha256sum: see the format in Seed. */
  @Test
  void seedsAreTheFirst128BitsOfSha256() {
    assertThat(hex(Seed.of(7))).isEqualTo("c82c0fc54a2a57302f095074fbc5ba53");
    assertThat(hex(Seed.of(7).child("noise"))).isEqualTo("24a4ea9b58e5b0226b9bf761a8fc4cf0");
    assertThat(hex(Seed.of(7).child("noise").child(3)))
        .isEqualTo("fd82b9c8356c6816d67ea9d663ddfc27");
  }

  private static String hex(Seed seed) {
    return String.format("%016x%016x", seed.high(), seed.low());
  }

  @Test
  void equalPathsGiveEqualSeedsWhateverElseWasDrawn() {
    Seed root = Seed.of(1);
    Seed first = root.child("noise").child("train/00017").child(3);
    root.child("other").stream().fillGaussian(new float[100]);
    assertThat(root.child("noise").child("train/00017").child(3)).isEqualTo(first);
  }

  @Test
  void nearbyPathsNeverMeet() {
    Set<Seed> seeds = new HashSet<>();
    int count = 0;
    for (long value = -50; value < 50; value++) {
      Seed root = Seed.of(value);
      assertThat(seeds.add(root)).isTrue();
      for (long i = -50; i < 50; i++) {
        assertThat(seeds.add(root.child(i))).isTrue();
        assertThat(seeds.add(root.child(Long.toString(i)))).isTrue();
        count += 2;
      }
    }
    assertThat(seeds).hasSize(count + 100);
  }

  @Test
  void namesAreNotGluedTogether() {
    Seed root = Seed.of(0);
    assertThat(root.child("ab")).isNotEqualTo(root.child("a").child("b"));
    assertThat(root.child("")).isNotEqualTo(root);
    assertThat(root.child("\0\0\0\0\0\0\0\1")).isNotEqualTo(root.child(1));
  }
}
