package io.journey.results.curation;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.journey.run.Csv;

/**
 * What the other training images say of one: a line of {@link Curation#SIGNALS}. Formulas: {@code
 * docs/methods/curation.md}.
 *
 * @param index its place in the data set
 * @param className its class, or ""
 * @param duplicates correlation of its pixels with those of {@code duplicateOf}; NaN where it is
 *     alone, or the first of its cluster
 * @param duplicateOf the first image of its cluster, or ""
 * @param twins by how much its strongest supporter exceeds the third and later ones; NaN where the
 *     two are each other's and it is the first of them
 * @param twin its strongest supporter
 * @param mislabels share of its supporters that bear another class, each by its strength; NaN where
 *     there are no classes
 * @param margin mean support by the class that supports it most, of the others, less that by its
 *     own; NaN where there are not two classes
 * @param rival that class, or ""
 * @param foreign 1 less the mean strength of its supporters
 * @param selfInfluence its score for itself over the mean of all images'
 * @param against the mean score of the others for it, with a minus sign
 */
public record Signals(
    int index,
    String id,
    @JsonProperty("class") String className,
    Double duplicates,
    String duplicateOf,
    Double twins,
    String twin,
    Double mislabels,
    Double margin,
    String rival,
    @Csv.Format("%.6f") double foreign,
    @Csv.Format("%.6e") double selfInfluence,
    @Csv.Format("%.6e") double against) {
  public Signals {
    duplicates = Csv.orNaN(duplicates);
    twins = Csv.orNaN(twins);
    mislabels = Csv.orNaN(mislabels);
    margin = Csv.orNaN(margin);
  }
}
