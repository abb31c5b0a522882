package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CatalogCommandTest {
  private final StringWriter out = new StringWriter();

  @Test
  void pointsThatCouldNotBeReadAreNamedAndFailTheRebuild() throws Exception {
    int status = rebuild("{\"points\":3,\"imported\":1,\"unreadable\":[\"6b1f\"]}");

    assertThat(status).isEqualTo(1);
    assertThat(out.toString()).contains("3 restore points; 1 were new", "Restore point 6b1f");
  }

  @Test
  void aScriptReadsWhichPointsCouldNotBeRead() throws Exception {
    int status = rebuild("{\"points\":3,\"imported\":1,\"unreadable\":[\"6b1f\"]}", "--json");

    assertThat(status).isEqualTo(1);
    assertThat(out.toString()).containsPattern("\"unreadable\"\\s*:\\s*\\[\\s*\"6b1f\"");
  }

  @Test
  void aRebuildThatCouldReadEverythingIsDone() throws Exception {
    assertThat(rebuild("{\"points\":3,\"imported\":1,\"unreadable\":[]}")).isZero();
  }

  private int rebuild(String answer, String... more) throws Exception {
    try (Api api = new Api(new Api.Answer(200, answer))) {
      String[] arguments =
          Stream.concat(Stream.of("rebuild", "--url", api.url().toString()), Stream.of(more))
              .toArray(String[]::new);
      return new CommandLine(new CatalogCommand())
          .setOut(new PrintWriter(out, true))
          .execute(arguments);
    }
  }
}
