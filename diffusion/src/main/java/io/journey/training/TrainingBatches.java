package io.journey.training;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.diffusion.DenoisingDraws;
import io.journey.diffusion.NoiseSchedule;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The images of each optimizer step: the next images of an endless sequence of shuffled epochs,
 * each with a step t, a noise and perhaps a flip of its own. Everything is named by the place in
 * that sequence: where images are left out, the others are met at the same steps with the same
 * noise.
 */
final class TrainingBatches {
  private final Dataset data;
  private final TrainedImages images;
  private final TrainingConfig config;
  private final NoiseSchedule schedule;
  private final Seed seed;
  private final ShuffledEpochs order;
  private final OptionalInt nullClass;

  /**
   * @param images that are met, and how much they count
   * @param nullClass stands in place of a dropped class; empty where none are dropped
   */
  TrainingBatches(
      Dataset data,
      TrainedImages images,
      TrainingConfig config,
      NoiseSchedule schedule,
      Seed seed,
      OptionalInt nullClass) {
    this.data = data;
    this.images = images;
    this.config = config;
    this.schedule = schedule;
    this.seed = seed;
    this.nullClass = nullClass;
    this.order = new ShuffledEpochs(seed.child("epoch"), data.size());
  }

  /** One draw of each image of a step's batch that is not left out; perhaps none. */
  List<DenoisingDraws> batch(int step) {
    Seed places = seed.child("step").child(step);
    return places(step).mapToObj(place -> draw(example(step, place), places.child(place))).toList();
  }

  /** Returns the images of a step's batch, in the order of {@link #batch}. */
  int[] examples(int step) {
    return places(step).map(place -> example(step, place)).toArray();
  }

  /** The places of a step's batch whose images are not left out. */
  private IntStream places(int step) {
    return IntStream.range(0, config.batchSize()).filter(place -> images.has(example(step, place)));
  }

  private int example(int step, int place) {
    return order.at((long) step * config.batchSize() + place);
  }

  /**
   * How an image is met.
   *
   * @param timestep t of its noise
   * @param flipped whether it is mirrored
   */
  record Meeting(int timestep, boolean flipped) {}

  private Meeting meeting(RandomStream stream) {
    int timestep = stream.nextInt(schedule.steps());
    return new Meeting(timestep, config.horizontalFlip() && stream.nextInt(2) == 1);
  }

  /**
   * Returns the ledger's lines of a step, one for each image of its batch.
   *
   * @param conditioned whether the model is told a condition
   */
  List<LedgerLine> ledger(int step, boolean conditioned) {
    Seed places = seed.child("step").child(step);
    return places(step)
        .mapToObj(
            place -> {
              Seed seedOfPlace = places.child(place);
              Meeting met = meeting(seedOfPlace.stream());
              int example = example(step, place);
              return new LedgerLine(
                  step,
                  place,
                  example,
                  data.id(example),
                  met.timestep(),
                  met.flipped(),
                  conditioned ? condition(example, seedOfPlace).words(data.classNames()) : "",
                  seedOfPlace.hex());
            })
        .toList();
  }

  private DenoisingDraws draw(int example, Seed seedOfPlace) {
    RandomStream stream = seedOfPlace.stream();
    float[] image = new float[data.shape().numel()];
    data.read(example, image, 0);
    Meeting met = meeting(stream);
    if (met.flipped()) {
      flip(image);
    }
    float[] noise = new float[image.length];
    stream.fillGaussian(noise);
    return new DenoisingDraws(
        image,
        List.of(condition(example, seedOfPlace)),
        new int[] {met.timestep()},
        noise,
        images.drawWeights(example));
  }

  /** The class of an image, or one of its captions, or what stands for none where it is dropped. */
  private Condition condition(int example, Seed seedOfPlace) {
    List<Condition.Caption> captions = data.captionsOf(example);
    if (captions.isEmpty()) {
      boolean isDropped =
          nullClass.isPresent() && isBelow(seedOfPlace, "class", config.dropClasses());
      return isDropped ? new Condition.ClassLabel(nullClass.getAsInt()) : data.condition(example);
    }
    if (isBelow(seedOfPlace, "no caption", config.dropCaptions())) {
      return data.noCaption().orElseThrow();
    }
    return captions.get(seedOfPlace.child("caption").stream().nextInt(captions.size()));
  }

  private static boolean isBelow(Seed seed, String name, double probability) {
    return probability > 0 && seed.child(name).stream().uniform(0) < probability;
  }

  private void flip(float[] image) {
    int width = data.shape().width();
    for (int row = 0; row < image.length; row += width) {
      for (int x = 0; x < width / 2; x++) {
        float left = image[row + x];
        image[row + x] = image[row + width - 1 - x];
        image[row + width - 1 - x] = left;
      }
    }
  }
}
