package io.journey.dataset;

import io.journey.run.ByteOrderMark;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Memory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Takes the captions that a {@link CaptionSource} finds, within bounds. */
public final class CaptionCollector {
  /** Characters of one caption: 64 Ki. */
  static final int MAX_LENGTH = 1 << 16;

  /** All captions together may take this part of the heap. */
  private static final int HEAP_SHARE = 4;

  /** Bytes of a text beside its characters. */
  private static final int OVERHEAD = 72;

  private final CaptionRule rule;
  private final List<List<String>> texts;
  private final List<String> remarks = new ArrayList<>();
  private final long budget = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
  private long bytes;

  CaptionCollector(CaptionRule rule, int examples) {
    this.rule = rule;
    this.texts = new ArrayList<>(Collections.nCopies(examples, List.of()));
  }

  /**
   * Returns what {@code caption=} names, empty if nothing: a column, a field, or the ending of
   * files.
   */
  public Optional<String> column() {
    return rule.column();
  }

  /**
   * Returns whether {@link #column} may hold anything: then numbers, true and false are texts too,
   * and no caption is looked for.
   */
  public boolean isAnyColumn() {
    return rule.anyColumn();
  }

  /**
   * Takes a caption. White space around it is cut off; a blank one is none, and those beyond the
   * number asked for are passed over.
   *
   * @param example its index among those asked for
   * @param where what holds it, for messages: "photos/a.txt"
   * @throws JourneyException if it is too long, is no text, or there is no room for it
   */
  public void add(int example, String text, String where) {
    String caption = text.strip();
    if (caption.isEmpty()) {
      return;
    }
    if (caption.length() > MAX_LENGTH) {
      throw new JourneyException(
          where
              + " holds a caption of more than "
              + MAX_LENGTH
              + " characters: that is no caption, shorten it.");
    }
    requireWhole(caption, where);
    List<String> held = texts.get(example);
    if (held.size() >= rule.most()) {
      return;
    }
    bytes += caption.length() + OVERHEAD;
    if (bytes > budget) {
      throw new JourneyException(
          where
              + " holds more captions than fit into a quarter of the memory Java may use ("
              + (budget >> 20)
              + " MB): add captions=first or limit=, or "
              + Memory.raise()
              + ".");
    }
    if (held.isEmpty()) {
      texts.set(example, List.of(caption)); // most often it stays the only one
    } else {
      List<String> more = held instanceof ArrayList<String> list ? list : new ArrayList<>(held);
      more.add(caption);
      texts.set(example, more);
    }
  }

  /** Takes each line of a file that lies beside an image. */
  void addLines(int example, String text, String where) {
    ByteOrderMark.cut(text).lines().forEach(line -> add(example, line, where));
  }

  /** Two texts with halves of characters would have the same fingerprint. */
  private static void requireWhole(String text, String where) {
    if (text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
      throw new JourneyException(
          where + " holds a caption with half of a character (\\ud800 to \\udfff): write it anew.");
    }
  }

  /** Takes a note for the reader on what was passed over, a phrase without a full stop. */
  public void remark(String phrase) {
    remarks.add(phrase);
  }

  /** Takes a note that counts something, if there is any. */
  void remark(String before, long count, String nouns, String behind) {
    if (count > 0) {
      remark(before + " " + Counted.of(count, nouns) + " " + behind);
    }
  }

  /** The captions of every example. */
  List<List<String>> texts() {
    List<List<String>> whole = new ArrayList<>(texts.size());
    texts.forEach(held -> whole.add(List.copyOf(held)));
    return whole;
  }

  List<String> remarks() {
    return List.copyOf(remarks);
  }
}
