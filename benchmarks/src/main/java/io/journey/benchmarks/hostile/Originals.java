package io.journey.benchmarks.hostile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.DType;
import io.journey.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Every original: its files are put below the corpus, its commands listed here. */
final class Originals {
  private static final String DATA = "{}?size=8";

  private static final String LIST = "originals.json";

  private final Corpus corpus;
  private final List<Original> all = new ArrayList<>();

  private Originals(Corpus corpus) {
    this.corpus = corpus;
  }

  private static List<Original> make(Path home, Path into, boolean stages) throws IOException {
    Originals made = new Originals(new Corpus(home, into));
    made.pictures();
    made.folders();
    made.captions();
    made.archives();
    made.tables();
    made.arrays();
    made.checkpoints();
    if (stages) {
      new StageOriginals(made.corpus, made.all).make();
    }
    return List.copyOf(made.all);
  }

  /**
   * Makes all and leaves their list beside them.
   *
   * @param stages whether also those that stages write, for which models are trained
   */
  static void write(Path home, Path into, boolean stages) throws IOException {
    Corpus.delete(into);
    Files.createDirectories(into);
    ObjectNode list = Json.object();
    list.set("originals", Json.tree(make(home, into, stages)));
    Files.write(into.resolve(LIST), Json.bytes(list));
  }

  /** Those of a corpus that was made before. */
  static List<Original> listed(Path corpus) {
    Path file = corpus.resolve(LIST);
    return Json.bind(Json.read(file), Listed.class, file.toString()).originals();
  }

  /** How the list is written. */
  record Listed(List<Original> originals) {}

  private void add(Original original) {
    all.add(original);
  }

  private void pictures() throws IOException {
    for (Path picture : children(corpus.pictures())) {
      String file = picture.getFileName().toString();
      int dot = file.lastIndexOf('.');
      String ending = file.substring(dot + 1);
      String reader = ending.equals("jpg") ? "jpeg" : ending;
      String name = reader + "/" + file.substring(0, dot);
      Path folder = corpus.folder(name);
      Files.copy(picture, folder.resolve("a." + ending));
      Files.copy(corpus.pictures().resolve("rgb.png"), folder.resolve("b.png"));
      add(Original.of(name, 24, List.of("a." + ending), "inspect", "--data", DATA));
    }
  }

