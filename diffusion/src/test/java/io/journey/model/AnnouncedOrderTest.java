package io.journey.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.journey.nn.Module;
import io.journey.nn.Parameter;
import io.journey.nn.TrackedLayer;
import io.journey.run.GoldenFiles;
import io.journey.run.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The order of θ, in which features without a projection are stored, and optimizer states. The file
 * was written before layers stood alone; if this test fails, what stored features mean has changed.
 */
class AnnouncedOrderTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unet-small",
        "unet-mixed",
        "unet-scale-shift",
        "unet-resnet-blocks",
        "unet-learned",
        "unet-fourier",
        "unet-classes",
        "unet-classes-timestep",
        "unet-classes-as-timesteps"
      })
  void everyWeightHasItsPlaceInTheVector(String name) {
    LayeredDenoiser model = build(name);
    List<String> stored =
        GoldenFiles.unzipped(GOLDEN.resolve("layers/order.txt.gz"))
            .lines()
            .filter(line -> line.startsWith(name + " "))
            .toList();
    assertThat(model.parameters().stored())
        .extracting(w -> name + " " + w.offset() + " " + w.name())
        .isEqualTo(stored)
        .isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet-small", "unet-mixed", "unet-fourier", "unet-classes-as-timesteps"})
  void theModulesHoldEveryWeightOnceInThatOrder(String name) {
    LayeredDenoiser model = build(name);
    assertThat(model.weights().stream().filter(w -> !w.isConstant()).toList())
        .isEqualTo(model.parameters().list());
    assertThat(model.weights()).containsExactlyInAnyOrderElementsOf(model.parameters().stored());
    for (TrackedLayer layer : layers(model)) {
      assertThat(layer.weight().name()).isEqualTo(layer.name() + ".weight");
    }
    for (Module child : model.children()) {
      for (Parameter weight : child.weights()) {
        assertThat(weight.name()).startsWith(child.name() + ".");
      }
    }
  }

  private static LayeredDenoiser build(String name) {
    Path file = GOLDEN.resolve(name).resolve("config.json");
    return Architecture.read(Json.read(file), file.toString()).build();
  }

  private static List<TrackedLayer> layers(Module module) {
    List<TrackedLayer> layers = new ArrayList<>();
    if (module instanceof TrackedLayer layer) {
      layers.add(layer);
    }
    module.children().forEach(child -> layers.addAll(layers(child)));
    return layers;
  }
}
