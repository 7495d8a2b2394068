package io.journey.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.encoding.EncodedDataset;
import io.journey.encoding.Encoding;
import io.journey.random.Seed;
import io.journey.scheduler.SchedulerConfig;
import io.journey.tensor.TestContext;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Under which captions images are met in training. */
class CaptionedBatchesTest {
  private static final Path WORDS = Path.of("src/test/resources/golden/text/words");
  private static final TrainingConfig TRAINING =
      TrainingConfig.of(1000, 4, 1e-3).withDropCaptions(0.25);

  @TempDir static Path folder;
  private static EncodedDataset data;

  @BeforeAll
  static void encode() {
    Dataset pictures = Datasets.open("../data/coco?size=8&limit=4");
    data = Encoding.of(pictures, null, WORDS).run(folder, TestContext.TWO);
  }

  private static TrainingBatches batches(BitSet kept, TrainingConfig config) {
    NoiseSchedule schedule = NoiseSchedule.of(SchedulerConfig.DEFAULT.forward());
    return new TrainingBatches(
        data, TrainedImages.of(kept), config, schedule, Seed.of(5), OptionalInt.empty());
  }

  private static String text(DenoisingDraws draws) {
    return draws.condition(0).captionText().orElseThrow();
  }

  @Test
  void everyCaptionIsMetAlikeAndAQuarterIsDropped() {
    Map<String, Integer> met = new HashMap<>();
    TrainingBatches batches = batches(null, TRAINING);
    for (int step = 0; step < 1000; step++) {
      batches.batch(step).forEach(draws -> met.merge(text(draws), 1, Integer::sum));
    }
    assertThat(met.get("") / 4000.0).isCloseTo(0.25, within(0.03)); // 4 standard deviations
    Map<String, Double> expected = new HashMap<>();
    for (int i = 0; i < data.size(); i++) {
      List<String> captions = data.captions(i);
      captions.forEach(text -> expected.merge(text, 0.75 / 4 / captions.size(), Double::sum));
    }
    expected.forEach(
        (text, share) ->
            assertThat(met.getOrDefault(text, 0) / 4000.0)
                .as(text)
                .isCloseTo(share, within(4 * Math.sqrt(share / 4000))));
    assertThat(met).hasSize(expected.size() + 1);
  }

  @Test
  void whatIsDroppedHasTheStatesOfTheEmptyCaption() {
    Condition dropped =
        batches(null, TRAINING.withDropCaptions(0.999)).batch(0).get(0).condition(0);
    assertThat(dropped).isEqualTo(data.noCaption().orElseThrow());
    assertThat(batches(null, TRAINING.withDropCaptions(0)).batch(7))
        .noneMatch(draws -> text(draws).isEmpty());
  }

  @Test
  void whoIsLeftOutChangesNoOthersCaption() {
    BitSet kept = new BitSet();
    kept.set(0);
    kept.set(2);
    for (int step = 0; step < 50; step++) {
      List<String> whole = batches(null, TRAINING).batch(step).stream().map(d -> text(d)).toList();
      List<String> part = batches(kept, TRAINING).batch(step).stream().map(d -> text(d)).toList();
      assertThat(whole).containsSubsequence(part);
    }
  }
}
