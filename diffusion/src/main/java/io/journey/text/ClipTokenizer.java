package io.journey.text;

import io.journey.run.AtomicFile;
import io.journey.run.Counted;
import io.journey.run.JourneyException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The tokenizer of CLIP's text model (Radford et al. 2021), with the numbers of transformers'
 * {@code CLIPTokenizer}.
 *
 * <p>A text is composed (NFC), its blanks made single, its letters small; cut into runs of letters,
 * single digits and runs of other signs; each such word is spelled in bytes and joined by {@link
 * BytePairs}. Before the first token stands {@code <|startoftext|>}, behind the last one {@code
 * <|endoftext|>}, then padding, up to {@link #length} tokens. Longer texts lose their end.
 *
 * <p>A special token that stands in a text is that token, also within a word. The padding of Stable
 * Diffusion 2 is "!", so that every exclamation mark of a caption becomes the token of padding, and
 * not the one that ends a word, as in Stable Diffusion 1.
 */
public final class ClipTokenizer {
  static final String START = "<|startoftext|>";
  static final String END = "<|endoftext|>";

  /** Of CLIP's text models. */
  static final int LENGTH = 77;

  /** A caption has some hundred characters. */
  private static final int MAX_CHARACTERS = 1 << 20;

  private final ClipVocabulary vocabulary;
  private final BytePairs pairs;
  private final int length;
  private final Map<String, Integer> special = new HashMap<>(); // ids by what is sought
  private final Pattern written; // sought in the text as it was written
  private final Pattern cleaned; // sought in the cleaned text

  ClipTokenizer(ClipVocabulary vocabulary, int length) {
    this.vocabulary = vocabulary;
    this.length = length;
    pairs = new BytePairs(vocabulary.ids(), vocabulary.merges(), vocabulary.unknown());
    vocabulary.special().forEach(token -> special.put(token.sought(), token.id()));
    written = anyOf(false);
    cleaned = anyOf(true);
  }

  /** Of tokens that begin at one place the longest is taken. */
  private Pattern anyOf(boolean normalized) {
    String any =
        vocabulary.special().stream()
            .filter(token -> token.normalized() == normalized)
            .map(SpecialToken::sought)
            .sorted(Comparator.comparing(sought -> -sought.length()))
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return Pattern.compile(any.isEmpty() ? "(?!)" : any); // nothing matches the former
  }

  /**
   * Opens a folder with {@code vocab.json} and {@code merges.txt}, or {@code tokenizer.json}.
   *
   * @throws JourneyException if it is damaged, of another kind, or asks for what is not supported
   */
  public static ClipTokenizer open(Path folder) {
    return TokenizerFiles.read(folder);
  }

  /** Returns the words a text is cut into, cleaned, each of which may be one token or several. */
  public static List<String> words(String text) {
    return Words.split(Words.cleaned(text));
  }

  /** Returns how many tokens a text becomes, with the first, the last and padding. */
  public int length() {
    return length;
  }

  /** Returns one more than the largest id. */
  public int vocabularySize() {
    return vocabulary.size();
  }

  /** Returns the same tokenizer for texts of another length. */
  ClipTokenizer withLength(int other) {
    return new ClipTokenizer(vocabulary, other);
  }

  ClipVocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * Returns the ids of a text.
   *
   * @throws JourneyException if it has more than a million characters
   */
  public TokenizedText tokenize(String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new JourneyException(
          "A caption has "
              + Counted.grouped(text.length(), "characters")
              + ", expected "
              + Counted.grouped(MAX_CHARACTERS, "characters")
              + " at most: shorten it.");
    }
    List<Integer> own = new ArrayList<>();
    pieces(
        text,
        written,
        own,
        part ->
            pieces(
                Words.cleaned(part),
                cleaned,
                own,
                plain -> {
                  for (String word : Words.split(plain)) {
                    own.addAll(pairs.encode(word));
                  }
                }));
    int kept = Math.min(own.size(), length - 2);
    List<Integer> ids = new ArrayList<>(length);
    ids.add(vocabulary.first());
    ids.addAll(own.subList(0, kept));
    ids.add(vocabulary.last());
    while (ids.size() < length) {
      ids.add(vocabulary.padding());
    }
    return new TokenizedText(ids, kept + 2, own.size() - kept);
  }

  /** Adds the ids of special tokens, and hands on what stands between them. */
  private void pieces(String text, Pattern sought, List<Integer> ids, Consumer<String> between) {
    Matcher matcher = sought.matcher(text);
    int from = 0;
    while (matcher.find()) {
      between.accept(text.substring(from, matcher.start()));
      ids.add(special.get(matcher.group()));
      from = matcher.end();
    }
    between.accept(text.substring(from));
  }

  /** Puts all that decides the numbers of a text into a digest. */
  void digest(MessageDigest digest) {
    StringBuilder all = new StringBuilder();
    all.append(length).append('\n');
    for (int id :
        new int[] {
          vocabulary.first(), vocabulary.last(), vocabulary.padding(), vocabulary.unknown()
        }) {
      all.append(id).append('\n');
    }
    vocabulary.special().forEach(token -> all.append(token).append('\n'));
    new TreeMap<>(vocabulary.ids())
        .forEach((symbol, id) -> all.append(symbol).append(' ').append(id).append('\n'));
    for (BytePairs.Merge merge : vocabulary.merges()) {
      all.append(merge.left()).append(' ').append(merge.right()).append('\n');
    }
    digest.update(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Writes the files that {@link #open} and transformers read. */
  void writeTo(Path folder) {
    writeTo((name, content) -> AtomicFile.write(folder.resolve(name), content));
  }

  /** Gives the files of the folder one by one, by their names without folders. */
  void writeTo(BiConsumer<String, AtomicFile.Content> files) {
    TokenizerFiles.write(this, files);
  }
}
