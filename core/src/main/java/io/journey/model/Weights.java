package io.journey.model;

import io.journey.run.Failures;
import io.journey.run.JourneyException;
import io.journey.tensor.NamedTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * One set of a U-Net's weights in a file of tensors. Training checkpoints hold more than one, and
 * wrap them: {@code ema.conv_in.weight}, {@code state_dict.model.conv_in.weight}, {@code
 * module._orig_mod.conv_in.weight}. What stands before {@code conv_in.weight} is the set's prefix.
 *
 * <p>Of several sets the only one whose prefix has the word "ema" is taken, for a diffusion model
 * is sampled with its averaged weights; otherwise the user names one.
 */
public final class Weights {
  /** Weights every {@code UNet2DModel} has; one of them may be missing. */
  private static final List<String> ANCHORS = List.of("conv_in.weight", "conv_out.weight");

  private static final int MAX_LISTED = 12;
  private static final int MAX_SETS = 64;

  private final NamedTensors file;
  private final String prefix;
  private final List<String> others;

  private Weights(NamedTensors file, String prefix, List<String> others) {
    this.file = file;
    this.prefix = prefix;
    this.others = others;
  }

  /** All tensors of a file that Journey wrote, for a network that is no U-Net. */
  static Weights whole(NamedTensors file) {
    return new Weights(file, "", List.of());
  }

  /**
   * Chooses a set.
   *
   * @param part words of the prefix wanted, such as {@code ema} or {@code state_dict.model}; null
   *     to choose by rule
   * @throws JourneyException listing the sets, where none or several fit
   */
  public static Weights in(NamedTensors file, String part) {
    ForeignWeights.refuse(file);
    Set<String> prefixes = prefixes(file);
    if (prefixes.isEmpty() && file.names().stream().anyMatch(n -> n.contains("shadow_params."))) {
      throw new JourneyException(
          file.file()
              + " holds shadow_params, a list without names, expected weights by name: in Python,"
              + " copy_to the model and save that.");
    }
    List<String> fit = new ArrayList<>(prefixes);
    if (part != null) {
      fit.removeIf(prefix -> !("." + prefix).contains("." + part + "."));
    }
    List<String> averaged = fit.stream().filter(Weights::isAverage).toList();
    if (fit.size() > 1 && averaged.size() == 1) {
      fit = averaged;
    }
    if (fit.size() == 1) {
      prefixes.remove(fit.get(0));
      return new Weights(file, fit.get(0), List.copyOf(prefixes));
    }
    if (prefixes.isEmpty() && part == null) {
      return new Weights(file, "", List.of());
    }
    throw new JourneyException(
        file.file()
            + (fit.isEmpty() ? " has no weights called " + part : " holds several sets of weights")
            + ", there are "
            + prefixes.stream().map(Weights::shown).limit(MAX_LISTED).toList()
            + ": name one, as in "
            + file.file().getFileName()
            + "#"
            + prefixes.stream().map(Weights::shown).findFirst().orElse("PART")
            + ".");
  }

  static Set<String> prefixes(NamedTensors file) {
    Set<String> prefixes = new LinkedHashSet<>();
    for (String name : file.names()) {
      for (String anchor : ANCHORS) {
        if (name.equals(anchor) || name.endsWith("." + anchor)) {
          prefixes.add(name.substring(0, name.length() - anchor.length()));
        }
      }
    }
    // An autoencoder in the same file has the anchors too, but knows no time.
    List<String> timed =
        prefixes.stream()
            .filter(p -> file.names().contains(p + "time_embedding.linear_1.weight"))
            .toList();
    if (!timed.isEmpty()) {
      prefixes.retainAll(timed);
    }
    if (prefixes.size() > MAX_SETS) {
      throw new JourneyException(
          file.file()
              + " holds "
              + prefixes.size()
              + " sets of weights, expected "
              + MAX_SETS
              + " at most: keep the model's alone.");
    }
    return prefixes;
  }

  private static boolean isAverage(String prefix) {
    return Arrays.asList(prefix.toLowerCase(Locale.ROOT).split("[^a-z]")).contains("ema");
  }

  private static String shown(String prefix) {
    return prefix.isEmpty()
        ? "(no prefix)"
        : Failures.quoted(prefix.substring(0, prefix.length() - 1));
  }

  /** The sets in a file, by what stands before their names; empty where it holds no U-Net. */
  public static List<String> sets(NamedTensors file) {
    return prefixes(file).stream().map(Weights::shown).toList();
  }

