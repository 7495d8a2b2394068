package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.MemoryDataset;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.report.Finding.Kind;
import io.journey.statistics.Ranking;
import io.journey.statistics.SharedWords;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FindingsTest {
  private static final int[] STEPS = {100, 300, 500, 700, 900};
  private static final int TARGETS = 8;
  private static final int N = 400;

  private final float[][][] scores = new float[STEPS.length][TARGETS][N];
  private final float[][] cosines = new float[TARGETS][N];
  private final List<Condition> conditions = new ArrayList<>();
  private SharedWords captions =
      SharedWords.of(new MemoryDataset(1, 1, 1), Collections.nCopies(TARGETS, ""));

  /** Nothing but chance: independent Gaussians everywhere, four classes in turn. */
  FindingsTest() {
    RandomStream random = Seed.of(12).child("findings").stream();
    for (float[][] step : scores) {
      for (float[] row : step) {
        random.fillGaussian(row);
      }
    }
    for (float[] row : cosines) {
      random.fillGaussian(row);
    }
    for (int i = 0; i < N; i++) {
      conditions.add(new Condition.ClassLabel(i % 4));
    }
  }

  private List<Finding> candidates() {
    return candidates(STEPS);
  }

  /** With some of the steps, the first ones. */
  private List<Finding> candidates(int[] steps) {
    int[][][] top = new int[steps.length][TARGETS][];
    int[][][] bottom = new int[steps.length][TARGETS][];
    int[][] pixelPlaces = new int[TARGETS][];
    for (int t = 0; t < TARGETS; t++) {
      pixelPlaces[t] = Ranking.places(cosines[t]);
      for (int s = 0; s < steps.length; s++) {
        top[s][t] = Ranking.top(scores[s][t], Evidence.TOP);
        bottom[s][t] = Ranking.bottom(scores[s][t], Evidence.TOP);
      }
    }
    List<String> names = List.of("Bag", "Coat", "Shirt", "Sneaker");
    return Findings.candidates(
        new Evidence(
            steps, top, bottom, pixelPlaces, conditions, names, i -> "train/" + i, captions));
  }

  private Finding found(Kind kind) {
    return candidates().stream().filter(f -> f.kind() == kind).findFirst().orElseThrow();
  }

  @Test
  void chanceAloneGivesNothingToTell() {
    assertThat(Findings.told(candidates())).isEmpty();
  }

  @Test
  void atMostThreeAreToldTheMostSurprisingFirst() {
    plantEverything();
    List<Finding> candidates = candidates();
    assertThat(candidates).hasSizeGreaterThan(Findings.TOLD);
    assertThat(candidates).isSortedAccordingTo(Comparator.comparingDouble(f -> -f.surprise()));
    assertThat(Findings.told(candidates))
        .containsExactlyElementsOf(
            candidates.stream().limit(Findings.TOLD).map(Finding::sentence).toList());
  }

  private void plantEverything() {
    for (int t = 0; t < TARGETS; t++) {
      for (int example = 17; example < 23; example++) {
        scores[1][t][example] = 50;
        scores[4][t][example] = -50;
      }
      for (int i = 0; i < 10; i++) {
        scores[0][t][4 * (i + 10 * t)] = 20 + i;
      }
    }
  }

  @Test
  void anImageStrongForManyPicturesIsAHub() {
    for (int t = 0; t < 7; t++) {
      scores[3][t][18] = 9;
    }
    Finding hub = found(Kind.HUB);
    assertThat(hub.sentence())
        .isEqualTo(
            "Training image train/18 (Shirt) is among the 10 strongest for 7 of the 8 pictures at"
                + " t = 700; by chance it would be for 0.2.");
    // 8 choose 7 times 0.025^7 times 0.975, plus 0.025^8, times 400·5 places.
    double chance = (8 * Math.pow(0.025, 7) * 0.975 + Math.pow(0.025, 8)) * 400 * 5;
    assertThat(hub.surprise()).isCloseTo(-Math.log10(chance), withinRounding());
    assertThat(candidates().get(0)).isEqualTo(hub);
  }

  private static Offset<Double> withinRounding() {
    return within(1e-9);
  }

  @Test
  void aChangeOfClassNamesBothStepsNoisiestFirst() {
    for (int i = 0; i < 9; i++) {
      scores[4][2][4 * i] = 9;
      scores[0][2][4 * i + 3] = 9;
    }
    scores[4][2][1] = 9;
    scores[0][2][1] = 9;
    assertThat(found(Kind.CLASS_CHANGE).sentence())
        .isEqualTo(
            "For picture 2, 9 of 10 of the strongest images are labelled Bag at t = 900, but 9 of"
                + " 10 are Sneaker at t = 100.");
    assertThat(Findings.told(candidates())).contains(found(Kind.CLASS_CHANGE).sentence());
  }

  @Test
  void negativeImagesOfTheOwnClassAreCounted() {
    for (int t = 0; t < TARGETS; t++) {
      for (int i = 0; i < 10; i++) {
        cosines[t][4 * i + 1] = 9;
        scores[0][t][4 * i + (i < 6 ? 1 : 2)] = -9 - i;
        scores[4][t][4 * i + 2] = -9 - i;
      }
    }
    assertThat(found(Kind.NEGATIVE_KIN).sentence())
        .isEqualTo(
            "At t = 100, 60% of the images that push hardest away from a picture are of the"
                + " picture's own class (25% of all training images are); at t = 900 it is 0%.");
    assertThat(found(Kind.NEGATIVE_KIN).surprise()).isGreaterThan(8);
  }

  @Test
  void strongestImagesThatAreNearestAreCounted() {
    for (int t = 0; t < TARGETS; t++) {
      cosines[t][5] = 9;
      scores[0][t][t < 6 ? 5 : 6] = 9;
      cosines[t][6] = -9;
      cosines[t][7] = -9;
      scores[4][t][7] = 9;
    }
    assertThat(found(Kind.PIXELS).sentence())
        .isEqualTo(
            "At t = 100, the strongest image of 6 of the 8 pictures is also one of its 10 nearest in"
                + " pixels (by chance: 0.2); at t = 900, that of 0.");
  }

  @Test
  void aStepAloneIsNotComparedWithItself() {
    for (int t = 0; t < TARGETS; t++) {
      cosines[t][5] = 9;
      scores[0][t][5] = 9;
    }
    assertThat(candidates(new int[] {STEPS[0]}).stream().map(Finding::sentence))
        .contains(
            "At t = 100, the strongest image of 8 of the 8 pictures is also one of its 10 nearest in"
                + " pixels (by chance: 0.2).");
  }

  @Test
  void turnoverIsToldAgainstWhatNeighboursKeep() {
    for (int t = 0; t < TARGETS; t++) {
      for (int s = 0; s < STEPS.length; s++) {
        for (int i = 0; i < 10; i++) {
          // Two of ten leave at every step; picture 3 keeps seven throughout.
          int example = t == 3 && i < 7 ? i : 100 + 2 * s + i;
          scores[s][t][example] = 9;
        }
      }
    }
    Finding turnover = found(Kind.TURNOVER);
    assertThat(turnover.sentence())
        .isEqualTo(
            "From one step to the next, 8.0 of the 10 strongest images stay; from t = 900 to t = 100"
                + " only 2.6 do (by chance: 0.3), 7 of picture 3's and 2 of picture 0's.");
    assertThat(turnover.surprise()).isGreaterThan(10);
  }

  @Test
  void aFlipOfSignNamesBothPlaces() {
    scores[2][5][33] = 9;
    scores[4][5][33] = -8;
    scores[4][5][34] = -9;
    assertThat(found(Kind.SIGN_FLIP).sentence())
        .startsWith(
            "Training image train/33 (Coat) is the 1st strongest push towards picture 5 at t = 500"
                + " and the 2nd strongest away from it at t = 900; there are ");
  }

  @Test
  void theChanceOfFlipsMatchesRandomScores() {
    // Counted over these scores; the mean, 400·8·P(flip) = 37, has a deviation of about 6.
    String sentence = found(Kind.SIGN_FLIP).sentence();
    assertThat(sentence).endsWith("random scores would give 37.");
    int counted = Integer.parseInt(sentence.replaceAll(".*there are (\\d+) such.*", "$1"));
    assertThat(counted).isBetween(20, 56);
  }

  @Test
  void withoutClassesTheKindsThatNeedNoneRemain() {
    Collections.fill(conditions, Condition.NONE);
    assertThat(candidates())
        .extracting(Finding::kind)
        .containsExactlyInAnyOrder(Kind.HUB, Kind.PIXELS, Kind.TURNOVER, Kind.SIGN_FLIP);
  }

  /** Words of a hundred examples each, "dog" of the first, "red" of the first and second. */
  private void caption() {
    Collections.fill(conditions, Condition.NONE);
    MemoryDataset data = new MemoryDataset(1, 1, 1);
    for (int i = 0; i < N; i++) {
      String caption = i < 100 ? "a red dog" : i < 200 ? "the red cat" : "a cat";
      data.add("train/" + i, Condition.NONE, 0f).captions(caption);
    }
    List<String> prompts = new ArrayList<>(Collections.nCopies(TARGETS, "a Dog in red snow"));
    prompts.set(7, "");
    captions = SharedWords.of(data, prompts);
  }

  /** Ten strongest images of a step, the first ones of some range. */
  private void plant(int step, int target, int from) {
    for (int i = 0; i < 10; i++) {
      scores[step][target][from + i] = 30 - i;
    }
  }

  @Test
  void captionsWithWordsOfThePromptAreCountedBesideChance() {
    caption();
    for (int t = 0; t < 7; t++) {
      plant(2, t, 100 + 10 * t);
      plant(4, t, 300 + 10 * t);
    }
    Finding found = found(Kind.CAPTIONS);
    // Half of the images have "dog" or "red"; the target without words does not count.
    assertThat(found.sentence())
        .isEqualTo(
            "At t = 500, 70 of the 70 strongest images of 7 pictures have a word of their prompt in a"
                + " caption (by chance: 35); at t = 900, 0.");
    assertThat(found.surprise()).isCloseTo(70 * Math.log10(2) - Math.log10(5), within(1e-9));
  }

  @Test
  void oneWordIsCountedAmongTheStrongestOfOnePicture() {
    caption();
    plant(1, 3, 0);
    plant(4, 3, 390);
    Finding found = found(Kind.WORD);
    assertThat(found.sentence())
        .isEqualTo(
            "For picture 3, 10 of the 10 strongest images at t = 300 have the word “dog” of its"
                + " prompt in a caption (by chance: 2.5); at t = 900, 0.");
    // 100/400 · 99/399 · … · 91/391, searched over two words of seven prompts and five steps.
    double chance = 7 * 2 * 5;
    for (int i = 0; i < 10; i++) {
      chance *= (100.0 - i) / (400 - i);
    }
    assertThat(found.surprise()).isCloseTo(-Math.log10(chance), within(1e-9));
  }

  @Test
  void captionsInTurnAreNothingToTell() {
    caption();
    assertThat(Findings.told(candidates())).isEmpty();
  }

  @Test
  void withoutWordsThereIsNoFindingAboutWords() {
    assertThat(candidates())
        .extracting(Finding::kind)
        .doesNotContain(Kind.CAPTIONS, Kind.WORD)
        .contains(Kind.NEGATIVE_KIN);
  }
}
