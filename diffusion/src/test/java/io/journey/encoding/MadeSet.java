package io.journey.encoding;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Example;
import io.journey.dataset.ImageShape;
import java.util.ArrayList;
import java.util.List;

/**
 * Images and captions by a formula.
 *
 * @param size N
 * @param side of the images, which have 3 channels
 * @param distinct captions; 0: there are none
 */
record MadeSet(int size, int side, int distinct) implements Dataset {
  @Override
  public String spec() {
    return "made";
  }

  @Override
  public String fingerprint() {
    return "made of " + size + ", " + side + ", " + distinct;
  }

  @Override
  public ImageShape shape() {
    return new ImageShape(3, side, side);
  }

  @Override
  public Example example(int index) {
    return new Example(
        "made/" + index,
        new Condition.ClassLabel(index % 2),
        (out, offset) -> {
          for (int j = 0; j < shape().numel(); j++) {
            out[offset + j] = (float) StrictMath.sin(index + 0.3 * j);
          }
        },
        texts(index));
  }

  /** One to three; every third example has one of them twice. */
  private List<String> texts(int index) {
    List<String> texts = new ArrayList<>();
    for (int c = 0; distinct > 0 && c <= index % 3; c++) {
      int number = (index + 5 * (c % 2)) % distinct;
      texts.add("a cat" + " and a dog".repeat(number % 2) + ", =" + number);
    }
    return texts;
  }

  @Override
  public List<String> classNames() {
    return List.of("even", "odd");
  }
}
