package io.journey.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.figure.Figure;
import io.journey.figure.Figures;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.RunDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The result of an evaluation, for a reader: the question, findings, warnings, figures and tables.
 * Every evaluation leaves one in its run directory, so that a page can show any of them.
 *
 * @param title a few words
 * @param question one sentence a reader would ask
 * @param sentences what was found, the most important first
 * @param warnings what limits it
 * @param figures what each shows, by name; the files are NAME.svg and NAME.png
 * @param tables names of CSV files, with a header line
 * @param settings what decided the result, for a reader to see
 */
public record EvaluationResult(
    String title,
    String question,
    List<String> sentences,
    List<String> warnings,
    Map<String, String> figures,
    List<String> tables,
    ObjectNode settings) {
  /** The file in the run directory. */
  public static final String FILE = "result.json";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
  private static final String CSV = ".csv";
  private static final int LONGEST = 2000;
  private static final int MOST = 40;

  public EvaluationResult {
    requireText("title", title);
    requireText("question", question);
    sentences = List.copyOf(sentences);
    warnings = List.copyOf(warnings);
    sentences.forEach(text -> requireText("sentence", text));
    warnings.forEach(text -> requireText("warning", text));
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    figures.forEach(
        (name, caption) -> {
          requireName("figure", name);
          requireLength("caption", caption);
        });
    tables = List.copyOf(tables);
    for (String table : tables) {
      requireName("table", table.endsWith(CSV) ? table.substring(0, table.length() - 4) : "");
    }
    requireFew("sentences", sentences.size());
    requireFew("warnings", warnings.size());
    requireFew("figures", figures.size());
    requireFew("tables", tables.size());
  }

  private static void requireText(String what, String text) {
    requireLength(what, text);
    if (text.isBlank()) {
      throw new IllegalArgumentException("a result needs a " + what + " with words in it");
    }
  }

  private static void requireLength(String what, String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "a result's " + what + " may have " + LONGEST + " characters, got " + text.length());
    }
  }

  /** Names without a folder, so that nothing outside the directory is meant. */
  private static void requireName(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a "
              + what
              + " is named by 1 to 64 letters, digits, - and _"
              + (what.equals("table") ? " and \".csv\"" : ""));
    }
  }

  private static void requireFew(String what, int count) {
    if (count > MOST) {
      throw new IllegalArgumentException(
          "a result may have " + MOST + " " + what + ", got " + count);
    }
  }

  /** Begins a result; {@link Draft#write} ends it. */
  public static Draft of(String title, String question) {
    return new Draft(title, question);
  }

  /**
   * Opens the result of a finished evaluation.
   *
   * @throws JourneyException if there is none, or it is damaged or names files outside
   */
  public static EvaluationFiles open(Path directory) {
    return EvaluationFiles.open(directory);
  }

  /** As it stands in {@link #FILE}. */
  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("title", title).put("question", question);
    json.set("sentences", Json.tree(sentences));
    json.set("warnings", Json.tree(warnings));
    json.set("figures", Json.tree(List.copyOf(figures.keySet())));
    json.set("captions", Json.tree(figures));
    json.set("tables", Json.tree(tables));
    json.set("settings", settings);
    return json;
  }

  /** Reads {@link #json()}. */
  static EvaluationResult of(ObjectNode json, Object where) {
    Map<String, String> figures = new LinkedHashMap<>();
    for (String name : texts(json, "figures", where)) {
      JsonNode caption = json.path("captions").path(name);
      figures.put(name, caption.isMissingNode() ? "" : text(caption, "captions", where));
    }
    try {
      return new EvaluationResult(
          text(json.path("title"), "title", where),
          text(json.path("question"), "question", where),
          texts(json, "sentences", where),
          texts(json, "warnings", where),
          figures,
          texts(json, "tables", where),
          json.path("settings") instanceof ObjectNode settings ? settings : Json.object());
    } catch (IllegalArgumentException e) {
      throw new JourneyException(
          where + " is no result of an evaluation: " + e.getMessage() + ".", e);
    }
  }

  private static List<String> texts(ObjectNode json, String field, Object where) {
    if (!json.path(field).isArray()) {
      throw new JourneyException(where + " has no list \"" + field + "\": it is not Journey's.");
    }
    List<String> texts = new ArrayList<>();
    json.path(field).forEach(item -> texts.add(text(item, field, where)));
    return texts;
  }

  private static String text(JsonNode node, String field, Object where) {
    if (!node.isTextual()) {
      throw new JourneyException(where + " has no text in \"" + field + "\": it is not Journey's.");
    }
    return node.textValue();
  }

  /** A result that is being put together. */
  public static final class Draft {
    private final String title;
    private final String question;
    private final List<String> sentences = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, Figure> figures = new LinkedHashMap<>();
    private final Map<String, String> tables = new LinkedHashMap<>();
    private ObjectNode settings = Json.object();

    private Draft(String title, String question) {
      this.title = title;
      this.question = question;
    }

    /** Adds a sentence of what was found. */
    public Draft sentence(String text) {
      sentences.add(text);
      return this;
    }

    /** Adds a sentence of what limits it. */
    public Draft warning(String text) {
      warnings.add(text);
      return this;
    }

    /**
     * Adds a figure.
     *
     * @param name of its files, without ending: letters, digits, - and _
     */
    public Draft figure(String name, Figure figure) {
      if (figures.put(name, figure) != null) {
        throw new IllegalArgumentException("a result has the figure " + name + " twice");
      }
      return this;
    }

    /**
     * Adds a table.
     *
     * @param name of its file, ending in .csv
     * @param csv a header line and the others, fields as {@link io.journey.run.Csv} has them
     */
    public Draft table(String name, String csv) {
      if (tables.put(name, csv) != null) {
        throw new IllegalArgumentException("a result has the table " + name + " twice");
      }
      return this;
    }

    /** Says what decided the result. */
    public Draft settings(ObjectNode decided) {
      settings = decided.deepCopy();
      return this;
    }

    /**
     * Writes tables and figures, then {@link #FILE}, into a directory that is not finished yet.
     *
     * @return what was written
     */
    public EvaluationResult write(RunDirectory run) {
      Map<String, String> captions = new LinkedHashMap<>();
      figures.forEach((name, figure) -> captions.put(name, figure.title()));
      EvaluationResult result =
          new EvaluationResult(
              title,
              question,
              sentences,
              warnings,
              captions,
              List.copyOf(tables.keySet()),
              settings);
      tables.forEach(
          (name, csv) -> run.write(name, out -> out.write(csv.getBytes(StandardCharsets.UTF_8))));
      figures.forEach((name, figure) -> Figures.write(run, name, figure));
      run.write(FILE, out -> out.write(Json.bytes(result.json())));
      return result;
    }
  }
}
