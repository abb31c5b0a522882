package io.tidemark.standalone;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark service NAME}. */
@Command(
    name = "service",
    mixinStandardHelpOptions = true,
    description = "Run one service as a process of its own, against a real Kafka and PostgreSQL.",
    footer = {
      "",
      "Examples:",
      "  tidemark service inventory --kafka kafka1:9092",
      "  tidemark service extractor --kafka kafka1:9092 --repository /srv/repository",
      "  tidemark service catalog --kafka kafka1:9092 --repository /srv/repository \\",
      "      --postgres postgresql://tidemark:secret@db1/tidemark"
    })
final class ServiceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ServiceOptions options;

  @Parameters(
      paramLabel = "NAME",
      description = "inventory, converter, checkpointer, extractor or catalog.")
  private ServiceName name;

  @Override
  public Integer call() {
    String kafka = options.kafka().orElseThrow(() -> missing("--kafka"));
    String postgres =
        name == ServiceName.CATALOG
            ? options.postgres().orElseThrow(() -> missing("--postgres"))
            : "";
    options.check();
    Services services = new Services(options, kafka);
    try {
      services.start(List.of(name), postgres);
    } catch (RuntimeException e) {
      services.close();
      throw e;
    }
    FirstAccount.tell(services, spec.commandLine().getOut()::println);
    spec.commandLine().getOut().println("The " + name + " is ready.");
    spec.commandLine().getOut().flush();
    Shutdown.await(services);
    return 0;
  }

  private ParameterException missing(String option) {
    return new ParameterException(spec.commandLine(), "the " + name + " needs " + option);
  }
}
