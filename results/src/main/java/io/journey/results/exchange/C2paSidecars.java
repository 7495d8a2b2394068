package io.journey.results.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.results.Influence;
import io.journey.run.Checksums;
import io.journey.run.Json;
import io.journey.run.StageWork;
import io.journey.run.Versions;
import java.util.List;
import java.util.Locale;

/**
 * A sidecar of each target as C2PA's tools take it for signing: what made the picture, the training
 * images that influenced it most as ingredients, and the attribution as an assertion. It is not
 * signed.
 */
public final class C2paSidecars implements ExportFormat {
  private static final String MADE_BY_A_MODEL =
      "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
  private static final String ASSERTION = "io.journey.attribution";

  @Override
  public String name() {
    return "c2pa";
  }

  @Override
  public String description() {
    return "Write a C2PA manifest definition beside each picture asked about, to be signed by others.";
  }

  @Override
  public void write(ExportContent content, StageWork work) {
    List<String> titles = content.targetTitles();
    boolean drawn = content.isDrawn();
    for (int t = 0; t < content.targets(); t++) {
      String name = String.format(Locale.ROOT, "target-%03d", t);
      byte[] picture = content.targetPng(t);
      work.write(name + ".png", out -> out.write(picture));
      ObjectNode manifest = manifest(content, t, name + ".png", drawn);
      ObjectNode found = attribution(content, t, Checksums.of(picture));
      if (!titles.get(t).isEmpty()) {
        found.put("title", titles.get(t));
      }
      ((ArrayNode) manifest.get("assertions"))
          .addObject()
          .put("label", ASSERTION)
          .set("data", found);
      work.write(name + ".png.c2pa.json", out -> out.write(Json.bytes(manifest)));
    }
  }

  private static List<Influence> strongest(ExportContent content, int target) {
    return content.strongest(content.overall(target), content.request().strongest());
  }

  private static ObjectNode manifest(
      ExportContent content, int target, String name, boolean drawn) {
    ObjectNode manifest = Json.object();
    ObjectNode generator = manifest.putArray("claim_generator_info").addObject();
    generator.put("name", "Journey").put("version", Versions.journey());
    manifest.put("title", name).put("format", "image/png");
    ArrayNode ingredients = manifest.putArray("ingredients");
    ArrayNode assertions = manifest.putArray("assertions");
    if (!drawn) {
      return manifest; // Nothing went into a picture that no model made.
    }
    ObjectNode actions = assertions.addObject().put("label", "c2pa.actions.v2");
    ObjectNode created = actions.putObject("data").putArray("actions").addObject();
    created.put("action", "c2pa.created").put("digitalSourceType", MADE_BY_A_MODEL);
    ArrayNode labels = created.putObject("parameters").putArray("ingredientIds");
    for (Influence one : strongest(content, target)) {
      String label = "urn:journey:sha256:" + content.images().sha256(one.index());
      labels.add(label);
      ingredients
          .addObject()
          .put("title", one.exampleId())
          .put("relationship", "inputTo")
          .put("instance_id", label);
    }
    return manifest;
  }

  private static ObjectNode attribution(ExportContent content, int target, String sha256) {
    ObjectNode found = Json.object().put("target", target);
    found.putObject("picture").put("alg", "sha256").put("hash", sha256);
    ArrayNode images = found.putArray("images");
    int rank = 1;
    for (Influence one : strongest(content, target)) {
      ObjectNode image = images.addObject().put("id", one.exampleId()).put("rank", rank++);
      image.put("alg", "sha256").put("hash", content.images().sha256(one.index()));
      image.put("score", one.score());
      ObjectNode steps = image.putObject("scores");
      for (int s = 0; s < content.steps().length; s++) {
        steps.put(Integer.toString(content.steps()[s]), content.scores(s, target)[one.index()]);
      }
      String use = content.consent(one.index()).use().toString();
      if (!use.isEmpty()) {
        image.put("generative_training", use);
      }
    }
    found.set("journey", content.provenance());
    return found;
  }
}
