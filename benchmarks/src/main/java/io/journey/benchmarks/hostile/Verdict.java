package io.journey.benchmarks.hostile;

import java.util.Locale;

/** How a command took a changed input. */
public enum Verdict {
  /** Read, and nothing in the result differs. */
  SAME(true),
  /** Read, with other content: what a format without checksums cannot notice. */
  OTHER(true),
  /** Refused by one sentence that says where. */
  REFUSED(true),
  /** Refused, but not by one sentence that says where. */
  UNCLEAR(false),
  /** What a manifest or digest guards was changed, and the result differs without a word. */
  BELIEVED(false),
  /** Memory ran out. */
  MEMORY(false),
  /** It took longer than it may. */
  SLOW(false),
  /** An exception that nobody expected. */
  DEFECT(false),
  /** Recursion without end. */
  STACK(false),
  /** A file was changed or deleted that is none of the command's. */
  TOUCHED(false),
  /** It did not end. */
  HANG(false),
  /** The process died. */
  CRASH(false);

  private final boolean good;

  Verdict(boolean good) {
    this.good = good;
  }

  /** Returns whether a user is well served. */
  public boolean isGood() {
    return good;
  }

  /** Returns the word in tables. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
