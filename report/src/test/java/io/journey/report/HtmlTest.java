package io.journey.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.journey.run.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HtmlTest {
  @Test
  void textCannotEndAnElementOrAnAttribute() {
    assertThat(Html.escape("<b a='1' c=\"2\">&amp;\u0000\n"))
        .isEqualTo("&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;\uFFFD\n");
  }

  @Test
  void marksOfDirectionAreShownAndLettersStay() {
    assertThat(Html.escape("cat\u202egnp \u2066x\u200f 👩\u200d👧 é"))
        .isEqualTo("cat\\u202egnp \\u2066x\\u200f 👩\u200d👧 é");
  }

  @Test
  void jsonCannotEndAScriptAndStaysTheSameJson() {
    ObjectNode node = Json.object().put("</script><!--", "&lt; \u2028 \u2029 \" \\u003c");
    String text = Html.json(node);
    assertThat(text).doesNotContain("<", ">", "&", "\u2028", "\u2029");
    assertThat(Json.parse(text.getBytes(StandardCharsets.UTF_8), "it")).isEqualTo(node);
  }

  @Test
  void whatIsFilledInIsNotFilledAgain() {
    assertThat(Html.fill("{{a}} {{b-c}}", Map.of("a", "{{b-c}} $1 \\", "b-c", "x")))
        .isEqualTo("{{b-c}} $1 \\ x");
  }

  @Test
  void aPlaceWithoutAValueIsAnError() {
    assertThatThrownBy(() -> Html.fill("{{a}}", Map.of())).hasMessageContaining("{{a}}");
  }
}
