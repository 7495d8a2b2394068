package io.journey.benchmarks;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Example;
import io.journey.dataset.ImageShape;
import io.journey.run.Checksums;
import io.journey.scenes.Emoji;
import io.journey.scenes.Scene;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Left and right halves of scenes, of the class that names the emoji and its style. */
final class SceneHalves implements Dataset {
  static final ImageShape SHAPE = new ImageShape(3, Scene.SIDE, Scene.SIDE / 2);

  private static final long serialVersionUID = 1;

  private final ArrayList<String> classNames;
  private final ArrayList<Integer> labels = new ArrayList<>();
  private final ArrayList<byte[]> halves = new ArrayList<>();

  SceneHalves(Emoji emoji, List<AugmentedScenes.Picture> pictures) {
    classNames = new ArrayList<>(AugmentedScenes.classNames(emoji));
    for (AugmentedScenes.Picture picture : pictures) {
      Scene scene = picture.scene();
      add(picture.pixels(), false, scene.left() + ", " + scene.style());
      add(picture.pixels(), true, scene.right() + ", " + scene.style());
    }
  }

  private void add(float[] picture, boolean right, String name) {
    labels.add(classNames.indexOf(name));
    halves.add(AugmentedScenes.levels(AugmentedScenes.half(picture, right)));
  }

  @Override
  public String spec() {
    return "halves of " + size() / 2 + " changed scenes";
  }

  @Override
  public String fingerprint() {
    MessageDigest digest = Checksums.sha256();
    for (int i = 0; i < size(); i++) {
      digest.update(classNames.get(labels.get(i)).getBytes(StandardCharsets.UTF_8));
      digest.update(halves.get(i));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public int size() {
    return halves.size();
  }

  @Override
  public ImageShape shape() {
    return SHAPE;
  }

  @Override
  public Example example(int index) {
    return new Example(
        (index % 2 == 0 ? "left/" : "right/") + index / 2,
        new Condition.ClassLabel(labels.get(index)),
        (out, offset) -> {
          byte[] levels = halves.get(index);
          for (int i = 0; i < levels.length; i++) {
            out[offset + i] = (levels[i] & 0xFF) / 127.5f - 1;
          }
        });
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }
}
