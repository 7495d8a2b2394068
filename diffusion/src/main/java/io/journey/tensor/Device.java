package io.journey.tensor;

import io.journey.run.Compute;
import io.journey.run.JourneyException;
import io.journey.run.SettingException;
import io.journey.run.Versions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Where tensors are and what computes on them. One process computes on one device: {@link
 * Libtorch#use} chooses it before the first tensor is made.
 */
public final class Device implements Compute {
  /** The processor. */
  public static final Device CPU = new Device("cpu", Precision.F32, null);

  private static final Pattern NAME = Pattern.compile("cpu|cuda(?::(\\d{1,2}))?|mps");

  /** A part of the path of every library that comes in a jar. */
  private static final String OWN_LIBRARIES = "/org/bytedeco/";

  private static String card;

  private final String name;
  private final Precision precision;
  private final String record;

  Device(String name, Precision precision, String record) {
    this.name = name;
    this.precision = precision;
    this.record = record;
  }

  /**
   * Finds a device and brings libtorch to compute on it the same way each time.
   *
   * @param name {@code cpu}, {@code cuda}, {@code cuda:N} or {@code mps}
   * @throws SettingException if there is no device of such a name
   * @throws JourneyException if a library or a driver is missing, or the machine has no such device
   */
  public static synchronized Device open(String name, Precision precision) {
    Matcher matcher = NAME.matcher(name.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new SettingException("device must be cpu, cuda, cuda:N or mps, got '" + name + "'");
    }
    requireOtherLibtorch();
    String found = matcher.group();
    if (found.equals("cpu")) {
      if (precision == Precision.TF32) {
        throw new SettingException("precision tf32 is one of GPUs: add --device cuda, or use f32");
      }
      return precision == Precision.F32 ? CPU : new Device(found, precision, null);
    }
    try (PointerScope scope = new PointerScope()) {
      if (found.equals("mps")) {
        return openMps(precision);
      }
      int index = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
      return openCuda(index, precision);
    }
  }

  /** Refuses to compute by Journey's own libtorch where another was asked for. */
  private static void requireOtherLibtorch() {
    String folder = System.getProperty(Versions.OTHER_LIBTORCH, "");
    Path maps = Path.of("/proc/self/maps");
    if (folder.isEmpty() || !Files.exists(maps)) {
      return;
    }
    Libtorch.singleThreaded(); // Loads it.
    try {
      boolean own =
          Files.readAllLines(maps, StandardCharsets.UTF_8).stream()
              .anyMatch(line -> line.endsWith("/libtorch_cpu.so") && line.contains(OWN_LIBRARIES));
      if (own) {
        throw new JourneyException(
            "JOURNEY_TORCH is "
                + folder
                + ", but Journey's own libtorch was loaded: name the folder torch/lib of a Python with"
                + " torch 2.10 or 2.11.");
      }
    } catch (IOException e) {
      throw new JourneyException("JOURNEY_TORCH is " + folder + ", which cannot be read.", e);
    }
  }

  private static Device openMps(Precision precision) {
    if (precision == Precision.TF32) {
      throw new SettingException("precision tf32 is one of NVIDIA's GPUs: use f32 with mps");
    }
    if (problem("mps") != null) {
      throw new JourneyException(
          "There is no device mps: it needs macOS on a processor of Apple's; leave out --device.");
    }
    return new Device("mps", precision, describe("mps", precision));
  }

  private static Device openCuda(int index, Precision precision) {
    loadCuda();
    int count = torch.cuda_device_count();
    if (count > 0 && index >= count) {
      throw new JourneyException(
          "There is no device cuda:" + index + ": the last of this machine is cuda:" + (count - 1));
    }
    String name = "cuda:" + index;
    String problem = problem(name);
    if (problem != null) {
      throw new JourneyException(
          problem.startsWith("Could not run") || problem.contains("not linked")
              ? "This libtorch computes on the processor alone: for --device cuda set JOURNEY_TORCH to"
                  + " the folder torch/lib of a Python with torch 2.10 or 2.11 for CUDA, or build"
                  + " Journey with -Pcuda (docs/cuda.md)."
              : "libtorch cannot compute on "
                  + name
                  + ": "
                  + problem
                  + (problem.endsWith(".") ? "" : ".")
                  + " Compare with what nvidia-smi says; CUDA 13 needs a driver from 580 on.");
    }
    Context context = torch.globalContext();
    context.setDeterministicAlgorithms(true, false);
    context.setDeterministicFillUninitializedMemory(false);
    context.setDeterministicCuDNN(true);
    context.setBenchmarkCuDNN(false);
    context.setAllowTF32CuDNN(precision == Precision.TF32);
    context.setAllowTF32CuBLAS(precision == Precision.TF32);
    // The others sum their gradients in any order.
    context.setSDPUseFlash(false);
    context.setSDPUseMemEfficient(false);
    context.setSDPUseCuDNN(false);
    context.setSDPUseMath(true);
    String built = torch.show_config().getString();
    String libraries =
        "cuda "
            + card()
            + ", CUDA "
            + version(built, "CUDA Runtime ([0-9.]+)", "CUDA_VERSION=([0-9.]+)")
            + ", cuDNN "
            + cudnn(built);
    return new Device(name, precision, describe(libraries, precision));
  }

  /** Returns why a tensor cannot be there, in a sentence of libtorch's; null if it can. */
  private static String problem(String name) {
    try {
      Libtorch.empty(
          new DeviceOptional(new org.bytedeco.pytorch.Device(name)), ScalarType.Float, 1);
      return null;
    } catch (RuntimeException e) {
      return String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
    }
  }

  /** The first of two patterns that is found in what libtorch tells of its making. */
  private static String version(String built, String... patterns) {
    for (String pattern : patterns) {
      Matcher matcher = Pattern.compile(pattern).matcher(built);
      if (matcher.find()) {
        return matcher.group(1);
      }
    }
    return "unknown";
  }

  /**
   * The version of cuDNN. libtorch writes 9.19.0, which is 91900, as if its thousands were the
   * first number, as they were before 9: 91.9.
   */
  static String cudnn(String built) {
    Matcher matcher = Pattern.compile("CuDNN (\\d+)\\.(\\d+)(?:\\.(\\d+))?").matcher(built);
    if (!matcher.find()) {
      return version(built, "CUDNN_VERSION=([0-9.]+)");
    }
    int last = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
    int number =
        1000 * Integer.parseInt(matcher.group(1)) + 100 * Integer.parseInt(matcher.group(2)) + last;
    int major = number < 90000 ? number / 1000 : number / 10000;
    int rest = number < 90000 ? number % 1000 : number % 10000;
    return major + "." + rest / 100 + "." + rest % 100;
  }

  private static String describe(String libraries, Precision precision) {
    String multiplied =
        precision == Precision.F32 ? "" : ", " + precision.name().toLowerCase(Locale.ROOT);
    return libraries + ", libtorch " + Versions.libtorch() + multiplied;
  }

  /** Python's libtorch keeps what is CUDA's apart, and JavaCPP does not know of it. */
  private static void loadCuda() {
    Path library =
        Path.of(System.getProperty(Versions.OTHER_LIBTORCH, ""))
            .resolve(System.mapLibraryName("torch_cuda"));
    if (System.getProperty(Versions.OTHER_LIBTORCH, "").isEmpty() || !Files.exists(library)) {
      return;
    }
    try {
      System.load(library.toRealPath().toString());
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new JourneyException(
          "The libtorch of CUDA cannot be loaded: "
              + String.valueOf(e.getMessage()).strip()
              + "; install what is named, CUDA 13 and cuDNN 9 among it.",
          e);
    }
  }

  private static String card() {
    if (card == null) {
      card = askedCard();
    }
    return card;
  }

  /** The names of the machine's GPUs, each once. */
  private static String askedCard() {
    try {
      Process process =
          new ProcessBuilder("nvidia-smi", "--query-gpu=name", "--format=csv,noheader")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (InputStream out = process.getInputStream()) {
        List<String> names =
            new String(out.readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .distinct()
                .toList();
        return names.isEmpty() ? "of unknown name" : String.join(" or ", names);
      }
    } catch (IOException e) {
      return "of unknown name";
    }
  }

  /** Returns whether it is the processor. */
  public boolean isCpu() {
    return name.equals("cpu");
  }

  /** Returns whether numbers of training are multiplied in bfloat16. */
  public boolean isHalf() {
    return precision == Precision.BF16;
  }

  /** Returns whether it computes in float64. */
  boolean hasDoubles() {
    return !name.equals("mps");
  }

  /** Returns the name libtorch has for it. */
  public String name() {
    return name;
  }

  /** Returns it as libtorch takes it. */
  public org.bytedeco.pytorch.Device torch() {
    return new org.bytedeco.pytorch.Device(name);
  }

  DeviceOptional optional() {
    return isCpu() ? new DeviceOptional() : new DeviceOptional(torch());
  }

  @Override
  public void prepareThread() {
    Libtorch.singleThreaded();
  }

  @Override
  public String device() {
    return record;
  }

  @Override
  public String toString() {
    return record == null ? name : record;
  }
}
