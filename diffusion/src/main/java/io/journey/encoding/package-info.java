/**
 * What a codec makes of the images of a data set, and a text encoder of its captions, computed once
 * and kept on disk.
 *
 * <p>Symbols: N images; latents of C channels, H×W; U distinct captions of T tokens with states of
 * D numbers. Both networks are frozen, so what they say of an image or a caption is the same in
 * every epoch and for every checkpoint. {@link io.journey.encoding.Encoding} is the stage that
 * writes it, {@link io.journey.encoding.EncodedDataset} the data set that training and attribution
 * read in the place of the pictures. Files: {@code docs/formats/encoding.md}.
 */
package io.journey.encoding;
