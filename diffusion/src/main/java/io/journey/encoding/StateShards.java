package io.journey.encoding;

import io.journey.condition.TextStates;
import io.journey.run.Csv;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The states of distinct captions on disk. Safe for many threads. */
final class StateShards implements Serializable {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private final Manifest manifest;
  private final int tokens;
  private final int width;
  private final int shardRows;
  private final ArrayShards numbers;
  private final Map<Integer, byte[][]> fingerprints = new ConcurrentHashMap<>();

  /** One object, so that captions that are sent together open the directory once. */
  private final Place place;

  StateShards(Manifest manifest) {
    EncodingSettings settings = manifest.settings(EncodingSettings.class);
    if (settings.states() == null) {
      throw new JourneyException(
          manifest.directory() + " has no states of captions: encode them with a text encoder.");
    }
    this.manifest = manifest;
    this.tokens = settings.states().get(0);
    this.width = settings.states().get(1);
    this.shardRows = settings.stateRows();
    this.numbers = new ArrayShards(manifest, ArrayShards.STATES, settings.states(), shardRows);
    this.place = new Place(manifest.directory().toAbsolutePath().toString());
  }

  /** Returns the states of a caption, by reference. */
  TextStates of(int caption) {
    return new Stored(this, caption);
  }

  private byte[] fingerprint(int caption) {
    byte[][] ofShard = fingerprints.computeIfAbsent(caption / shardRows, this::fingerprints);
    int row = caption % shardRows;
    if (row >= ofShard.length) {
      throw damaged(caption / shardRows);
    }
    return ofShard[row];
  }

  private byte[][] fingerprints(int shard) {
    List<byte[]> rows = new ArrayList<>();
    Csv.forEach(
        StateRow.class,
        manifest.verified(ArrayShards.table(shard)),
        "encode again",
        row -> {
          boolean next = row.index() == (long) shard * shardRows + rows.size();
          if (!next || !SHA256.matcher(row.sha256()).matches()) {
            throw damaged(shard);
          }
          rows.add(HexFormat.of().parseHex(row.sha256()));
        });
    return rows.toArray(byte[][]::new);
  }

  private JourneyException damaged(int shard) {
    return new JourneyException(
        manifest.directory()
            + "/"
            + ArrayShards.table(shard)
            + " does not list the captions of its file: encode again.");
  }

  /** Another process opens the directory itself. */
  private Object writeReplace() {
    return place;
  }

  private record Place(String directory) implements Serializable {
    private Object readResolve() {
      return new StateShards(
          Manifest.read(Path.of(directory), EncodedDataset.KIND, EncodedDataset.FORMAT));
    }
  }

  /** The states of one caption. */
  private record Stored(StateShards shards, int caption) implements TextStates {
    @Override
    public int tokens() {
      return shards.tokens;
    }

    @Override
    public int width() {
      return shards.width;
    }

    @Override
    public void read(float[] out, int offset) {
      shards.numbers.read(caption, out, offset);
    }

    @Override
    public byte[] fingerprint() {
      return shards.fingerprint(caption).clone();
    }
  }
}
