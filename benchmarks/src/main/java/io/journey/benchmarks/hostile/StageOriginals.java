package io.journey.benchmarks.hostile;

import io.journey.benchmarks.hostile.Original.Guard;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/** The originals that stages have written, and what stages read beside data. */
final class StageOriginals {
  private static final String ATTRIBUTE =
      "attribute --checkpoints {}/checkpoints --target {}/targets.safetensors --out {out}/a"
          + " --timesteps 300 --draws 2 --features {}/";
  private static final String SEEDS =
      "evaluate seeds --checkpoints {}/checkpoints --count 2 --inference-steps 2 --out {out}/s"
          + " --embedding ";
  private static final String SAMPLE =
      "sample --count 1 --inference-steps 2 --out {out}/t.safetensors --checkpoint ";

  private final Corpus corpus;
  private final List<Original> all;

  StageOriginals(Corpus corpus, List<Original> all) {
    this.corpus = corpus;
    this.all = all;
  }

  void make() throws IOException {
    results();
    unfinished();
    models();
    settings();
  }

  /** Everything below the flow's folder of this name is changed; {@code others} is read with it. */
  private Original copied(
      String name, int weight, String attacked, String others, String... commands)
      throws IOException {
    Path folder = corpus.folder(name);
    for (String part : (attacked + " " + others).strip().split(" ")) {
      Path from = corpus.flow().resolve(part);
      if (!Files.exists(folder.resolve(part))) {
        Corpus.copy(from, folder.resolve(part));
      }
    }
    List<String> files =
        Originals.names(folder).stream()
            .filter(n -> n.equals(attacked) || n.startsWith(attacked + "/"))
            .toList();
    return made(name, weight, files, commands);
  }

  private static Original made(String name, int weight, List<String> files, String... commands) {
    Original original = Original.of(name, weight, files, words(commands[0]));
    for (String more : Arrays.asList(commands).subList(1, commands.length)) {
      original = original.or(words(more));
    }
    return original;
  }

  private static String[] words(String command) {
    return command.strip().split("\\s+");
  }

  private void results() throws IOException {
    all.add(
        copied(
                "features/plain",
                16,
                "features",
                "checkpoints targets.safetensors",
                "inspect --verify {}/features",
                ATTRIBUTE + "features")
            .guardedBy(Guard.MANIFEST));
    all.add(
        copied("features/ekfac", 8, "ekfac", "checkpoints targets.safetensors", ATTRIBUTE + "ekfac")
            .guardedBy(Guard.MANIFEST));
    all.add(
        copied(
                "attribution/scores",
                16,
                "attribution",
                "data",
                "report --attribution {}/attribution --data {}/data --out {out}/r.html",
                "evaluate flips --attribution {}/attribution --out {out}/f",
                "evaluate timesteps --attribution {}/attribution --out {out}/e")
            .guardedBy(Guard.MANIFEST));
    all.add(
        copied(
                "evaluation/steps",
                30,
                "evaluation",
                "attribution data",
                "report --attribution {}/attribution --evaluation {}/evaluation --data {}/data"
                    + " --out {out}/r.html")
            .guardedBy(Guard.MANIFEST));
    all.add(
        copied(
                "ground-truth/pack",
                4,
                "truth",
                "checkpoints data targets.safetensors features",
                "evaluate lds --checkpoints {}/checkpoints --data {}/data --target"
                    + " {}/targets.safetensors --timesteps 300 --features {}/features --subsets 6"
                    + " --draws 2 --target-draws 2 --estimators tracin-dot --ground-truth"
                    + " {}/truth --models {out}/m --out {out}/lds")
            .guardedBy(Guard.MANIFEST));
  }

  private void unfinished() throws IOException {
    all.add(
        copied(
                "unfinished/features",
                15,
                "unfinished",
                "checkpoints data",
                "inspect {}/unfinished",
                "featurize --checkpoints {}/checkpoints --data {}/data --out {}/unfinished"
                    + " --preconditioner none --projection sparse:64 --draws 2")
            .guardedBy(Guard.UNFINISHED));
    all.add(
        copied(
                "unfinished/samples",
                15,
                "begun.safetensors.parts",
                "checkpoints",
                "inspect {}/begun.safetensors.parts",
                "sample --checkpoint {}/checkpoints/member-000 --seed 7 --count 3"
                    + " --inference-steps 4 --out {}/begun.safetensors")
            .guardedBy(Guard.UNFINISHED));
    Path folder = corpus.folder("quickstart/run");
    Files.writeString(
        folder.resolve("run.json"),
        "{\"kind\": \"quickstart\", \"seed\": 1, \"stages\": {\"train\": {\"seconds\": 1.5}}}\n");
    all.add(made("quickstart/run", 10, List.of("run.json"), "inspect {}"));
  }

  private void models() throws IOException {
    all.add(
        copied(
                "checkpoints/ensemble",
                8,
                "checkpoints",
                "data",
                "inspect --verify {}/checkpoints",
                SAMPLE + "{}/checkpoints/member-000",
                "featurize --checkpoints {}/checkpoints --data {}/data --out {out}/f --preconditioner"
                    + " none --projection sparse:64 --draws 1")
            .guardedBy(Guard.MANIFEST));
    all.add(
        copied(
                "trajectory/targets",
                15,
                "targets.safetensors",
                "checkpoints features",
                ATTRIBUTE + "features")
            .guardedBy(Guard.MANIFEST));
    all.add(
        copied(
            "classifier/network",
            10,
            "classifier",
            "checkpoints",
            SEEDS + "classifier:{}/classifier"));
    Path clip = corpus.folder("clip/vision");
    Corpus.copy(corpus.flow().resolve("checkpoints"), clip.resolve("checkpoints"));
    Corpus.copy(corpus.golden("diffusion", "golden/embedding/clip"), clip.resolve("clip"));
    Files.delete(clip.resolve("clip/golden.safetensors"));
    List<String> files = Originals.names(clip).stream().filter(n -> n.startsWith("clip/")).toList();
    all.add(made("clip/vision", 10, files, SEEDS + "clip:{}/clip"));
    Path diffusers = corpus.folder("diffusers/pipeline");
    Corpus.copy(corpus.flow().resolve("checkpoints/member-000"), diffusers.resolve("m"));
    List<String> json =
        Originals.names(diffusers).stream().filter(n -> n.endsWith("config.json")).toList();
    all.add(made("diffusers/pipeline", 30, json, SAMPLE + "{}/m"));
  }

  private void settings() throws IOException {
    Path config = corpus.folder("config/training");
    Corpus.idx(config.resolve("data"));
    Files.writeString(config.resolve("config.json"), Stages.CONFIG);
    all.add(
        made(
            "config/training",
            30,
            List.of("config.json"),
            "train --config {}/config.json --data {}/data --out {out}/c --training-steps 1 --count 1"));
    Original mask =
        copied(
            "mask/picture",
            10,
            "targets.safetensors",
            "checkpoints features",
            ATTRIBUTE + "features --mask {}/mask.png");
    BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 16; i++) {
      picture.setRGB(i % 4, i / 4, 0xFFFFFF);
    }
    ImageIO.write(picture, "png", corpus.folder("mask/picture").resolve("mask.png").toFile());
    all.add(
        new Original(mask.name(), mask.weight(), List.of("mask.png"), mask.commands(), Guard.NONE));
  }
}
