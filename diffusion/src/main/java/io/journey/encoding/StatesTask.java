package io.journey.encoding;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.condition.TextStates;
import io.journey.run.Csv;
import io.journey.run.Failures;
import io.journey.run.Task;
import io.journey.run.TaskContext;
import io.journey.text.TextEncoder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The states of some captions, and the fingerprints of these states.
 *
 * @param encoder of the captions
 * @param from the index of the first caption
 * @param shard the number of the file
 * @param texts of the captions
 */
record StatesTask(TextEncoderPlace encoder, int from, int shard, List<String> texts)
    implements Task {
  @Override
  public String file() {
    return ArrayShards.table(shard);
  }

  @Override
  public long size() {
    return texts.size();
  }

  @Override
  public void run(TaskContext context) {
    TextEncoder opened = context.open(encoder);
    int tokens = opened.tokens();
    int width = opened.width();
    List<StateRow> rows = new ArrayList<>();
    context.write(
        ArrayShards.file(ArrayShards.STATES, shard),
        out -> {
          Npy.writeHeader(out, DType.F16, texts.size(), tokens, width);
          for (String text : texts) {
            float[] states = opened.encode(text);
            Halves.round(states, "A state of the caption \"" + Failures.quoted(text) + "\"");
            byte[] fingerprint = TextStates.fingerprint(states, tokens, width);
            rows.add(new StateRow(from + rows.size(), HexFormat.of().formatHex(fingerprint)));
            Npy.writeNumbers(out, DType.F16, states);
            context.progress().advance(1);
          }
        });
    context.write(file(), out -> Csv.write(out, StateRow.class, rows.iterator()));
  }
}
