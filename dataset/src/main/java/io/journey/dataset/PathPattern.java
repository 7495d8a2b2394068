package io.journey.dataset;

/**
 * A pattern of paths with "/": {@code *} stands for any text without a slash, {@code **} for any
 * text, {@code **}{@code /} for any folders or none, {@code ?} for one character. It takes time in
 * proportion to the lengths of pattern and path, whatever the pattern.
 */
record PathPattern(String pattern) {
  boolean matches(String path) {
    boolean[] reached = new boolean[path.length() + 1]; // by the pattern so far
    reached[0] = true;
    for (int p = 0; p < pattern.length(); ) {
      boolean any = pattern.startsWith("**", p);
      boolean folders = pattern.startsWith("**/", p);
      char sign = pattern.charAt(p);
      boolean[] next = new boolean[reached.length];
      for (int i = 0; i < reached.length; i++) {
        char before = i == 0 ? '/' : path.charAt(i - 1);
        if (any || sign == '*') {
          boolean longer = i > 0 && (any || before != '/') && next[i - 1];
          next[i] = reached[i] || longer;
        } else if (i > 0 && (sign == before || sign == '?' && before != '/')) {
          next[i] = reached[i - 1];
        }
      }
      for (int i = 0; folders && i < next.length; i++) {
        boolean behindSlash = i == 0 || path.charAt(i - 1) == '/';
        next[i] &= reached[i] || behindSlash;
      }
      reached = next;
      p += folders ? 3 : any ? 2 : 1;
    }
    return reached[path.length()];
  }
}
