package io.journey.report;

import io.journey.dataset.Dataset;
import java.util.BitSet;

/** An estimate of how many bytes the pictures of a page take, from a few of them. */
final class PictureBytes {
  /** Training images that are looked at. */
  private static final int TRIED = 12;

  private final Dataset dataset;
  private final TargetImages images;
  private final Evidence evidence;
  private final int side;

  /**
   * @param side the longest side of pictures, in pixels
   */
  PictureBytes(Dataset dataset, TargetImages images, Evidence evidence, int side) {
    this.dataset = dataset;
    this.images = images;
    this.evidence = evidence;
    this.side = side;
  }

  /**
   * Returns the estimate.
   *
   * @param shown indices into the attribution's steps, rising
   */
  long of(int[] shown) {
    return ofTargets(shown) + ofExamples(shown);
  }

  /** From the first target at the noisiest step, the middle and the last. */
  private long ofTargets(int[] shown) {
    int last = shown.length - 1;
    long bytes = 0;
    for (int step : new int[] {shown[0], shown[last / 2], shown[last]}) {
      bytes += bytes(images.noisy(step, 0)) + bytes(images.predicted(step, 0));
    }
    return bytes * evidence.targetCount() * shown.length / 3;
  }

  private long ofExamples(int[] shown) {
    int count = examples(shown).cardinality();
    int tried = Math.min(TRIED, evidence.size());
    long bytes = 0;
    float[] image = new float[dataset.shape().numel()];
    for (int i = 0; i < tried; i++) {
      dataset.read((int) ((long) i * evidence.size() / tried), image, 0);
      bytes += bytes(image);
    }
    return bytes * count / tried;
  }

  private BitSet examples(int[] shown) {
    BitSet examples = new BitSet();
    for (int step : shown) {
      for (int target = 0; target < evidence.targetCount(); target++) {
        for (int example : evidence.top()[step][target]) {
          examples.set(example);
        }
        int[] bottom = evidence.bottom()[step][target];
        for (int i = 0; i < Math.min(PageData.SHOWN, bottom.length); i++) {
          examples.set(bottom[i]);
        }
      }
    }
    return examples;
  }

  private long bytes(float[] image) {
    return PagePicture.base64(image, images.shape(), side).length();
  }
}
