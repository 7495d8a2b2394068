package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Json;
import org.junit.jupiter.api.Test;

class SettingsTableTest {
  @Test
  void everythingIsShownInItsOrder() {
    ObjectNode tree = Json.object().put("seed", 7);
    tree.putObject("projection").put("kind", "SPARSE").putNull("mask");
    tree.putArray("steps").add(100).add(200);
    tree.putArray("parts").addObject().put("from", 0.5);
    String table = SettingsTable.group("Settings", tree);
    assertThat(table.replaceAll("<[^>]+>", "|").replaceAll("[|\\n]+", "|"))
        .isEqualTo(
            "|Settings|seed|7|projection.kind|SPARSE|projection.mask|none|steps|100, 200"
                + "|parts[0].from|0.5|");
  }

  @Test
  void fingerprintsAreShortAndWholeInTheTitle() {
    String hash = "0123456789abcdef".repeat(4);
    String table = SettingsTable.group("Made from", Json.object().put("data", hash));
    assertThat(table).contains("<code title=\"" + hash + "\">0123456789ab…</code>");
  }

  @Test
  void keysAndValuesAreEscaped() {
    String table = SettingsTable.group("<h>", Json.object().put("<k>", "<img src=x>"));
    assertThat(table).contains("&lt;h&gt;", "&lt;k&gt;", "&lt;img src=x&gt;");
    assertThat(table).doesNotContain("<img", "<k>", "<h>");
  }

  @Test
  void nothingGivesNoTable() {
    assertThat(SettingsTable.group("Pictures", Json.object())).isEmpty();
  }
}
