package io.journey.encoding;

import io.journey.array.DType;
import io.journey.dataset.Dataset;
import io.journey.latent.Autoencoder;
import io.journey.latent.Autoencoders;
import io.journey.latent.LatentCodec;
import io.journey.model.CheckpointFiles;
import io.journey.model.CheckpointSpec;
import io.journey.model.Ensemble;
import io.journey.model.LoraFile;
import io.journey.model.LoraPlace;
import io.journey.model.LoraSpec;
import io.journey.model.PipelineParts;
import io.journey.run.Confined;
import io.journey.run.JourneyException;
import io.journey.run.Manifest;
import io.journey.run.StageFiles;
import io.journey.text.TextEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The autoencoder and the text encoder that belong to a model: what stands between it and what a
 * person sees and writes.
 *
 * @param autoencoder what {@link Autoencoders#open} takes; null: the model is one of pixels
 * @param textEncoder what {@link TextEncoder#open} takes; null: the model takes no text, or its
 *     text encoder is not known
 * @param lora what is added to the text encoder's weights wherever it is opened; null: nothing
 */
public record Encoders(Path autoencoder, Path textEncoder, LoraSpec lora) {
  /** A model of pixels without text. */
  public static final Encoders NONE = new Encoders(null, null);

  private static final String VAE = "vae";
  private static final String CONFIG = "config.json";

  /** {@code checkpoints/member-000/unet/weights}: three folders above a file. */
  private static final int FOLDERS = 3;

  /** Those of a checkpoint without a LoRA. */
  public Encoders(Path autoencoder, Path textEncoder) {
    this(autoencoder, textEncoder, null);
  }

  /**
   * Finds those that belong to a checkpoint: in the pipeline folder that it is, or that it lies in,
   * or in the ensemble's directory above. Of one with a LoRA, those of its base where it has none
   * of its own; what the LoRA changes of the text encoder goes with it.
   */
  public static Encoders of(CheckpointSpec spec) {
    Encoders own = beside(spec.path());
    LoraPlace place = LoraPlace.of(spec);
    if (place == null) {
      return own;
    }
    Encoders all =
        of(place.base()).withAutoencoder(own.autoencoder).withTextEncoder(own.textEncoder);
    boolean changed = place.lora().open().changes(LoraFile.Part.TEXT_ENCODER);
    return changed ? new Encoders(all.autoencoder, all.textEncoder, place.lora()) : all;
  }

  private static Encoders beside(Path path) {
    Path place = path.toAbsolutePath().normalize();
    Path autoencoder = null;
    Path textEncoder = null;
    for (int up = 0; up <= FOLDERS && place != null; up++, place = place.getParent()) {
      if (!Files.isDirectory(place)) {
        continue;
      }
      if (autoencoder == null) {
        autoencoder = Autoencoders.inPipeline(place).orElse(null);
      }
      if (textEncoder == null && TextEncoder.isInPipeline(place)) {
        textEncoder = place;
      }
      Path above = place.getParent();
      boolean isMember = above != null && Confined.exists(above, Manifest.FILE);
      if (Confined.exists(place, Manifest.FILE) || CheckpointFiles.isPipeline(place) && !isMember) {
        break;
      }
    }
    return new Encoders(autoencoder, textEncoder);
  }

  /** Finds those that belong to the first checkpoint of an ensemble. */
  public static Encoders of(Ensemble ensemble) {
    return of(ensemble.spec(ensemble.checkpointNames().get(0)));
  }

  /** Returns the same with another autoencoder, unless that is null. */
  public Encoders withAutoencoder(Path other) {
    return other == null ? this : new Encoders(other, textEncoder, lora);
  }

  /** Returns the same with another text encoder, unless that is null. */
  public Encoders withTextEncoder(Path other) {
    return other == null ? this : new Encoders(autoencoder, other, lora);
  }

  /**
   * Returns those that others do not have: a text encoder that a LoRA changes is another.
   *
   * @param others what is there already
   */
  public Encoders without(Encoders others) {
    boolean sameText =
        Objects.equals(textEncoder, others.textEncoder) && Objects.equals(lora, others.lora);
    return new Encoders(
        Objects.equals(autoencoder, others.autoencoder) ? null : autoencoder,
        sameText ? null : textEncoder,
        sameText ? null : lora);
  }

  /** Returns whether there are none. */
  public boolean isEmpty() {
    return autoencoder == null && textEncoder == null;
  }

  /**
   * Opens the autoencoder; the caller closes it.
   *
   * @return {@link LatentCodec#IDENTITY} where there is none
   */
  public LatentCodec codec() {
    return autoencoder == null ? LatentCodec.IDENTITY : Autoencoders.open(autoencoder);
  }

  /**
   * Opens the text encoder, with what a LoRA changes of it added to its weights; the caller closes
   * it. Its notes say so.
   *
   * @throws JourneyException if there is none, or the LoRA is one of another
   */
  public TextEncoder text() {
    if (textEncoder == null) {
      throw withoutText();
    }
    TextEncoder opened = TextEncoder.open(textEncoder);
    try {
      if (lora != null) {
        opened.merge(lora.open());
      }
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  /** Returns the error of a model of captions whose text encoder is not there. */
  public static JourneyException withoutText() {
    return new JourneyException(
        "The model takes captions and has no text encoder beside it: put the folders text_encoder"
            + " and tokenizer into its pipeline's folder, where every command finds them.");
  }

  /**
   * Opens both.
   *
   * @param captioned whether the text encoder is asked for
   * @throws JourneyException if one cannot be opened, or there is no text encoder that is asked for
   */
  public Opened open(boolean captioned) {
    LatentCodec codec = codec();
    try {
      return new Opened(codec, captioned ? text() : null);
    } catch (RuntimeException e) {
      codec.close();
      throw e;
    }
  }

  /**
   * Both, opened; who opens them closes them.
   *
   * @param codec turns what the model samples into pictures
   * @param text encodes what a person writes; null: the model is told no text
   */
  public record Opened(LatentCodec codec, TextEncoder text) implements AutoCloseable {
    /** Of a model of pixels that is told no text. */
    public static final Opened NONE = new Opened(LatentCodec.IDENTITY, null);

    @Override
    public void close() {
      codec.close();
      if (text != null) {
        text.close();
      }
    }
  }

  /** Returns the stage that encodes a data set by them. */
  public Encoding encoding(Dataset pictures) {
    return Encoding.of(EncodingConfig.defaults(), pictures, this);
  }

  /**
   * Returns a data set as the checkpoints of an ensemble that {@code journey train} wrote were
   * trained on it: its encoding, where they are of latents or of captions.
   *
   * @param pictures the data set; one that is encoded already stays as it is
   * @throws JourneyException if they were trained on other images or captions
   */
  public static Dataset dataOf(Ensemble ensemble, Dataset pictures) {
    return dataOf(ensemble.manifest(), pictures);
  }

  /**
   * Returns a data set as the directory that a stage left has it: its encoding, where the stage
   * made one.
   *
   * @param stage its manifest; null: it is not known
   * @param pictures the data set; one that is encoded already stays as it is
   * @throws JourneyException if the encoding is of other images or captions
   */
  public static Dataset dataOf(Manifest stage, Dataset pictures) {
    boolean isEncoded = pictures.pictures() != pictures;
    Optional<Path> encoding = isEncoded ? Optional.empty() : encodingOf(stage);
    return encoding.isPresent() ? EncodedDataset.open(encoding.get(), pictures) : pictures;
  }

  /** Returns where the encoding is that a stage made; nothing where it made none. */
  private static Optional<Path> encodingOf(Manifest stage) {
    return stage != null && stage.hasPart(Encoding.FOLDER)
        ? Optional.of(Confined.path(stage.directory(), Encoding.FOLDER))
        : Optional.empty();
  }

  /**
   * Returns a data set as checkpoints see it that may have been trained on another: their
   * training's encoding where that is of these pictures and captions, otherwise the data set
   * itself, to be encoded.
   */
  public static Dataset encodedOr(Ensemble ensemble, Dataset pictures) {
    Optional<EncodedDataset> encoded =
        encodingOf(ensemble.training()).flatMap(place -> EncodedDataset.find(place, pictures));
    return encoded.isPresent() ? encoded.get() : pictures;
  }

  /**
   * Returns whether the first checkpoint of an ensemble was trained on a data set; true where that
   * is not known.
   *
   * @param pictures as they are, or encoded
   */
  public static boolean wereTrainedOn(Ensemble ensemble, Dataset pictures) {
    Manifest manifest = ensemble.training();
    if (manifest == null) {
      return true;
    }
    return encodingOf(manifest)
        .map(encoding -> EncodedDataset.isOf(encoding, pictures.pictures()))
        .orElseGet(() -> manifest.inputs().path("data").asText().equals(pictures.fingerprint()));
  }

  /**
   * Returns them as parts of a pipeline's folder.
   *
   * @param dtype of weights, F32, F16 or BF16; the text encoder's are of the smallest type that
   *     holds them exactly
   * @param maxShardBytes most bytes of weights in one file
   */
  public PipelineParts parts(DType dtype, long maxShardBytes) {
    PipelineParts parts = PipelineParts.collect();
    if (autoencoder != null) {
      try (Autoencoder opened = Autoencoders.open(autoencoder)) {
        opened.writeTo(parts.into(VAE), dtype, maxShardBytes);
        String name = opened.config().path("_class_name").textValue();
        parts.classes().put(VAE, new PipelineParts.Component("diffusers", name));
      }
    }
    if (textEncoder != null) {
      try (TextEncoder opened = text()) {
        opened.writeTo(parts.files()::put);
        parts
            .classes()
            .put("text_encoder", new PipelineParts.Component("transformers", "CLIPTextModel"));
        parts
            .classes()
            .put("tokenizer", new PipelineParts.Component("transformers", "CLIPTokenizer"));
      }
    }
    return parts;
  }

  /**
   * Returns the stage that makes of a data set what an ensemble sees, where that has yet to be
   * made: checkpoints that were trained elsewhere have their encoders beside them, and no encoding.
   */
  public static Optional<Encoding> missingEncoding(Ensemble ensemble, Dataset data) {
    Encoders encoders = of(ensemble);
    return encoders.isEmpty() || data.pictures() != data
        ? Optional.empty()
        : Optional.of(encoders.encoding(data));
  }

  /** Writes them into a stage's directory, as a pipeline folder has them. */
  public void writeTo(StageFiles files) {
    if (autoencoder != null && !files.has(VAE + "/" + CONFIG)) {
      try (Autoencoder opened = Autoencoders.open(autoencoder)) {
        opened.writeTo((name, content) -> files.write(VAE + "/" + name, content));
      }
    }
    if (textEncoder != null && !files.has("text_encoder/" + CONFIG)) {
      try (TextEncoder opened = text()) {
        opened.writeTo(files::write);
      }
    }
  }
}
