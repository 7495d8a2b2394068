package io.journey.run;

/** The mark U+FEFF that some programs write before a text. */
public final class ByteOrderMark {
  private ByteOrderMark() {}

  /** Returns a text without a mark before it. */
  public static String cut(String text) {
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }
}
