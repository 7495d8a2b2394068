package io.journey.text;

import io.journey.condition.CaptionEncoder;
import io.journey.condition.TextStates;
import io.journey.model.LoraFile;
import io.journey.random.Seed;
import io.journey.run.AtomicFile;
import io.journey.run.Checksums;
import io.journey.run.Counted;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import io.journey.tensor.Libtorch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * What turns a caption into the states that a denoiser attends to: a {@link ClipTokenizer} and a
 * {@link ClipTextModel}, both frozen. Any number of threads may use it at once; a caption's states
 * do not depend on what else is encoded.
 */
public final class TextEncoder implements CaptionEncoder, AutoCloseable {
  private static final String MODEL = "text_encoder";
  private static final String TOKENIZER = "tokenizer";
  private static final String CONFIG = "config.json";
  private static final int INNER_PER_WIDTH = 4;
  private static final int MAX_WIDTH = 1 << 14;
  private static final int MAX_SHOWN = 60;

  private final ClipTokenizer tokenizer;
  private final ClipTextModel model;

  /** How many tokens captions have lost, by their digests: a caption is counted once. */
  private final Map<Long, Integer> cut = new TreeMap<>();

  private final List<String> merged = new ArrayList<>(); // a sentence each

  private String firstCut; // in the order of the alphabet
  private String fingerprint;

  private TextEncoder(ClipTokenizer tokenizer, ClipTextModel model) {
    this.tokenizer = tokenizer;
    this.model = model;
  }

  /** Returns whether {@link #open} would find a text encoder in a folder. */
  public static boolean isTextEncoder(Path folder) {
    return Files.exists(folder.resolve(MODEL).resolve(CONFIG))
        || Files.exists(folder.resolve(CONFIG)) && tokenizerOf(folder) != null;
  }

  /** Returns whether a folder is a pipeline with a text encoder. */
  public static boolean isInPipeline(Path folder) {
    return Files.exists(folder.resolve(MODEL).resolve(CONFIG));
  }

  /**
   * Opens the text encoder of a pipeline, or a text encoder alone.
   *
   * @param folder with {@code text_encoder/} and {@code tokenizer/}; or the text encoder's own,
   *     with the tokenizer in it, below it or beside it
   * @throws JourneyException if it is none, or not one that is supported
   */
  public static TextEncoder open(Path folder) {
    Path own = folder.resolve(MODEL);
    boolean pipeline = Files.exists(own.resolve(CONFIG));
    if (!pipeline && !Files.exists(folder.resolve(CONFIG))) {
      throw new JourneyException(
          folder
              + " holds no text encoder (expected text_encoder/config.json or config.json): name a"
              + " folder such as a Stable Diffusion's.");
    }
    if (pipeline && Files.exists(folder.resolve("text_encoder_2"))) {
      throw new JourneyException(
          folder
              + " has a second text encoder, as Stable Diffusion XL and 3 have, which Journey does"
              + " not support: name a model with one.");
    }
    Path tokens = pipeline ? folder.resolve(TOKENIZER) : tokenizerOf(folder);
    if (tokens == null) {
      throw new JourneyException(
          folder + " has no tokenizer in it or beside it: put the folder tokenizer there.");
    }
    ClipTokenizer tokenizer = ClipTokenizer.open(tokens);
    ClipTextModel model = ClipTextModel.open(pipeline ? own : folder);
    int most = model.config().maxPositionEmbeddings();
    if (tokenizer.vocabularySize() > model.config().vocabSize()) {
      model.close();
      throw new JourneyException(
          tokens
              + " has the number "
              + (tokenizer.vocabularySize() - 1)
              + ", the text model only "
              + Counted.of(model.config().vocabSize(), "tokens")
              + ": name the tokenizer that belongs to it.");
    }
    return new TextEncoder(
        tokenizer.length() > most ? tokenizer.withLength(most) : tokenizer, model);
  }

  private static Path tokenizerOf(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    return List.of(absolute, absolute.resolve(TOKENIZER), absolute.resolveSibling(TOKENIZER))
        .stream()
        .filter(TokenizerFiles::isTokenizer)
        .findFirst()
        .orElse(null);
  }

  /**
   * Returns a text encoder with random weights that knows some words, each of which is one token:
   * enough to tell the captions of a closed setting apart, and nothing more. Tables are standard
   * Gaussian, linear maps uniform in ±1/√(their inputs).
   *
   * @param seed of the weights
   * @param texts whose words are known; their order does not matter
   * @param width D of a token's state
   * @param layers of the transformer
   * @param heads of attention; they divide {@code width}
   * @param tokens T of a text, with the first and the last
   * @throws SettingException if the sizes do not go together
   */
  public static TextEncoder random(
      Seed seed, Collection<String> texts, int width, int layers, int heads, int tokens) {
    if (tokens < 3) {
      throw new SettingException(
          "a text has 3 tokens at least, the first, the last and its own, got " + tokens);
    }
    if (width < 1 || width > MAX_WIDTH) {
      throw new SettingException(
          "the width of a text encoder is 1 to " + MAX_WIDTH + ", got " + width);
    }
    if (heads < 1 || width % heads != 0) {
      throw new SettingException(
          "the heads of a text encoder must divide its width, got " + heads + " and " + width);
    }
    List<String> words =
        texts.stream().flatMap(text -> ClipTokenizer.words(text).stream()).toList();
    ClipTokenizer tokenizer = new ClipTokenizer(ClipVocabulary.ofWords(words), tokens);
    ClipTextConfig config =
        new ClipTextConfig(
            tokenizer.vocabularySize(),
            width,
            Math.multiplyExact(INNER_PER_WIDTH, width),
            layers,
            heads,
            tokens,
            ClipTextConfig.HiddenAct.QUICK_GELU,
            1e-5);
    return new TextEncoder(tokenizer, ClipTextModel.random(config, seed.child("text-encoder")));
  }

