package io.journey.results.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.results.groups.GroupScores;
import io.journey.run.FileStage;
import io.journey.run.Json;
import io.journey.run.Manifest;
import io.journey.run.SettingException;
import io.journey.run.StageWork;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes what an attribution found, for another tool, as a run directory.
 *
 * @param form the format
 * @param request what is exported
 */
public record Export(ExportFormat form, ExportRequest request) implements FileStage<Manifest> {
  /** The manifest's kind. */
  public static final String KIND = "export";

  private record Settings(
      String format,
      String images,
      String paths,
      int strongest,
      String dataset,
      String license,
      String creator,
      String baseModel,
      String embedding) {}

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void check() {
    Set<ImageForm> forms = form.images();
    request
        .images()
        .filter(asked -> !forms.contains(asked))
        .ifPresent(
            asked -> {
              throw new SettingException(
                  "the format "
                      + form.name()
                      + (forms.isEmpty()
                          ? " names no images: leave --images out"
                          : " has no images as "
                              + word(asked)
                              + ", only as "
                              + forms.stream()
                                  .sorted()
                                  .map(Export::word)
                                  .collect(Collectors.joining(" or "))
                              + ": choose one of them"));
            });
    if (request.embedding().isPresent() && !form.hasVectors()) {
      throw new SettingException(
          "the format " + form.name() + " has no vectors of images: leave --embedding out");
    }
    form.check(request);
  }

  private static String word(ImageForm form) {
    return form.name().toLowerCase(Locale.ROOT);
  }

  private boolean namesImages() {
    return !form.images().isEmpty();
  }

  @Override
  public Record settings() {
    ExportRequest.Names names = request.names();
    return new Settings(
        form.name(),
        namesImages() ? word(ExportImages.form(request)) : null,
        namesImages() ? request.absolute() ? "absolute" : "relative" : null,
        request.strongest(),
        orNull(names.dataset()),
        orNull(names.license()),
        orNull(names.creator()),
        orNull(names.baseModel()),
        request.embedding().map(ExportRequest.Embedding::name).orElse(null));
  }

  private static String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  @Override
  public ObjectNode inputs() {
    ObjectNode inputs = Json.object();
    inputs.put("attribution", request.attribution().manifest().fingerprint());
    inputs.put("data", request.data().fingerprint());
    List<String> groups =
        request.groups().stream().map(GroupScores::manifest).map(Manifest::fingerprint).toList();
    if (!groups.isEmpty()) {
      inputs.set("groups", Json.tree(groups));
    }
    request.embedding().ifPresent(e -> inputs.put("embedding", e.fingerprint()));
    return inputs;
  }

  @Override
  public void write(StageWork work) {
    form.write(new ExportContent(this, work), work);
  }

  @Override
  public Manifest open(Path directory) {
    return Manifest.read(directory, KIND);
  }
}
