package io.journey.benchmarks;

import io.journey.results.audit.AuditRule;
import io.journey.results.audit.Judgement;
import io.journey.results.audit.Judgement.Verdict;
import io.journey.run.Csv;
import io.journey.statistics.Chance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Predicate;

/**
 * Counts the verdicts of {@link AuditCalibration}: over the even data sets, by which a rule may be
 * chosen, and over the odd ones, by which it is reported, with exact 95 % intervals (Clopper and
 * Pearson 1934).
 *
 * <p>Arguments: audits.csv[, times random, times seed].
 */
public final class AuditTally {
  /** How like the copied picture a drawing must be to be one of it. */
  private static final double LIKE = 0.8;

  private record Count(
      String half,
      String trained,
      String kind,
      int audits,
      int attributed,
      int weakly,
      int nobody,
      double wrong,
      double low,
      double high) {}

  private AuditTally() {}

  /** Prints the table. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    List<AuditCalibration.Line> lines =
        Csv.read(AuditCalibration.Line.class, Files.readString(file), file, "measure again");
    AuditRule rule =
        args.length < 3
            ? AuditRule.DEFAULT
            : new AuditRule(0.05, Double.parseDouble(args[1]), Double.parseDouble(args[2]));
    List<Count> counts = new ArrayList<>();
    for (String half : List.of("even", "odd")) {
      for (String trained : List.of("beginning", "onward")) {
        for (String kind : List.of("planted", "exchangeable", "unrelated")) {
          counts.add(count(half, trained, kind, lines, rule));
        }
      }
    }
    System.out.print(Csv.table(Count.class, counts));
  }

  private static Count count(
      String half, String trained, String kind, List<AuditCalibration.Line> lines, AuditRule rule) {
    List<AuditCalibration.Line> some =
        lines.stream()
            .filter(one -> half.equals(one.dataset() % 2 == 0 ? "even" : "odd"))
            .filter(one -> one.trained().equals(trained) && one.kind().equals(kind))
            .filter(one -> !kind.equals("planted") || one.likeness() >= LIKE)
            .filter(one -> !kind.equals("exchangeable") || one.likeness() < LIKE)
            .toList();
    int attributed = count(some, rule, verdict -> verdict == Verdict.ATTRIBUTED);
    int nobody = count(some, rule, verdict -> verdict == Verdict.NOBODY);
    int n = some.size();
    int wrong =
        switch (kind) {
          case "planted" -> n - attributed;
          case "exchangeable" -> attributed;
          default -> n - nobody;
        };
    return new Count(
        half,
        trained,
        kind,
        n,
        attributed,
        n - attributed - nobody,
        nobody,
        n == 0 ? Double.NaN : (double) wrong / n,
        wrong == 0 ? 0 : root(p -> Chance.binomialAtLeast(n, p, wrong)),
        wrong == n ? 1 : 1 - root(q -> Chance.binomialAtLeast(n, q, n - wrong)));
  }

  private static int count(
      List<AuditCalibration.Line> some, AuditRule rule, Predicate<Verdict> which) {
    return (int) some.stream().map(one -> verdict(one, rule)).filter(which).count();
  }

  private static Verdict verdict(AuditCalibration.Line one, AuditRule rule) {
    Judgement numbers =
        new Judgement(
            one.kind(),
            one.copies(),
            one.change(),
            one.random(),
            one.largest(),
            one.seed(),
            one.p(),
            Verdict.NOBODY);
    return rule.verdict(numbers);
  }

  /** Returns the probability at which a tail, rising with it, has 2.5 %. */
  private static double root(DoubleUnaryOperator log10Tail) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (log10Tail.applyAsDouble(middle) < Math.log10(0.025)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }
}
