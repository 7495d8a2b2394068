package io.journey.evaluation.audit;

import static java.util.Objects.requireNonNull;

import io.journey.results.audit.AuditRule;
import io.journey.run.SettingException;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * How much an audit trains, and what gives its verdict.
 *
 * @param randomSets R, sets of random images beside each candidate
 * @param members training seeds; the change is the mean over them
 * @param otherSeeds further training seeds of models on all images, for the noise floor
 * @param outside whether random images are drawn among those that no candidate has, not among all:
 *     of groups, which may be a large part of the data, and with strata, which may be small.
 *     Otherwise p is exact, and audits of all pictures share the models of their random sets
 * @param strata what random images have in common with those of a candidate, image by image:
 *     "class", or a column; null: nothing
 * @param rule that gives the verdict
 * @param seed of the random sets, and of the noise of losses
 */
@RecordBuilder
public record AuditConfig(
    int randomSets,
    int members,
    int otherSeeds,
    boolean outside,
    String strata,
    AuditRule rule,
    long seed)
    implements AuditConfigBuilder.With {
  /** As few as can give p = 0.05, one training seed, two more for the noise floor. */
  public static final AuditConfig DEFAULT =
      new AuditConfig(19, 1, 2, false, null, AuditRule.DEFAULT, 0);

  /** The largest number of models of one kind: more are a slip of the finger. */
  public static final int MOST = 999;

  public AuditConfig {
    requireNonNull(rule, "rule");
    if (strata != null && !outside) {
      throw new SettingException("with strata random images are drawn outside of the candidates");
    }
    require("random sets", randomSets, rule.fewestSets());
    require("members", members, 1);
    require("other seeds", otherSeeds, 1);
  }

  private static void require(String what, int count, int least) {
    if (count < least || count > MOST) {
      throw new SettingException(
          what + " must be at least " + least + " and at most " + MOST + ", got " + count);
    }
  }
}