  /** Returns the words of a text as {@link #random} tells them apart. */
  public static List<String> words(String text) {
    return ClipTokenizer.words(text);
  }

  /** D, the width of a token's state. */
  public int width() {
    return model.config().hiddenSize();
  }

  /** T, the tokens of every caption. */
  public int tokens() {
    return tokenizer.length();
  }

  /**
   * Adds the changes that a LoRA makes to the text encoder to its weights, before anything is
   * encoded. {@link #notes} says so.
   *
   * @throws JourneyException if it is a LoRA of another model, changes no text encoder, or is not
   *     finite
   */
  public synchronized void merge(LoraFile lora) {
    String note = lora.merge(LoraFile.Part.TEXT_ENCODER, model);
    fingerprint = null;
    synchronized (cut) {
      merged.add(note);
    }
  }

  /** Returns what captions become numbers by. */
  public ClipTokenizer tokenizer() {
    return tokenizer;
  }

  /** Returns the transformer. Who changes its weights does so before anything is encoded. */
  public ClipTextModel model() {
    return model;
  }

  /**
   * Encodes a caption; "" is one.
   *
   * @return the states of its tokens, [T, D]: transformers' {@code last_hidden_state}
   */
  public float[] encode(String caption) {
    return encode(caption, tokenizer.tokenize(caption));
  }

  /**
   * Returns the state of the first token that ends a text, of a whole CLIP what is compared with
   * images after a projection.
   *
   * @return [D]: transformers' {@code pooler_output}, given that the model's {@code eos_token_id}
   *     is the tokenizer's, or the 2 of early files and the tokenizer's the highest of all
   */
  public float[] pooled(String caption) {
    TokenizedText text = tokenizer.tokenize(caption);
    int end = text.ids().indexOf(tokenizer.vocabulary().last());
    return Arrays.copyOfRange(encode(caption, text), end * width(), (end + 1) * width());
  }

  private float[] encode(String caption, TokenizedText text) {
    if (text.isCut()) {
      note(caption, text.cut());
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Libtorch.singleThreaded();
      Tensor ids = Libtorch.of(text.toArray()).view(1, tokens());
      return Libtorch.floats(model.forward(ids));
    }
  }

  @Override
  public TextStates states(String text) {
    return TextStates.of(encode(text), tokens(), width());
  }

  /**
   * Encodes captions one after the other, so that none depends on the others.
   *
   * @return [T, D] of each
   */
  public float[][] encode(List<String> captions) {
    return captions.stream().map(this::encode).toArray(float[][]::new);
  }

  /** Looks whether a caption is too long, for {@link #notes}, without encoding it. */
  public void measure(String caption) {
    TokenizedText text = tokenizer.tokenize(caption);
    if (text.isCut()) {
      note(caption, text.cut());
    }
  }

  private void note(String caption, int lost) {
    byte[] digest = Checksums.sha256().digest(caption.getBytes(StandardCharsets.UTF_8));
    synchronized (cut) {
      cut.put(ByteBuffer.wrap(digest).getLong(), lost);
      if (firstCut == null || caption.compareTo(firstCut) < 0) {
        firstCut = caption;
      }
    }
  }

  /** Returns what there is to say of the encoder and the captions so far, each a sentence. */
  public List<String> notes() {
    synchronized (cut) {
      List<String> notes = new ArrayList<>(merged);
      if (cut.isEmpty()) {
        return notes;
      }
      int most = cut.values().stream().mapToInt(Integer::intValue).max().orElse(0);
      String start = firstCut.substring(0, Math.min(MAX_SHOWN, firstCut.length()));
      notes.add(
          Counted.of(cut.size(), "captions")
              + (cut.size() == 1 ? " has" : " have")
              + " more than the "
              + tokens()
              + " tokens the text encoder takes, so the end was cut off, at most "
              + Counted.of(most, "tokens")
              + ", such as of \""
              + Failures.quoted(start)
              + "\".");
      return notes;
    }
  }

  /**
   * Returns a digest of all that decides a caption's states: vocabulary, shape, weights. It does
   * not depend on how they are stored.
   */
  @Override
  public synchronized String fingerprint() {
    if (fingerprint == null) {
      MessageDigest digest = Checksums.sha256();
      tokenizer.digest(digest);
      model.digest(digest);
      fingerprint = HexFormat.of().formatHex(digest.digest());
    }
    return fingerprint;
  }

  /**
   * Writes {@code tokenizer/} and {@code text_encoder/} into a pipeline's folder, for {@link
   * #open}, diffusers and transformers; weights are of the smallest type that holds them exactly.
   */
  public void writeTo(Path folder) {
    writeTo((name, content) -> AtomicFile.write(folder.resolve(name), content));
  }

  /**
   * Gives the files of the two folders one by one, for a folder with others in it.
   *
   * @param files takes a name, such as {@code tokenizer/vocab.json}, and a content
   */
  public void writeTo(BiConsumer<String, AtomicFile.Content> files) {
    ClipVocabulary vocabulary = tokenizer.vocabulary();
    tokenizer.writeTo((name, content) -> files.accept(TOKENIZER + "/" + name, content));
    model.writeTo(
        (name, content) -> files.accept(MODEL + "/" + name, content),
        vocabulary.first(),
        vocabulary.last(),
        vocabulary.padding());
  }

  @Override
  public void close() {
    model.close();
  }
}
