package io.journey.dataset;

import io.journey.run.Checksums;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import io.journey.run.Printable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The captions of examples, at least one of each.
 *
 * @param texts of every example, in the order of the file
 * @param remarks on what was passed over
 * @param missing how many examples have none of their own, and have the empty one
 */
record Captions(List<List<String>> texts, List<String> remarks, int missing) {
  /** Captions that nobody has asked for. */
  static final Captions UNASKED = new Captions(List.of(), List.of(), 0);

  private static final List<String> EMPTY = List.of("");

  /** So many examples without a caption are named. */
  private static final int LISTED = 5;

  /**
   * Reads them.
   *
   * @throws MissingCaptions if there are none at all
   * @throws JourneyException if they are damaged, or examples without are to be refused
   */
  static Captions read(
      DatasetSpec spec, CaptionRule rule, List<StoredExample> examples, Listing listing) {
    if (rule.refused()) {
      throw new MissingCaptions(
          "Data set "
              + spec.text()
              + " says captions=none, and its captions are needed: leave it out.");
    }
    CaptionCollector collector = new CaptionCollector(rule, examples.size());
    CaptionSource source =
        rule.template()
            .map(t -> t.of(spec.text(), listing.classNames()))
            .orElse(listing.captions());
    source.read(examples, collector);
    List<List<String>> texts = collector.texts();
    int[] missing = IntStream.range(0, texts.size()).filter(i -> texts.get(i).isEmpty()).toArray();
    if (missing.length == texts.size()) {
      throw new MissingCaptions(
          "Data set "
              + spec.text()
              + " has no captions"
              + rule.column().map(c -> " named " + c).orElse("")
              + (collector.remarks().isEmpty()
                  ? ""
                  : " (" + String.join("; ", collector.remarks()) + ")")
              + ": put a .txt file beside each image, or a metadata.jsonl with file_name and text"
              + (listing.classNames().isEmpty()
                  ? "."
                  : ", or write ?caption=a photo of a {class} behind the data's name to make them of"
                      + " classes."));
    }
    if (missing.length > 0 && rule.uncaptioned() == Uncaptioned.REFUSED) {
      throw uncaptioned(spec, examples, missing);
    }
    for (int i : missing) {
      texts.set(i, EMPTY);
    }
    return new Captions(texts, collector.remarks(), missing.length);
  }

  private static JourneyException uncaptioned(
      DatasetSpec spec, List<StoredExample> examples, int[] missing) {
    String names =
        IntStream.of(missing)
            .limit(LISTED)
            .mapToObj(i -> Printable.of(examples.get(i).id()))
            .collect(Collectors.joining(", "));
    return new JourneyException(
        String.format(
            "%d of the %s of %s %s no caption, %s%s: add captions, or write behind the data's"
                + " name ?uncaptioned=empty to take the empty caption for them, or ?id!=NAME to leave"
                + " them out.",
            missing.length,
            Counted.of(examples.size(), "images"),
            spec.path(),
            missing.length == 1 ? "has" : "have",
            names,
            missing.length > LISTED ? " and " + (missing.length - LISTED) + " more" : ""));
  }

  /** Returns those of some of the examples. */
  Captions of(List<StoredExample> all, List<StoredExample> kept) {
    if (texts.isEmpty() || all.size() == kept.size()) {
      return this;
    }
    Map<String, Integer> places = new HashMap<>();
    for (StoredExample example : all) {
      places.put(example.id(), places.size());
    }
    List<List<String>> some = new ArrayList<>(kept.size());
    kept.forEach(example -> some.add(texts.get(places.get(example.id()))));
    int without = (int) some.stream().filter(EMPTY::equals).count();
    return new Captions(some, remarks, without);
  }

  /** Returns those of an example, none where nobody has asked. */
  List<String> of(int example) {
    return texts.isEmpty() ? List.of() : texts.get(example);
  }

  /** Returns the fingerprint of a set with these captions. */
  String fingerprint(String ofImages) {
    if (texts.isEmpty()) {
      return ofImages;
    }
    MessageDigest digest = Checksums.sha256();
    digest.update(("captions of " + ofImages).getBytes(StandardCharsets.UTF_8));
    for (List<String> example : texts) {
      digest.update(number(example.size()));
      for (String text : example) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(number(bytes.length));
        digest.update(bytes);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }
}
