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
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the layout: data flow in one direction, randomness in one place, libtorch where needed. */
class ArchitectureTest {
  /** In the order in which data flows: a package uses only those before it. */
  private static final List<String> FLOW =
      List.of(
          "condition",
          "dataset",
          "diffusion",
          "scheduler",
          "nn",
          "model",
          "training",
          "sampling",
          "embedding",
          "gradient",
          "preconditioner",
          "projection",
          "features",
          "score",
          "evaluation",
          "report");

  /** Packages that read and write what stages leave; the others open what the user names. */
  private static final List<String> READERS_OF_RUNS =
      List.of(
          "run",
          "training",
          "sampling",
          "gradient",
          "preconditioner",
          "projection",
          "features",
          "score",
          "evaluation",
          "report");

  private static final Path SOURCES = Path.of("src/main/java/io/journey");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.journey");

  static Stream<String> flow() {
    return FLOW.stream();
  }

  private static String[] within(List<String> names) {
    return names.stream().map(name -> "io.journey." + name + "..").toArray(String[]::new);
  }

  @ParameterizedTest
  @MethodSource("flow")
  void aPackageUsesOnlyThoseBeforeIt(String name) {
    List<String> after = FLOW.subList(FLOW.indexOf(name) + 1, FLOW.size());
    noClasses()
        .that()
        .resideInAPackage("io.journey." + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(within(after))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void supportPackagesKnowNothingOfTheFlow() {
    noClasses()
        .that()
        .resideInAnyPackage(within(List.of("tensor", "random", "run", "figure")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(within(FLOW))
        .check(CLASSES);
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

  @Test
  void evaluationAndReportRunWithoutLibtorch() {
    noClasses()
        .that(resideInAnyPackage("io.journey.evaluation..", "io.journey.report.."))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .allowEmptyShould(true)
        .because("results are read on machines where libtorch is not installed")
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

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
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

  @Test
  void everyPackageHasItsPlaceInTheFlow() throws IOException {
    try (Stream<Path> folders = Files.list(SOURCES)) {
      List<String> unplaced =
          folders
              .filter(Files::isDirectory)
              .map(folder -> folder.getFileName().toString())
              .filter(name -> !FLOW.contains(name))
              .toList();
      assertThat(unplaced).containsExactlyInAnyOrder("tensor", "random", "run", "figure");
    }
  }
}
