package io.journey.report;

import io.journey.dataset.MemoryDataset;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.FakeAttribution;
import io.journey.statistics.PixelSimilarity;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * A page to look at while working on it: real pictures, invented scores. Arguments: the folder of
 * Fashion-MNIST's gzipped IDX files, and where to write. With a browser, screenshots too.
 */
final class ReportDemo {
  private static final int N = 2000;
  private static final int SIDE = 16;
  private static final int TARGETS = 12;
  private static final int[] STEPS = {100, 200, 300, 400, 500, 600, 700, 800, 900};

  private ReportDemo() {}

  public static void main(String[] args) throws Exception {
    Path out = Files.createDirectories(Path.of(args[1]));
    MemoryDataset data = read(Path.of(args[0]), "train", N);
    MemoryDataset other = read(Path.of(args[0]), "t10k", TARGETS);
    float[][] finals = new float[TARGETS][SIDE * SIDE];
    for (int t = 0; t < TARGETS; t++) {
      other.read(t, finals[t], 0);
    }
    FakeAttribution fake = new FakeAttribution(STEPS, finals, scores(data, finals));
    fake.loss = loss();
    fake.mask = args.length > 2 ? FakeAttribution.upperHalf(SIDE, SIDE) : null;
    Path page = out.resolve("report.html");
    Path run = Files.createTempDirectory("demo").resolve("attribution");
    AttributionReport.write(fake.write(run, data), data, page);
    System.out.println(page + ": " + Files.size(page) / 1024 + " KiB");
    if (Chromium.find().isPresent()) {
      try (Chromium browser =
          Chromium.start(Chromium.find().get(), Files.createTempDirectory("browser"))) {
        shoot(browser, page, out);
      }
    }
  }

  static void shoot(Chromium browser, Path page, Path out) throws Exception {
    for (int width : new int[] {1280, 420}) {
      for (boolean dark : new boolean[] {false, true}) {
        browser.show(width, 800, dark);
        browser.open(page.toUri() + "?" + width + dark + "#target-3");
        String name = width + (dark ? "-dark" : "-light");
        browser.screenshot(out.resolve(name + ".png"), true);
        browser.evaluate("document.querySelectorAll('.example')[3].focus()");
        browser.evaluate("document.querySelector('#journey').scrollIntoView()");
        browser.evaluate("scrollBy(0, -130)");
        browser.evaluate("document.querySelector('#journey').scrollLeft = 230");
        browser.screenshot(out.resolve(name + "-marked.png"), false);
      }
    }
  }

  /**
   * Similar images push towards at late steps, chance rules early, and kin push away at the end.
   */
  private static float[][][][] scores(MemoryDataset data, float[][] finals) {
    float[][] cosines = PixelSimilarity.cosines(data, finals);
    float[][][][] out = new float[5][STEPS.length][finals.length][data.size()];
    for (int t = 0; t < finals.length; t++) {
      RandomStream slow = Seed.of(5).child("slow").child(t).stream();
      for (int i = 0; i < data.size(); i++) {
        double drift = 0;
        for (int s = 0; s < STEPS.length; s++) {
          drift = s == 0 ? slow.gaussian(20L * i) : 0.8 * drift + 0.6 * slow.gaussian(20L * i + s);
          double late = 1 - STEPS[s] / 1000.0;
          double like = Math.max(0, cosines[t][i] - 0.6) * 12;
          for (int m = 0; m < out.length; m++) {
            double own = Seed.of(m).child(t).child(s).stream().gaussian(i);
            double sign = own + drift < -1 ? -1 : 1;
            out[m][s][t][i] =
                (float) (1e-3 * (late * like * sign + 0.7 * drift + 0.6 * own) * (1 + late));
          }
        }
      }
    }
    return out;
  }

  private static String loss() {
    StringBuilder csv = new StringBuilder("checkpoint,step,loss\n");
    for (int m = 0; m < 5; m++) {
      RandomStream random = Seed.of(m).child("loss").stream();
      for (int step = 20; step <= 6000; step += 20) {
        double value = 0.055 + 0.9 * Math.exp(-step / 150.0) + 0.12 * Math.exp(-step / 1500.0);
        csv.append(m).append(',').append(step).append(',');
        csv.append(
            String.format(Locale.ROOT, "%.6f%n", value * (1 + 0.03 * random.gaussian(step))));
      }
    }
    return csv.toString();
  }

  private static MemoryDataset read(Path folder, String part, int count) throws IOException {
    MemoryDataset data = new MemoryDataset(1, SIDE, SIDE);
    data.classes(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot");
    try (DataInputStream images = open(folder.resolve(part + "-images-idx3-ubyte.gz"), 16);
        DataInputStream labels = open(folder.resolve(part + "-labels-idx1-ubyte.gz"), 8)) {
      byte[] pixels = new byte[28 * 28];
      for (int i = 0; i < count; i++) {
        images.readFully(pixels);
        String id = String.format(Locale.ROOT, "%s/%05d", part, i);
        data.add(id, labels.readByte(), shrink(pixels));
      }
    }
    return data;
  }

  private static DataInputStream open(Path file, int header) throws IOException {
    DataInputStream in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)));
    in.readFully(new byte[header]);
    return in;
  }

  /** 28×28, padded to 32×32, every 2×2 averaged. */
  private static float[] shrink(byte[] pixels) {
    float[] out = new float[SIDE * SIDE];
    for (int y = 0; y < 28; y++) {
      for (int x = 0; x < 28; x++) {
        out[(y + 2) / 2 * SIDE + (x + 2) / 2] += (pixels[y * 28 + x] & 0xFF) / 510f;
      }
    }
    for (int i = 0; i < out.length; i++) {
      out[i] -= 1;
    }
    return out;
  }
}
