package io.journey.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables as text. */
class CsvTest {
  private static List<List<String>> lines(String text) {
    List<List<String>> lines = new ArrayList<>();
    Csv.lines(text, "table", lines::add);
    return lines;
  }

  private record Text(String text) {}

  /** What stands in a table for a text. */
  private static String quote(String text) {
    String table = Csv.table(Text.class, List.of(new Text(text)));
    assertThat(table).startsWith("text\n").endsWith("\n");
    return table.substring("text\n".length(), table.length() - 1);
  }

  @Test
  void whatIsQuotedIsReadBack() {
    List<String> fields = List.of("plain", "a,b", "say \"no\"", "two\nlines", "", "\r", "é");
    StringBuilder text = new StringBuilder();
    fields.forEach(field -> text.append(text.isEmpty() ? "" : ",").append(quote(field)));
    assertThat(lines(text + "\n")).containsExactly(fields);
  }

  /** Names that tables would compute; the second column is what stands in the file. */
  @Test
  void aTextIsNeverAFormulaAndIsReadBack() {
    String[][] cases = {
      {"=1+1", "'=1+1"},
      {"=HYPERLINK(\"http://x\",1)", "\"'=HYPERLINK(\"\"http://x\"\",1)\""},
      {"+1-800", "'+1-800"},
      {"-2+3", "'-2+3"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\t=1", "\"'\t=1\""},
      {"\r=1", "\\u000d=1"},
      {"\n=1", "\"'\n=1\""},
      {"\uFF1D1", "'\uFF1D1"},
      {"'=1", "''=1"},
      {"''-x", "'''-x"},
      {"-", "'-"},
      {"a;=1", "\"a;=1\""},
    };
    for (String[] one : cases) {
      assertThat(quote(one[0])).isEqualTo(one[1]);
      assertThat(lines(quote(one[0]) + ",x\n")).containsExactly(List.of(one[0], "x"));
    }
  }

  /** Characters that a terminal would obey, and texts that look as they are written. */
  @Test
  void nothingCommandsATerminalAndAllIsReadBack() {
    String[][] cases = {
      {"a\u001b[2Jb", "a\\u001b[2Jb"},
      {"\u009b31m", "\\u009b31m"},
      {"\u0007\u0000\u007f", "\\u0007\\u0000\\u007f"},
      {"cat\u202egnp.exe", "cat\\u202egnp.exe"},
      {"\udb40\udc41", "\\udb40\\udc41"},
      {"a\rb", "a\\u000db"},
      {"\\u001b", "\\u005cu001b"},
      {"\\\\u001b", "\\\\u005cu001b"},
      {"\\\u001b", "\\\\u001b"},
      {"\\u005cu001b", "\\u005cu005cu001b"},
      {"=\u001b,", "\"'=\\u001b,\""},
      {"'=\u001b", "''=\\u001b"},
    };
    for (String[] one : cases) {
      assertThat(quote(one[0])).isEqualTo(one[1]);
      assertThat(lines(quote(one[0]) + ",x\n")).containsExactly(List.of(one[0], "x"));
    }
    for (String text : new String[] {"C:\\users\\u12", "\\U001b", "\\u001B", "a\\b"}) {
      assertThat(quote(text)).isEqualTo(text);
      assertThat(lines(text + "\n")).containsExactly(List.of(text));
    }
  }

  /** Every text comes back, and its field has nothing hidden but tabs and line feeds. */
  @Test
  void anyTextIsReadBack() {
    Random random = new Random(8);
    String letters = "\\u0015bc\u001b\r\n\t'=\",x\u202e";
    for (int trial = 0; trial < 20_000; trial++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      String field = quote(text.toString());
      assertThat(field.replaceAll("[\t\n]", "").codePoints().noneMatch(Printable::isHidden))
          .isTrue();
      assertThat(lines(field + ",x\n")).containsExactly(List.of(text.toString(), "x"));
    }
  }

  @Test
  void numbersAndOrdinaryNamesStayAsTheyAre() {
    for (String text :
        new String[] {
          "-0.5",
          "+3",
          "-1.5e-07",
          "-.5",
          "0",
          "train/00042",
          "T-shirt/top",
          "it's",
          "'quoted'",
          "a=b",
          "x@y",
          "'",
          ""
        }) {
      assertThat(quote(text)).isEqualTo(text);
      assertThat(lines("x," + quote(text) + "\n")).containsExactly(List.of("x", text));
    }
  }

