package io.journey;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameStartingWith;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.journey.run.AtomicFile;
import io.journey.run.Confined;
import io.journey.run.RunContext;
import io.journey.run.RunDirectory;
import io.journey.run.RunStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds what Maven cannot: Maven keeps the order of modules, this the order of packages within one,
 * randomness in one place, files found by one mechanism.
 */
class ArchitectureTest {
  /** The packages of each module: a package uses only those before it. */
  private static final Map<String, List<String>> PACKAGES =
      Map.of(
          "base", List.of("run", "random", "array", "figure"),
          "dataset", List.of("condition", "dataset"),
          "results", List.of("statistics", "results"),
          "diffusion",
              List.of(
                  "tensor",
                  "diffusion",
                  "scheduler",
                  "nn",
                  "model",
                  "latent",
                  "text",
                  "encoding",
                  "training",
                  "sampling",
                  "embedding"),
          "attribution",
              List.of(
                  "gradient",
                  "preconditioner",
                  "projection",
                  "features",
                  "unrolling",
                  "unlearning",
                  "score",
                  "curation"),
          "evaluation", List.of("evaluation"),
          "report", List.of("report"));

  /** Packages that read and write what stages leave; the others open what the user names. */
  private static final List<String> READERS_OF_RUNS =
      List.of(
          "run",
          "results",
          "encoding",
          "training",
          "sampling",
          "gradient",
          "preconditioner",
          "projection",
          "features",
          "score",
          "curation",
          "evaluation",
          "report");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.journey");

  static Stream<String> modules() {
    return Sources.MODULES.stream();
  }

  private static String[] within(List<String> names) {
    return names.stream().map(name -> "io.journey." + name + "..").toArray(String[]::new);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void aPackageUsesOnlyThoseBeforeItInItsModule(String module) {
    List<String> packages = PACKAGES.get(module);
    for (int i = 0; i + 1 < packages.size(); i++) {
      noClasses()
          .that()
          .resideInAPackage("io.journey." + packages.get(i) + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(within(packages.subList(i + 1, packages.size())))
          .check(CLASSES);
    }
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.journey.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void randomnessComesFromNamedSeedsAlone() {
    noClasses()
        .that(not(resideInAPackage("io.journey.random..")))
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Random.class, SplittableRandom.class, ThreadLocalRandom.class)
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(StrictMath.class, "random")
        .orShould()
        .callMethod(Collections.class, "shuffle", List.class)
        .because("a number must not depend on what was drawn before it: use io.journey.random.Seed")
        .check(CLASSES);
  }

  @Test
  void stagesAloneClaimRunDirectories() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(RunContext.class, RunDirectory.class)
        .should()
        .callMethodWhere(
            target(owner(type(RunDirectory.class))).and(target(nameStartingWith("claim"))))
        .because("a stage says what it does, and RunContext runs it")
        .check(CLASSES);
  }

  /** What a device would change is in one class. */
  @Test
  void tensorsAreMadeAndReadBehindOneDoor() {
    noClasses()
        .that(not(resideInAPackage("io.journey.tensor..")))
        .should()
        .callMethodWhere(
            target(owner(resideInAPackage("org.bytedeco.pytorch..")))
                .and(
                    target(
                        nameMatching(
                            "data_ptr.*|const_data_ptr.*|item_.*|create|createBuffer|createIndexer"
                                + "|from_blob|(torch_)?(empty|zeros|ones|full|rand|randn|randint|arange|eye"
                                + "|linspace|tensor)(_like)?"))))
        .because("a device is chosen where tensors are made: use io.journey.tensor.Libtorch")
        .check(CLASSES);
  }

  /** What reads results has no libtorch on its class path; checks that draw leave it to others. */
  @Test
  void evaluationsDoNotTouchLibtorch() {
    noClasses()
        .that()
        .resideInAPackage("io.journey.evaluation..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .because("models and samplers compute, a check looks at what they say")
        .check(CLASSES);
  }

  /** What stands in a file is a name, not a path: no other way makes one of the other. */
  @Test
  void filesOfRunDirectoriesAreFoundByOneMechanism() {
    noClasses()
        .that(resideInAnyPackage(within(READERS_OF_RUNS)))
        .and()
        .doNotBelongToAnyOf(Confined.class, AtomicFile.class, RunStatus.class)
        .should()
        .callMethod(Path.class, "resolve", String.class)
        .orShould()
        .callMethod(Path.class, "resolve", Path.class)
        .orShould()
        .callMethod(Path.class, "resolveSibling", String.class)
        .orShould()
        .callMethod(Path.class, "resolveSibling", Path.class)
        .because("a name must not leave its directory, nor a link: use io.journey.run.Confined")
        .check(CLASSES);
  }

  @Test
  void namesSayWhatAClassIs() {
    noClasses()
        .should()
        .haveNameMatching(".*(Utils?|Helpers?|Manager|Impl)")
        .because("such a name says nothing of what the class does")
        .check(CLASSES);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void everyPackageSaysWhatItIsFor(String module) throws IOException {
    try (Stream<Path> files = Files.walk(Sources.of(module))) {
      List<Path> silent =
          files
              .filter(f -> f.toString().endsWith(".java"))
              .map(Path::getParent)
              .distinct()
              .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
              .toList();
      assertThat(silent).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void everyPackageHasItsPlaceInOneModule(String module) throws IOException {
    assertThat(Sources.packages(module)).containsExactlyInAnyOrderElementsOf(PACKAGES.get(module));
    for (Map.Entry<String, List<String>> other : PACKAGES.entrySet()) {
      if (!other.getKey().equals(module)) {
        assertThat(other.getValue()).doesNotContainAnyElementsOf(PACKAGES.get(module));
      }
    }
  }
}
