package io.journey.evaluation.removal;

import io.journey.run.Counted;
import io.journey.run.SettingException;
import java.util.Arrays;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * The distance of two sets of vectors, each taken for a Gaussian with its mean μ and covariance Σ
 * (divided by n − 1): ‖μ₁ − μ₂‖² + Tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½), equation 6 of Heusel et al. 2017, who
 * call it FID where the vectors are those of an Inception network. In float64.
 *
 * <p>The trace of the root is the sum of the singular values of F₁F₂ᵀ, where FᵀF = Σ; so nothing is
 * squared whose root would be wanted, and singular covariances need no special care.
 *
 * @param value the distance, not negative
 * @param means its part ‖μ₁ − μ₂‖²
 * @param covariances its part of the covariances
 * @param firstCount vectors of the first set
 * @param secondCount vectors of the second set
 * @param dim D, the length of a vector
 */
public record FrechetDistance(
    double value, double means, double covariances, int firstCount, int secondCount, int dim) {

  /**
   * Compares two sets. With 2048 numbers a vector it takes about a minute on one core.
   *
   * @param first [n₁, D], n₁ at least 2
   * @param second [n₂, D], n₂ at least 2
   * @throws IllegalArgumentException if a set is too small, vectors differ in length, or a number
   *     is not finite
   */
  public static FrechetDistance between(float[][] first, float[][] second) {
    if (first.length < 2 || second.length < 2) {
      throw new IllegalArgumentException(
          "a Fréchet distance needs at least two vectors in each set, got "
              + first.length
              + " and "
              + second.length);
    }
    int dim = first[0].length;
    double[] firstMean = mean(first, dim);
    double[] secondMean = mean(second, dim);
    double means = 0;
    for (int d = 0; d < dim; d++) {
      double difference = firstMean[d] - secondMean[d];
      means += difference * difference;
    }
    DMatrixRMaj firstFactor = factor(first, firstMean);
    DMatrixRMaj secondFactor = factor(second, secondMean);
    double covariances = 0;
    if (!Arrays.equals(firstFactor.data, secondFactor.data)) {
      double traces = squares(firstFactor) + squares(secondFactor);
      covariances = Math.max(0, traces - 2 * traceOfRoot(firstFactor, secondFactor));
    }
    return new FrechetDistance(
        means + covariances, means, covariances, first.length, second.length, dim);
  }

  /**
   * Returns a warning that belongs to the distance: that a set has no more vectors than these have
   * numbers, so that its covariance is singular. Such distances are too large, by more the fewer
   * vectors there are, and comparable only with others of the same numbers of vectors.
   */
  public Optional<String> note() {
    int fewest = Math.min(firstCount, secondCount);
    return fewest > dim
        ? Optional.empty()
        : Optional.of(
            "the smaller set has "
                + fewest
                + " vectors of "
                + Counted.of(dim, "numbers")
                + ": its covariance is singular and the distance too large; compare it only"
                + " with distances of as many vectors, or use more than "
                + dim);
  }

  private static double[] mean(float[][] vectors, int dim) {
    double[] mean = new double[dim];
    for (int i = 0; i < vectors.length; i++) {
      if (vectors[i].length != dim || dim == 0) {
        throw new IllegalArgumentException(
            "vector " + i + " has " + vectors[i].length + " numbers, expected " + dim);
      }
      for (int d = 0; d < dim; d++) {
        if (!Float.isFinite(vectors[i][d])) {
          throw new IllegalArgumentException(
              "vector " + i + " holds " + vectors[i][d] + ", expected finite numbers");
        }
        mean[d] += vectors[i][d];
      }
    }
    for (int d = 0; d < dim; d++) {
      mean[d] /= vectors.length;
    }
    return mean;
  }

  /** F with FᵀF = Σ, [min(n, D), D]: the centred vectors themselves where they are few. */
  private static DMatrixRMaj factor(float[][] vectors, double[] mean) {
    int dim = mean.length;
    if (vectors.length <= dim) {
      DMatrixRMaj centred = new DMatrixRMaj(vectors.length, dim);
      fill(centred, vectors, mean, 0, vectors.length);
      CommonOps_DDRM.scale(1 / Math.sqrt(vectors.length - 1.0), centred);
      return centred;
    }
    EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(dim, true, true);
    if (!eigen.decompose(covariance(vectors, mean))) {
      throw new SettingException(
          "the covariance of the vectors cannot be decomposed: their numbers are too large");
    }
    DMatrixRMaj factor = new DMatrixRMaj(dim, dim);
    for (int k = 0; k < dim; k++) {
      // Rounding can leave a variance of zero a little below it.
      double deviation = Math.sqrt(Math.max(0, eigen.getEigenvalue(k).getReal()));
      DMatrixRMaj direction = eigen.getEigenVector(k);
      for (int d = 0; d < dim; d++) {
        factor.set(k, d, deviation * direction.get(d, 0));
      }
    }
    return factor;
  }

  private static DMatrixRMaj covariance(float[][] vectors, double[] mean) {
    int dim = mean.length;
    int block = Math.min(vectors.length, Math.max(64, dim)); // bounds memory
    DMatrixRMaj sum = new DMatrixRMaj(dim, dim);
    DMatrixRMaj centred = new DMatrixRMaj(block, dim);
    DMatrixRMaj product = new DMatrixRMaj(dim, dim);
    for (int from = 0; from < vectors.length; from += block) {
      int rows = Math.min(block, vectors.length - from);
      centred.reshape(rows, dim);
      fill(centred, vectors, mean, from, rows);
      CommonOps_DDRM.multInner(centred, product);
      CommonOps_DDRM.addEquals(sum, product);
    }
    CommonOps_DDRM.scale(1 / (vectors.length - 1.0), sum);
    return sum;
  }

  private static void fill(DMatrixRMaj out, float[][] vectors, double[] mean, int from, int rows) {
    for (int i = 0; i < rows; i++) {
      for (int d = 0; d < mean.length; d++) {
        out.set(i, d, vectors[from + i][d] - mean[d]);
      }
    }
  }

  /** Tr(FᵀF). */
  private static double squares(DMatrixRMaj factor) {
    double sum = 0;
    for (int i = 0; i < factor.getNumElements(); i++) {
      sum += factor.data[i] * factor.data[i];
    }
    return sum;
  }

  /**
   * Tr((Σ₁Σ₂)^½). The eigenvalues of Σ₁Σ₂ = F₁ᵀF₁F₂ᵀF₂ are, but for zeros, those of
   * (F₁F₂ᵀ)(F₁F₂ᵀ)ᵀ.
   */
  private static double traceOfRoot(DMatrixRMaj first, DMatrixRMaj second) {
    DMatrixRMaj product = new DMatrixRMaj(first.numRows, second.numRows);
    CommonOps_DDRM.multTransB(first, second, product);
    SingularValueDecomposition_F64<DMatrixRMaj> svd =
        DecompositionFactory_DDRM.svd(product.numRows, product.numCols, false, false, false);
    if (!svd.decompose(product)) {
      throw new SettingException(
          "the covariances of the vectors cannot be compared: their numbers are too large");
    }
    double sum = 0;
    double[] values = svd.getSingularValues();
    for (int i = 0; i < svd.numberOfSingularValues(); i++) {
      sum += values[i];
    }
    return sum;
  }
}