  @Test
  void aLastLineNeedsNoEndAndLinesMayEndAsOnWindows() {
    assertThat(lines("a,b\r\nc,\r\nd"))
        .containsExactly(List.of("a", "b"), List.of("c", ""), List.of("d"));
    assertThat(lines("")).isEmpty();
  }

  @Test
  void aLineOfEndlessFieldsIsRefused() {
    assertThatThrownBy(() -> lines(",".repeat(20_000)))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("more than 10000 fields");
  }

  private record Row(
      int howMany,
      String name,
      @JsonProperty("class") String className,
      double mean,
      @Csv.Format("%.2e") double small,
      Integer perhaps) {}

  /** The names of columns, the digits of numbers and empty fields are part of the formats. */
  @Test
  void aRecordIsATable() {
    List<Row> rows =
        List.of(new Row(1, "a,b", "x", -0.5, 1e-7, null), new Row(-2, "", "=y", Double.NaN, 3, 4));
    String table = Csv.table(Row.class, rows);
    assertThat(table)
        .isEqualTo(
            "how_many,name,class,mean,small,perhaps\n"
                + "1,\"a,b\",x,-0.500000,1.00e-07,\n"
                + "-2,,'=y,,3.00e+00,4\n");
    assertThat(Csv.table(Row.class, List.of(), name -> name.equals("mean") ? "fid" : name))
        .isEqualTo("how_many,name,class,fid,small,perhaps\n");
  }

  private record Known(int index, String id, double loss) {}

  @Test
  void aTableOfKnownColumnsIsReadBack() {
    String id = "a\u001b,\"\n=";
    List<Known> rows = List.of(new Known(0, id, 0.25), new Known(7, "", -1e9));
    assertThat(Csv.read(Known.class, Csv.table(Known.class, rows), "table", "make it again"))
        .isEqualTo(rows);
    assertThat(Csv.read(Known.class, "index,id,loss\r\n1,x,2", "table", "make it again"))
        .containsExactly(new Known(1, "x", 2));
  }

  @Test
  void aTableOfOtherColumnsOrTypesIsRefused() {
    for (String text :
        new String[] {
          "",
          "\n\n",
          "a\nb\n",
          "\u0000",
          "index,id\n1,x\n",
          "id,index,loss\n1,x,1\n",
          "index,id,loss,more\n1,x,1,1\n",
          "index,id,loss\n1,x\n",
          "index,id,loss\n1,x,1,1\n",
          "index,id,loss\n1,x,\n",
          "index,id,loss\n,x,1\n",
          "index,id,loss\n1.5,x,1\n",
          "index,id,loss\n1,x,y\n",
          "index,id,loss\n1,\"x,1\n"
        }) {
      assertThatThrownBy(() -> Csv.read(Known.class, text, "table", "make it again"))
          .as(text)
          .isInstanceOf(JourneyException.class)
          .hasMessage("table is no table of index,id,loss: make it again.");
    }
  }

  @Test
  void aQuoteWithoutAnEndIsRefused() {
    assertThatThrownBy(() -> lines("a,\"b\n"))
        .isInstanceOf(JourneyException.class)
        .hasMessageContaining("table is no table (Missing closing quote")
        .hasMessageEndingWith("double quotes within it.");
  }

  @Test
  void aTableWrittenRowByRowIsThatOfAllRowsAndIsReadBack(@TempDir Path folder) throws IOException {
    List<Known> rows = List.of(new Known(0, "=a, \"b\"", 0.5), new Known(1, "", 2));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Csv.write(out, Known.class, rows.iterator());
    out.write('#'); // It stays open, and nothing comes later.
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(Csv.table(Known.class, rows) + "#");
    Path file = Files.writeString(folder.resolve("table.csv"), Csv.table(Known.class, rows));
    List<Known> found = new ArrayList<>();
    Csv.forEach(Known.class, file, "make it again", found::add);
    assertThat(found).isEqualTo(rows);
    Files.writeString(file, "index,id,loss\n1,x,1\n2,y\n");
    assertThatThrownBy(() -> Csv.forEach(Known.class, file, "make it again", row -> {}))
        .isInstanceOf(JourneyException.class)
        .hasMessage(file + " is no table of index,id,loss: make it again.");
  }
}
