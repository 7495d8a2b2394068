package io.journey.preconditioner;

import io.journey.array.DType;
import io.journey.array.Npy;
import io.journey.array.Safetensors;
import io.journey.gradient.GradientSink;
import io.journey.nn.LayerGradient;
import io.journey.nn.Parameter;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import io.journey.run.Workers;
import io.journey.tensor.Device;
import io.journey.tensor.Libtorch;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.ToLongFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Fits what {@link Ekfac} needs to the gradients of examples, in two passes over them:
 *
 * <ol>
 *   <li>The second moments of the two sides of each weight's gradients ({@link
 *       LayerGradient#addSides}). Their eigenvectors are the weight's basis (Grosse et al. 2023,
 *       section 2.2).
 *   <li>The second moments Λ of the gradients' coordinates in that basis: the best diagonal there
 *       (George et al. 2018).
 * </ol>
 *
 * <p>Statistics are streamed: what is held are the sides of the weights, O² and I² numbers, and the
 * gradients of the examples under way. Where the statistics of all weights would take more than
 * {@link #BYTES}, on a GPU {@link #GPU_BYTES}, the weights are fitted in groups, each with a pass
 * of its own.
 *
 * <p>Units of examples are fixed and their sums are added in their order, so that threads and
 * groups change no number.
 */
public final class EkfacFit implements AutoCloseable {
  static final String LEFT = ".left";
  static final String RIGHT = ".right";
  static final String MOMENTS = ".moments";

  /** Positions of an image that count for the sides of a layer, at most. */
  private static final int POSITIONS = 256;

  /** The memory that the statistics of a group of weights may take on all workers together. */
  private static final long BYTES = 1L << 30;

  /** The same on a GPU, where a pass more costs more than memory. */
  private static final long GPU_BYTES = 16L << 30;

  /** Cores that find eigenvectors for a GPU, at most: each holds up to 0.4 GB. */
  private static final int MOST_CORES = 16;

  /** Gradients of examples, computed unit by unit; the same each time. */
  public interface Source {
    /** Returns the number of units. */
    int units();

    /** Returns the number of examples in a unit. */
    int size(int unit);

    /** Computes the gradients of a unit's examples, numbered from 0. */
    void compute(int unit, GradientSink sink);

    /** Returns the error for a unit whose gradients are not finite. */
    JourneyException notFinite(int unit);
  }

  /** The statistics of a weight. */
  private static final class Fitted implements AutoCloseable {
    private final Parameter weight;
    private Tensor left; // eigenvectors [O, O], or null
    private Tensor right; // [I, I], or null
    private Tensor moments; // sums of squares [O·I]

    Fitted(Parameter weight) {
      this.weight = weight;
    }

    KroneckerBasis basis() {
      return new KroneckerBasis(left, right);
    }

    @Override
    public void close() {
      for (Tensor kept : new Tensor[] {left, right, moments}) {
        if (kept != null) {
          kept.close();
        }
      }
    }
  }

  private final List<Fitted> weights;
  private final Workers workers;
  private int examples;

  private EkfacFit(List<Fitted> weights, Workers workers) {
    this.weights = weights;
    this.workers = workers;
  }

  /**
   * Fits.
   *
   * @param parameters the weights, of which matrices count
   * @param sides of the gradients whose sides are measured
   * @param moments of the gradients whose coordinates are measured
   * @return the fit; its owner closes it
   * @throws SettingException if no weight has two dimensions
   */
  public static EkfacFit of(
      List<Parameter> parameters, Source sides, Source moments, Workers workers) {
    List<Fitted> weights =
        parameters.stream().filter(KroneckerBasis::isMatrix).map(Fitted::new).toList();
    if (weights.isEmpty()) {
      throw new SettingException(
          "the weights chosen have none of two dimensions, which preconditioner ekfac needs: choose"
              + " others by --parameters, or use --preconditioner none");
    }
    EkfacFit fit = new EkfacFit(weights, workers);
    try {
      for (List<Fitted> group : fit.groups(fitted -> sideBytes(fitted.weight))) {
        fit.fitSides(group, sides);
      }
      int largest = 1;
      for (int unit = 0; unit < moments.units(); unit++) {
        largest = Math.max(largest, moments.size(unit));
        fit.examples += moments.size(unit);
      }
      long rows = largest;
      for (List<Fitted> group : fit.groups(fitted -> 4L * rows * fitted.weight.numel())) {
        fit.fitMoments(group, moments);
      }
      try (PointerScope scope = new PointerScope()) {
        Scalar count = new Scalar((double) fit.examples);
        weights.forEach(fitted -> fitted.moments.div_(count));
      }
      return fit;
    } catch (RuntimeException | Error e) {
      fit.close();
      throw e;
    }
  }

  /** Weights whose statistics fit in memory together, in their order. */
  private List<List<Fitted>> groups(ToLongFunction<Fitted> bytes) {
    List<List<Fitted>> groups = new ArrayList<>();
    long sum = Long.MAX_VALUE / 2;
    for (Fitted fitted : weights) {
      long own = bytes.applyAsLong(fitted) * (workers.threads() + 1);
      if (sum + own > (Libtorch.device().isCpu() ? BYTES : GPU_BYTES)) {
        groups.add(new ArrayList<>());
        sum = 0;
      }
      groups.get(groups.size() - 1).add(fitted);
      sum += own;
    }
    return groups;
  }

  private static long sideBytes(Parameter weight) {
    long outputs = KroneckerBasis.side(weight, true);
    long inputs = KroneckerBasis.side(weight, false);
    return 4 * (outputs * outputs + inputs * inputs);
  }

  private void fitSides(List<Fitted> group, Source source) {
    Map<String, Tensor[]> sums = new HashMap<>();
    try {
      group.forEach(fitted -> sums.put(fitted.weight.name(), sides(fitted.weight, true)));
      forEachUnit(
          group,
          source,
          unit -> {
            Map<String, Tensor[]> own = new HashMap<>();
            group.forEach(fitted -> own.put(fitted.weight.name(), sides(fitted.weight, false)));
            source.compute(
                unit,
                sink(
                    own,
                    false,
                    (weight, image, gradient) -> {
                      Tensor[] sides = own.get(weight.name());
                      gradient.addSides(sides[0], sides[1], POSITIONS);
                    }));
            return own;
          },
          sums);
      forEachMatrix(
          2 * group.size(),
          i -> {
            Fitted fitted = group.get(i / 2);
            Tensor sum = sums.get(fitted.weight.name())[i % 2];
            if (sum == null) {
              return;
            }
            Tensor vectors = KroneckerBasis.eigenvectors(sum, fitted.weight.name());
            if (i % 2 == 0) {
              fitted.left = vectors;
            } else {
              fitted.right = vectors;
            }
          });
    } finally {
      sums.values().forEach(EkfacFit::close);
    }
  }

  /**
   * Eigenvectors are found by the processor, one matrix a core. A GPU's workers are few, as they
   * share it: here the other cores help.
   */
  private void forEachMatrix(int count, IntConsumer body) {
    int cores = Math.min(MOST_CORES, Runtime.getRuntime().availableProcessors());
    if (Libtorch.device().isCpu() || workers.threads() >= cores) {
      workers.forEach(count, body);
      return;
    }
    try (Workers all = new Workers(cores, Device.CPU)) {
      all.forEach(count, body);
    }
  }

  /** Zeros for both sides, null for one of length 1. */
  private static Tensor[] sides(Parameter weight, boolean kept) {
    Tensor[] sides = new Tensor[2];
    for (int s = 0; s < 2; s++) {
      long side = KroneckerBasis.side(weight, s == 0);
      if (side > 1) {
        sides[s] = kept ? kept(side, side) : Libtorch.zeros(ScalarType.Float, side, side);
      }
    }
    return sides;
  }

  private static Tensor kept(long... shape) {
    try (PointerScope scope = new PointerScope()) {
      return Libtorch.keep(Libtorch.zeros(ScalarType.Float, shape));
    }
  }

  private static void close(Tensor[] tensors) {
    for (Tensor tensor : tensors) {
      if (tensor != null) {
        tensor.close();
      }
    }
  }

  private void fitMoments(List<Fitted> group, Source source) {
    Map<String, Fitted> known = new HashMap<>();
    Map<String, Tensor[]> sums = new HashMap<>();
    for (Fitted fitted : group) {
      fitted.moments = kept(fitted.weight.numel());
      known.put(fitted.weight.name(), fitted);
      sums.put(fitted.weight.name(), new Tensor[] {fitted.moments});
    }
    forEachUnit(
        group,
        source,
        unit -> {
          Map<String, Tensor[]> own = new HashMap<>();
          for (Fitted fitted : group) {
            Tensor rows =
                Libtorch.zeros(ScalarType.Float, source.size(unit), fitted.weight.numel());
            own.put(fitted.weight.name(), new Tensor[] {rows});
          }
          source.compute(
              unit,
              sink(
                  own,
                  true,
                  (weight, image, gradient) -> {
                    Tensor found = known.get(weight.name()).basis().coordinates(gradient);
                    own.get(weight.name())[0].narrow(0, image, found.size(0)).add_(found);
                  }));
          own.values().forEach(rows -> rows[0] = rows[0].square_().sum(0));
          return own;
        },
        sums);
  }

  /** Takes the gradients of some weights, summed over draws or in parts. */
  private static GradientSink sink(Map<String, ?> wanted, boolean sums, GradientSink body) {
    return new GradientSink() {
      @Override
      public boolean wants(Parameter weight) {
        return wanted.containsKey(weight.name());
      }

      @Override
      public boolean wantsSums() {
        return sums;
      }

      @Override
      public void accept(Parameter weight, int image, LayerGradient gradient) {
        body.accept(weight, image, gradient);
      }
    };
  }

  /** Adds what each unit gives to the sums, in the order of units. */
  private void forEachUnit(
      List<Fitted> group,
      Source source,
      Function<Integer, Map<String, Tensor[]>> body,
      Map<String, Tensor[]> sums) {
    workers.forEachInOrder(
        source.units(),
        (unit, turn) -> {
          try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor[]> own = body.apply(unit);
            try (NoGradGuard guard = new NoGradGuard()) {
              for (Fitted fitted : group) {
                for (Tensor sum : own.get(fitted.weight.name())) {
                  if (sum != null && !Float.isFinite(Libtorch.number(sum.sum()))) {
                    throw source.notFinite(unit);
                  }
                }
              }
              turn.take(
                  () ->
                      sums.forEach(
                          (name, total) -> {
                            for (int s = 0; s < total.length; s++) {
                              if (total[s] != null) {
                                total[s].add_(own.get(name)[s]);
                              }
                            }
                          }));
            }
          }
        });
  }

  /**
   * Writes a safetensors file: for each weight {@code NAME.left} [O, O] and {@code NAME.right} [I,
   * I], where a side is longer than 1, in float32 or, longer than {@link KroneckerBasis#LONG}, in
   * float16; and {@code NAME.moments} [O, I] in float32.
   */
  public void writeTo(OutputStream out) throws IOException {
    Safetensors.Writer writer = new Safetensors.Writer();
    writer.metadata("preconditioner", "ekfac").metadata("examples", Integer.toString(examples));
    for (Fitted fitted : weights) {
      String name = fitted.weight.name();
      long outputs = KroneckerBasis.side(fitted.weight, true);
      long inputs = KroneckerBasis.side(fitted.weight, false);
      add(writer, name + LEFT, fitted.left, KroneckerBasis.type((int) outputs), outputs, outputs);
      add(writer, name + RIGHT, fitted.right, KroneckerBasis.type((int) inputs), inputs, inputs);
      add(writer, name + MOMENTS, fitted.moments, DType.F32, outputs, inputs);
    }
    writer.writeTo(out);
  }

  private static void add(
      Safetensors.Writer writer, String name, Tensor tensor, DType type, long... shape) {
    if (tensor != null) {
      writer.add(
          name,
          type,
          out -> {
            try (PointerScope scope = new PointerScope()) {
              Npy.writeNumbers(out, type, Libtorch.floats(tensor.to(ScalarType.Float)));
            }
          },
          shape);
    }
  }

  @Override
  public void close() {
    weights.forEach(Fitted::close);
  }
}
