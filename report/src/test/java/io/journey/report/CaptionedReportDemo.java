package io.journey.report;

import io.journey.condition.Condition;
import io.journey.dataset.Dataset;
import io.journey.dataset.Datasets;
import io.journey.random.RandomStream;
import io.journey.random.Seed;
import io.journey.results.FakeAttribution;
import io.journey.statistics.PixelSimilarity;
import io.journey.statistics.SharedWords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A page with prompts, captions and a mask to look at while working on it: real pictures, invented
 * scores, and prompts that pages must bear. Arguments: a data set with captions, such as
 * coco:data/coco?size=128&split=validation, where to write, and how many steps. With a browser,
 * screenshots too.
 */
final class CaptionedReportDemo {
  private static final int TARGETS = 12;

  private CaptionedReportDemo() {}

  public static void main(String[] args) throws Exception {
    Dataset data = Datasets.open(args[0]).captioned();
    int count = args.length > 2 ? Integer.parseInt(args[2]) : 9;
    int[] steps = IntStream.rangeClosed(1, count).map(i -> i * 900 / count).toArray();
    Path out = Files.createDirectories(Path.of(args[1]));
    float[][] finals = new float[TARGETS][data.shape().numel()];
    List<String> prompts = new ArrayList<>();
    for (int t = 0; t < TARGETS; t++) {
      int like = data.size() - 1 - 3 * t;
      data.read(like, finals[t], 0);
      prompts.add(data.captions(like).get(0));
    }
    prompts.set(4, "");
    prompts.set(
        5, "a <b>stop</b> sign & a \"dog\" </script><script>alert(1)</script>\u202e\u001b[1m");
    prompts.set(6, "رجل يركب دراجة نارية بجانب علامة توقف 12 (motorcycle)");
    prompts.set(
        7, "very ".repeat(40) + "long " + "x".repeat(200) + " prompt with a man and a motorcycle");
    FakeAttribution fake = new FakeAttribution(steps, finals, scores(steps, data, finals, prompts));
    fake.conditions = prompts.stream().<Condition>map(Condition.Prompt::new).toList();
    fake.mask = disc(data.shape().height(), data.shape().width());
    fake.inputs.put("guidance", "classifier-free:7.5:blurry, <i>low</i> quality");
    fake.inputs.put("pictures", data.fingerprint()).put("data", "12".repeat(32));
    fake.inputs.put("text_encoder", "34".repeat(32)).put("codec", "56".repeat(32));
    Path page = out.resolve("report.html");
    Path run = Files.createTempDirectory("demo").resolve("attribution");
    long start = System.nanoTime();
    AttributionReport.write(fake.write(run, data), data, page);
    System.out.println(
        page
            + ": "
            + Files.size(page) / 1024
            + " KiB, "
            + (System.nanoTime() - start) / 1e9
            + " s");
    if (Chromium.find().isPresent()) {
      try (Chromium browser =
          Chromium.start(Chromium.find().get(), Files.createTempDirectory("browser"))) {
        ReportDemo.shoot(browser, page, out);
      }
    }
  }

  private static float[] disc(int height, int width) {
    float[] mask = new float[height * width];
    for (int i = 0; i < mask.length; i++) {
      double y = (i / width + 0.5) / height - 0.45;
      double x = (i % width + 0.5) / width - 0.4;
      mask[i] = x * x + y * y < 0.07 || Math.abs(x - 0.45) + Math.abs(y - 0.4) < 0.08 ? 1 : 0;
    }
    return mask;
  }

  /** Words count in the middle, pixels at the end, chance at the beginning. */
  private static float[][][][] scores(
      int[] steps, Dataset data, float[][] finals, List<String> prompts) {
    float[][] cosines = PixelSimilarity.cosines(data, finals);
    SharedWords captions = SharedWords.of(data, prompts);
    float[][][][] out = new float[2][steps.length][finals.length][data.size()];
    for (int t = 0; t < finals.length; t++) {
      for (int s = 0; s < steps.length; s++) {
        double middle = Math.exp(-Math.pow((steps[s] - 500) / 200.0, 2));
        for (int m = 0; m < out.length; m++) {
          RandomStream noise = Seed.of(m).child(t).child(s).stream();
          for (int i = 0; i < data.size(); i++) {
            double late = cosines[t][i] * (1 - steps[s] / 1000.0);
            out[m][s][t][i] =
                (float) (4 * middle * captions.share(t, i) + 2 * late + noise.gaussian(i));
          }
        }
      }
    }
    return out;
  }
}
