package io.journey.dataset;

/** The order of ids. */
final class CodePoints {
  private CodePoints() {}

  /** Plain code-point order, which {@link String#compareTo} is not beyond U+FFFF. */
  static int compare(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    if (i == a.length() || i == b.length()) {
      return Integer.compare(a.length(), b.length());
    }
    boolean inPair = i > 0 && Character.isHighSurrogate(a.charAt(i - 1));
    int start = inPair ? i - 1 : i;
    return Integer.compare(a.codePointAt(start), b.codePointAt(start));
  }
}
