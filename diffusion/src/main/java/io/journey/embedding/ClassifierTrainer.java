package io.journey.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.array.Safetensors;
import io.journey.dataset.Dataset;
import io.journey.nn.Parameter;
import io.journey.random.Seed;
import io.journey.run.FileStage;
import io.journey.run.JourneyException;
import io.journey.run.Json;
import io.journey.run.Progress;
import io.journey.run.StageWork;
import io.journey.run.Workers;
import io.journey.tensor.BatchSizes;
import io.journey.tensor.Libtorch;
import io.journey.training.Adam;
import io.journey.training.GradientSum;
import io.journey.training.ShuffledEpochs;
import io.journey.training.TrainingConfig;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains a small convolutional network on a data set's classes; a seeded tenth of each class is
 * held out and measures it.
 *
 * @param data images and their classes
 * @param config the network and its training
 * @param seed of all randomness
 */
public record ClassifierTrainer(Dataset data, ClassifierConfig config, long seed)
    implements FileStage<Classifier> {
  /** Images in one forward and backward pass. */
  private static final int PASS = BatchSizes.CLASSIFIED;

  private record Settings(long seed, JsonNode training) {}

  @Override
  public String kind() {
    return Classifier.KIND;
  }

  @Override
  public Record settings() {
    return new Settings(seed, Json.tree(config));
  }

  @Override
  public ObjectNode inputs() {
    return Json.object().put("data", data.fingerprint()).put("examples", data.size());
  }

  /**
   * Refuses data with fewer than two classes or too few images.
   *
   * @throws JourneyException saying what they lack
   */
  @Override
  public void check() {
    split();
  }

  private HeldOut split() {
    return HeldOut.of(data, root().child("held out"));
  }

  private Seed root() {
    return Seed.of(seed).child("classifier");
  }

  /** Trains; interrupted, it begins anew. */
  @Override
  public void write(StageWork work) {
    new Work(data, split(), root(), work).train();
  }

  /** Opens the classifier, which the caller closes. */
  @Override
  public Classifier open(Path directory) {
    return Classifier.open(directory);
  }

  /** One training under way. */
  private final class Work {
    private final Dataset data;
    private final HeldOut split;
    private final Seed root;
    private final StageWork run;
    private final TrainingConfig training;
    private final ConvNetConfig architecture;

    Work(Dataset data, HeldOut split, Seed root, StageWork run) {
      this.data = data;
      this.split = split;
      this.root = root;
      this.run = run;
      int images = split.training().size();
      int batch = Math.min(config.batchSize(), images);
      long steps = Math.max(1, (long) config.epochs() * images / batch);
      this.training =
          TrainingConfig.of(Math.toIntExact(steps), batch, config.learningRate())
              .withMicroBatchSize(Math.min(PASS, batch));
      this.architecture =
          new ConvNetConfig(
              data.shape(), split.classes().size(), config.width(), config.features());
    }

    void train() {
      int steps = training.steps();
      try (ConvNet net = ConvNet.random(architecture, root.child("init"));
          Progress.Task task = run.progress().start("Training a classifier", steps, "steps")) {
        int[] right = new int[split.heldOut().size()];
        run.workers()
            .forEachShared(
                1,
                (unit, workers) -> {
                  steps(net, workers, task);
                  workers.forEach(right.length, i -> right[i] = isRight(net, i) ? 1 : 0);
                });
        run.write(Classifier.WEIGHTS, weights(net)::writeTo);
        ObjectNode description = description(java.util.Arrays.stream(right).sum());
        run.write(Classifier.DESCRIPTION, out -> out.write(Json.bytes(description)));
      }
      run.describeData(data.describe());
      run.timing().put("data_spec", data.spec());
    }

    private void steps(ConvNet net, Workers.Parts workers, Progress.Task task) {
      ShuffledEpochs order = new ShuffledEpochs(root.child("epoch"), split.training().size());
      int batch = training.batchSize();
      int pass = training.passImages();
      try (Adam adam = new Adam(training, net.parameters())) {
        for (int step = 0; step < training.steps(); step++) {
          int[] examples = new int[batch];
          for (int i = 0; i < batch; i++) {
            examples[i] = split.training().get(order.at((long) step * batch + i));
          }
          try (GradientSum sum = new GradientSum()) {
            workers.forEach((batch + pass - 1) / pass, p -> pass(net, examples, p, sum));
            requireFinite(sum.loss(), step);
            adam.step(step, sum.gradient(), workers);
          }
          task.advance(1);
        }
      }
    }

    /** Adds the share of some images in the step's mean loss and its gradient. */
    private void pass(ConvNet net, int[] examples, int pass, GradientSum sum) {
      int from = pass * training.passImages();
      int count = Math.min(training.passImages(), examples.length - from);
      int numel = data.shape().numel();
      float[] pixels = new float[count * numel];
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        data.read(examples[from + i], pixels, i * numel);
        labels[i] = split.place(data, examples[from + i]);
      }
      try (PointerScope scope = new PointerScope()) {
        Tensor loss = net.loss(Classifier.rows(pixels, count, data.shape()), labels);
        Tensor share = loss.mul(new Scalar((double) count / examples.length));
        sum.add(pass, share.detach(), net.parameters().gradient(share));
      }
    }

    private void requireFinite(float loss, int step) {
      if (!Float.isFinite(loss)) {
        throw new JourneyException(
            "The classifier diverged: its loss at step "
                + step
                + " is "
                + loss
                + "; train with a learning rate below "
                + config.learningRate()
                + ".");
      }
    }

    private boolean isRight(ConvNet net, int place) {
      int example = split.heldOut().get(place);
      float[] pixels = new float[data.shape().numel()];
      data.read(example, pixels, 0);
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor logits = net.logits(net.features(Classifier.rows(pixels, 1, data.shape())));
        return Libtorch.integer(logits.argmax()) == split.place(data, example);
      }
    }

    private Safetensors.Writer weights(ConvNet net) {
      Safetensors.Writer writer = new Safetensors.Writer();
      for (Parameter parameter : net.parameters().list()) {
        writer.add(parameter.name(), parameter.get(), parameter.shape());
      }
      return writer;
    }

    private ObjectNode description(int right) {
      ObjectNode json = Json.object();
      json.put("format", 1);
      json.putObject("image")
          .put("channels", data.shape().channels())
          .put("height", data.shape().height())
          .put("width", data.shape().width());
      json.put("width", config.width()).put("features", config.features());
      var names = json.putArray("classes");
      split.classes().forEach(number -> names.add(data.classNames().get(number)));
      json.put("training_images", split.training().size());
      json.put("training_steps", training.steps());
      int images = split.heldOut().size();
      json.putObject("held_out")
          .put("images", images)
          .put("correct", right)
          .put("accuracy", (double) right / images);
      return json;
    }
  }
}