  private void folders() throws IOException {
    Path folder = corpus.folder("folder/classes");
    for (String name : new String[] {"train/cat/1", "train/cat/2", "train/dog/3", "test/dog/4"}) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.copy(corpus.pictures().resolve("rgb.png"), folder.resolve(name + ".png"));
    }
    add(Original.of("folder/classes", 20, List.of(), "inspect", "--data", DATA));
    Path flat = corpus.folder("folder/flat");
    for (String name : new String[] {"1.png", "2.png", "3.png"}) {
      Files.copy(corpus.pictures().resolve("grey.png"), flat.resolve(name));
    }
    add(Original.of("folder/flat", 20, List.of(), "inspect", "--data", DATA));
    Path lists = corpus.folder("list/ids");
    Corpus.idx(lists.resolve("data"));
    Files.writeString(lists.resolve("ids.txt"), "train/00001\ntrain/00005\ntrain/00011\n");
    add(
        Original.of(
            "list/ids",
            20,
            List.of("ids.txt"),
            "inspect",
            "--data",
            "{}/data",
            "--where",
            "id=@{}/ids.txt"));
  }

  private void captions() throws IOException {
    coco();
    for (String name : new String[] {"lists/metadata.jsonl", "csv/metadata.csv"}) {
      captions("captions/" + name.substring(0, name.indexOf('/')), name.replaceAll(".*/", ""));
    }
    Path beside = corpus.folder("captions/beside");
    Files.copy(corpus.pictures().resolve("rgb.png"), beside.resolve("a.png"));
    Files.writeString(beside.resolve("a.txt"), "a cat, asleep\nun café\n");
    addCaptions("captions/beside", 20, "a.txt", "{}");
    Path web = corpus.folder("captions/web");
    Files.copy(
        corpus.golden("dataset", "captions/tar/shard-0000.tar"), web.resolve("shard-0000.tar"));
    addCaptions("captions/web", 20, "shard-0000.tar", "{}/shard-0000.tar");
    for (String kind : new String[] {"plain", "small-pages", "v2"}) {
      String name = "captions/" + kind;
      Files.copy(
          corpus.golden("dataset", "captions/repeated/" + kind + ".parquet"),
          corpus.folder(name).resolve("a.parquet"));
      addCaptions(name, 20, "a.parquet", "{}/a.parquet");
    }
  }

  private void coco() throws IOException {
    Path folder = corpus.folder("coco/train");
    Path table = folder.resolve("annotations/captions_train2017.json");
    Files.createDirectories(table.getParent());
    Files.writeString(
        table,
        """
        {"info": {}, "images": [{"id": 1, "file_name": "0.png"}, {"id": 2, "file_name": "1.png"}],
        "annotations": [{"image_id": 2, "caption": "a"}, {"image_id": 1, "caption": "b\\n"}]}
        """);
    Files.createDirectories(folder.resolve("train2017"));
    for (String image : new String[] {"train2017/0.png", "train2017/1.png"}) {
      Files.copy(corpus.pictures().resolve("rgb.png"), folder.resolve(image));
    }
    addCaptions("coco/train", 40, "annotations/captions_train2017.json", "{}");
  }

  /** A folder with a table of captions, as the datasets library reads it. */
  private void captions(String name, String table) throws IOException {
    Path folder = corpus.folder(name);
    for (Path file : children(corpus.golden("dataset", name))) {
      Files.copy(file, folder.resolve(file.getFileName().toString()));
    }
    addCaptions(name, 20, table, "{}");
  }

  private void addCaptions(String name, int weight, String file, String path) {
    String data = path + "?size=8&uncaptioned=empty";
    add(Original.of(name, weight, List.of(file), "inspect", "--data", data));
  }

  private void archives() throws IOException {
    Path rgb = corpus.pictures().resolve("rgb.png");
    Path grey = corpus.pictures().resolve("baseline.jpg");
    byte[] plain = Corpus.tar("cat/1.png", rgb, "dog/2.jpg", grey, "dog/3.png", rgb);
    byte[] web =
        Corpus.tar(
            "0.png", rgb, "0.cls", "1", "0.json", "{\"label\": 1}", "1.jpg", grey, "1.cls", "0");
    archive("tar/plain", "a.tar", plain);
    archive("tar/gzip", "a.tar.gz", Repairs.gzip(plain));
    archive("webdataset/plain", "a.tar", web);
    archive("webdataset/gzip", "a.tgz", Repairs.gzip(web));
  }

  private void archive(String name, String file, byte[] bytes) throws IOException {
    Files.write(corpus.folder(name).resolve(file), bytes);
    add(Original.of(name, 40, List.of(file), "inspect", "--data", "{}/" + file + "?size=8"));
  }

  private void tables() throws IOException {
    List<Path> files = new ArrayList<>(children(corpus.golden("dataset", "parquet/plain")));
    files.addAll(children(corpus.golden("dataset", "parquet/hub/data")));
    files.removeIf(file -> file.endsWith("brotli.parquet")); // refused as it is
    for (Path file : files) {
      String file0 = file.getFileName().toString();
      String name = "parquet/" + file0.replace(".parquet", "");
      Files.copy(file, corpus.folder(name).resolve(file0));
      add(Original.of(name, 24, List.of(file0), "inspect", "--data", "{}/" + file0));
    }
    Path idx = corpus.folder("idx/plain");
    Corpus.idx(idx);
    add(Original.of("idx/plain", 60, names(idx), "inspect", "--data", "{}"));
    Path zipped = corpus.folder("idx/gzip");
    for (String name : names(idx)) {
      Files.write(
          zipped.resolve(name + ".gz"), Repairs.gzip(Files.readAllBytes(idx.resolve(name))));
    }
    add(Original.of("idx/gzip", 40, names(zipped), "inspect", "--data", "{}"));
    Path cifar = corpus.folder("cifar/ten");
    Corpus.cifar(cifar.resolve("data_batch_1.bin"), 6, 1);
    Files.writeString(
        cifar.resolve("batches.meta.txt"),
        "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n");
    add(Original.of("cifar/ten", 30, names(cifar), "inspect", "--data", "{}?size=8"));
    Path hundred = corpus.folder("cifar/hundred");
    Corpus.cifar(hundred.resolve("train.bin"), 4, 2);
    add(Original.of("cifar/hundred", 30, names(hundred), "inspect", "--data", "{}?size=8"));
  }

  private void arrays() throws IOException {
    for (DType dtype : new DType[] {DType.F16, DType.F32, DType.F64}) {
      String name = "npy/" + dtype.name().toLowerCase(Locale.ROOT);
      Corpus.npy(corpus.folder(name).resolve("a.npy"), dtype);
      add(Original.of(name, 40, List.of("a.npy"), "inspect", "{}/a.npy"));
    }
  }

  private void checkpoints() throws IOException {
    for (String kind : new String[] {"reference", "sharded", "bf16"}) {
      checkpoint("safetensors/" + kind, "golden/checkpoints/" + kind);
    }
    for (String kind : new String[] {"bin", "bin-sharded"}) {
      checkpoint("pytorch/" + kind, "golden/checkpoints/" + kind);
    }
    for (String kind : new String[] {"dict", "nested", "ordered", "protocol5"}) {
      pickle("pytorch/" + kind, "golden/checkpoints/tensors/" + kind + ".pt", 30);
    }
    pickle("pytorch/lightning", "golden/checkpoints/training/last.ckpt", 15);
    pickle("pytorch/trainer", "golden/checkpoints/training/model.pt", 15);
    pickle("torchscript/container", "golden/checkpoints/torchscript/model.pt", 30);
  }

  private void pickle(String name, String golden, int weight) throws IOException {
    Path file = corpus.golden("base", golden);
    String own = file.getFileName().toString();
    Files.copy(file, corpus.folder(name).resolve(own));
    add(Original.of(name, weight, List.of(own), "inspect", "{}/" + own));
  }

  private void checkpoint(String name, String golden) throws IOException {
    Path folder = corpus.folder(name);
    for (Path file : children(corpus.golden("base", golden))) {
      Files.copy(file, folder.resolve(file.getFileName().toString()));
    }
    add(
        Original.of(name, 24, names(folder), "inspect", "{}")
            .or("export", "--checkpoint", "{}", "--out", "{out}/x"));
  }

  /** Returns the names of the files in a folder and below it, in order. */
  static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(f -> folder.relativize(f).toString())
          .filter(n -> !n.endsWith(".lock") && !n.endsWith("timing.json"))
          .sorted()
          .toList();
    }
  }

  static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
