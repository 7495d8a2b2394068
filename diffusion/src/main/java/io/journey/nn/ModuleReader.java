package io.journey.nn;

import io.journey.array.NamedTensors;
import io.journey.run.Failures;
import io.journey.run.JourneyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Reads the weights of a module from a file of tensors. A weight {@code w} of the module is the
 * tensor {@code prefix + w}; the names of attention weights in early diffusers are understood too.
 */
public final class ModuleReader {
  private static final int MAX_LISTED = 12;

  private final NamedTensors file;
  private final String prefix;
  private final Predicate<String> ignored;

  /**
   * Reads with a choice of what may be in the file besides.
   *
   * @param prefix before the names of the module's weights, with its last dot
   * @param ignored stored names below the prefix that are not the module's
   */
  public ModuleReader(NamedTensors file, String prefix, Predicate<String> ignored) {
    this.file = file;
    this.prefix = prefix;
    this.ignored = ignored;
  }

  /**
   * Sets a module's weights and constants from tensors whose names begin with a prefix; below it
   * there may be no others.
   *
   * @throws JourneyException naming every tensor that is missing, unknown, misshapen or not finite
   */
  public static void load(Module module, NamedTensors tensors, String prefix) {
    new ModuleReader(tensors, prefix, name -> false).load(module);
  }

  /**
   * Sets a module's weights and constants.
   *
   * @throws JourneyException naming every tensor that is missing, unknown, misshapen or not finite
   */
  public void load(Module module) {
    require(module, this::copy);
  }

  /**
   * Compares the file's tensors with the weights that a module has announced; their numbers are not
   * read.
   *
   * @throws JourneyException naming every tensor that is missing, unknown or misshapen
   */
  public void requireFit(Module module) {
    require(module, this::misfit);
  }

  /** Returns the prefix, with its last dot; "" where there is none. */
  public String prefix() {
    return prefix;
  }

  /** Returns how many numbers the tensors below the prefix have. */
  public long count() {
    return names().values().stream().mapToLong(stored -> count(file, stored)).sum();
  }

  /** Returns how many numbers all tensors of a file have. */
  public static long count(NamedTensors file) {
    return file.names().stream().mapToLong(name -> count(file, name)).sum();
  }

  private static long count(NamedTensors file, String name) {
    return file.shape(name).stream().reduce(1L, Math::multiplyExact);
  }

  /**
   * Takes up every weight.
   *
   * @param take what is done with a stored tensor; it returns the problem with it, or null
   */
  private void require(Module module, BiFunction<String, Parameter, String> take) {
    Map<String, String> names = names();
    List<String> problems = new ArrayList<>();
    for (Parameter parameter : module.weights()) {
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

  /** Stored names by the names of weights. */
  private Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    for (String stored : file.names()) {
      if (stored.startsWith(prefix) && !ignored.test(stored)) {
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

  /** Returns an early diffusers name of an attention weight as it is called now. */
  public static String currentName(String name) {
    return name.replace(".query.", ".to_q.")
        .replace(".key.", ".to_k.")
        .replace(".value.", ".to_v.")
        .replace(".proj_attn.", ".to_out.0.");
  }
}
