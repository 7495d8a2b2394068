package io.journey.encoding;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.dataset.Dataset;
import io.journey.dataset.ImageShape;
import io.journey.latent.LatentCodec;
import io.journey.run.Task;
import io.journey.run.TaskContext;

/**
 * The latents of some images.
 *
 * @param data the pictures
 * @param codec encodes them
 * @param rows images of a file
 * @param shard the number of the file
 */
record LatentTask(Dataset data, CodecPlace codec, int rows, int shard) implements Task {
  private int from() {
    return shard * rows;
  }

  @Override
  public String file() {
    return ArrayShards.file(ArrayShards.LATENTS, shard);
  }

  @Override
  public long size() {
    return Math.min(rows, data.size() - from());
  }

  @Override
  public void run(TaskContext context) {
    LatentCodec opened = context.open(codec);
    ImageShape latent = opened.latentShape(data.shape());
    context.write(
        file(),
        out -> {
          Npy.writeHeader(
              out, DType.F16, size(), latent.channels(), latent.height(), latent.width());
          float[] image = new float[data.shape().numel()];
          for (int i = from(); i < from() + size(); i++) {
            data.read(i, image, 0);
            float[] numbers = opened.encode(new float[][] {image}, data.shape())[0];
            Halves.round(numbers, "The latent of " + data.id(i));
            Npy.writeNumbers(out, DType.F16, numbers);
            context.progress().advance(1);
          }
        });
  }
}
