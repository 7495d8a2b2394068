package io.journey.report;

/**
 * Something an attribution shows.
 *
 * @param kind what it is about; at most one of a kind is shown
 * @param surprise −log10 of its probability under the kind's chance model, corrected for how many
 *     places it was looked for in
 * @param sentence one sentence, with its numbers
 */
public record Finding(Kind kind, double surprise, String sentence) {
  /** The subject of a finding; see {@link Findings} for the chance model of each. */
  public enum Kind {
    /** One training image is strong for many pictures. */
    HUB,
    /** The strongest images change class between two steps. */
    CLASS_CHANGE,
    /** The images that push away are of the picture's own class. */
    NEGATIVE_KIN,
    /** The strongest images are, or are not, those that look alike. */
    PIXELS,
    /** The captions of the strongest images have words of the prompts. */
    CAPTIONS,
    /** Many of the strongest images have one word of a prompt in their captions. */
    WORD,
    /** The strongest images are others at the end than at the start. */
    TURNOVER,
    /** An image pushes towards the picture at one step and away from it at another. */
    SIGN_FLIP
  }
}
