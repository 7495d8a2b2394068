package io.journey.dataset;

/** What is changed of a picture when it is read and brought to the shape of a model's images. */
public enum PictureChange {
  /** Its middle alone is kept. */
  CROPPED("cropped to the largest square in the middle"),
  /** It has fewer pixels than the model's images. */
  ENLARGED("enlarged"),
  /** Its colours are lost. */
  GREY("turned grey"),
  /** It is an animation. */
  FIRST_FRAME("read as the first frame alone"),
  /** A part of it lets through what is behind. */
  ON_WHITE("laid on white where transparent");

  private final String words;

  PictureChange(String words) {
    this.words = words;
  }

  /** Returns what is done, as in "one picture was enlarged". */
  public String words() {
    return words;
  }
}
