package io.journey.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The alphabet of byte-level vocabularies (Radford et al. 2019): every byte has a character that
 * can be seen, its own if it is printable in Latin-1, otherwise one from U+0100 on.
 */
final class ByteSymbols {
  /** Marks the symbol that ends a word. */
  static final String END_OF_WORD = "</w>";

  private static final int BYTES = 256;
  private static final String[] OF_BYTE = new String[BYTES];
  private static final List<String> ORDERED;

  static {
    List<String> printable = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (int b = 0; b < BYTES; b++) {
      boolean visible = b > ' ' && b <= '~' || b > 0xa0 && b != 0xad;
      OF_BYTE[b] = Character.toString(visible ? b : BYTES + others.size());
      (visible ? printable : others).add(OF_BYTE[b]);
    }
    printable.addAll(others);
    ORDERED = Collections.unmodifiableList(printable);
  }

  private ByteSymbols() {}

  /** Returns the character of a byte, 0 … 255. */
  static String of(int unsignedByte) {
    return OF_BYTE[unsignedByte];
  }

  /** Returns all 256 characters in the order in which CLIP's vocabulary begins. */
  static List<String> ordered() {
    return ORDERED;
  }
}
