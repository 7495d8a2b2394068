package io.journey.results.exchange;

/** The form in which an export names training images. */
public enum ImageForm {
  /** The data set's own files. */
  FILES,
  /** PNG files of the export, as the model saw the images. */
  PNG,
  /** The bytes of PNG files in a column. */
  EMBEDDED
}