  /** How many numbers the set has. */
  public long count() {
    long count = 0;
    for (String stored : names().values()) {
      count += file.shape(stored).stream().reduce(1L, Math::multiplyExact);
    }
    return count;
  }

  /**
   * Refuses an architecture that the file is far too small for, before memory is taken for it.
   *
   * @throws JourneyException if the file holds fewer weights than the model has at least
   */
  void requireRoomFor(UNet2DConfig architecture, Path config) {
    if (LeastWeights.of(architecture) > count()) {
      throw new JourneyException(
          String.format(
              Locale.ROOT,
              "%s describes a model of at least %.0f weights, %s holds %d: put the configuration"
                  + " that belongs to the weights there.",
              config,
              LeastWeights.of(architecture),
              file.file(),
              count()));
    }
  }

  /** What stands before the names, without its last dot; "" where nothing does. */
  public String prefix() {
    return prefix.isEmpty() ? "" : shown(prefix);
  }

  /**
   * Sets a model's weights and constants from the file's tensors.
   *
   * @throws JourneyException naming every tensor that is missing, unknown, misshapen or not finite
   */
  void fill(Parameters parameters) {
    require(parameters.stored(), this::copy);
  }

  /**
   * Compares the file's tensors with what a model has; their numbers are not read.
   *
   * @throws JourneyException naming every tensor that is missing, unknown or misshapen
   */
  void requireFit(List<Parameter> announced) {
    require(announced, this::misfit);
  }

  /**
   * Takes up every weight.
   *
   * @param take what is done with a stored tensor; it returns the problem with it, or null
   */
  private void require(List<Parameter> parameters, BiFunction<String, Parameter, String> take) {
    Map<String, String> names = names();
    List<String> problems = new ArrayList<>();
    for (Parameter parameter : parameters) {
      String stored = names.remove(parameter.name());
      String problem = stored == null ? "lacks " + parameter.name() : take.apply(stored, parameter);
      if (problem != null) {
        problems.add(problem);
      }
    }
    names.values().forEach(n -> problems.add("has the unknown tensor " + Failures.quoted(n)));
    if (!problems.isEmpty()) {
      throw new JourneyException(
          file.file()
              + " does not fit its config.json or is broken: "
              + String.join("; ", problems.subList(0, Math.min(MAX_LISTED, problems.size())))
              + (problems.size() > MAX_LISTED
                  ? "; and " + (problems.size() - MAX_LISTED) + " more"
                  : "")
              + ": fetch or make the checkpoint again.");
    }
  }

  /** Stored names by the names of parameters. */
  private Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    for (String stored : file.names()) {
      boolean inner = others.stream().anyMatch(o -> o.startsWith(prefix) && stored.startsWith(o));
      if (stored.startsWith(prefix) && !inner) {
        String twin = names.put(currentName(stored.substring(prefix.length())), stored);
        if (twin != null) {
          throw new JourneyException(
              file.file()
                  + " holds "
                  + Failures.quoted(twin)
                  + " and "
                  + Failures.quoted(stored)
                  + ", which are the same weight.");
        }
      }
    }
    return names;
  }

  /** Why a tensor cannot be a weight, by its shape and type, or null. */
  private String misfit(String stored, Parameter parameter) {
    List<Long> shape = Arrays.stream(parameter.shape()).boxed().collect(Collectors.toList());
    if (!file.shape(stored).equals(shape)) {
      return parameter.name()
          + " is "
          + Failures.quoted(file.shape(stored).toString())
          + ", expected "
          + shape;
    }
    if (!file.dtype(stored).isFloat()) {
      return parameter.name() + " is " + file.dtype(stored) + ", expected floating-point numbers";
    }
    return null;
  }

  /** Copies a tensor to its place; the problem with it, or null. */
  private String copy(String stored, Parameter parameter) {
    String misfit = misfit(stored, parameter);
    if (misfit != null) {
      return misfit;
    }
    float[] values = file.floats(stored);
    parameter.set(values);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return parameter.name() + " holds a number that is not finite";
      }
    }
    return null;
  }

  /** Early diffusers names of attention weights, as they are called now. */
  private static String currentName(String name) {
    return name.replace(".query.", ".to_q.")
        .replace(".key.", ".to_k.")
        .replace(".value.", ".to_v.")
        .replace(".proj_attn.", ".to_out.0.");
  }
}
