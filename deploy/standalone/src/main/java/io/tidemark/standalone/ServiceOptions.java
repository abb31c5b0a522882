package io.tidemark.standalone;

import io.tidemark.extractor.ExtractorConfig;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that {@code up} and {@code service} share; each can come from the environment too. */
final class ServiceOptions {
  @Option(
      names = "--libvirt",
      paramLabel = "URI",
      defaultValue = "${env:LIBVIRT_DEFAULT_URI:-qemu:///system}",
      description = "The hypervisor (LIBVIRT_DEFAULT_URI); default qemu:///system.")
  private String libvirt;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:TIDEMARK_DATA:-/var/lib/tidemark}",
      description = "All state (TIDEMARK_DATA); default /var/lib/tidemark.")
  private Path data;

  @Option(
      names = "--repository",
      paramLabel = "DIR",
      defaultValue = "${env:TIDEMARK_REPOSITORY:-}",
      description = "Where restore points live (TIDEMARK_REPOSITORY); default DATA/repository.")
  private String repository;

  @Option(
      names = "--host-directory",
      paramLabel = "DIR",
      defaultValue = "${env:TIDEMARK_HOST_DIRECTORY:-/var/lib/libvirt/tidemark}",
      description =
          "Metadata images, scratch files and sockets; QEMU must see it under the same path"
              + " (TIDEMARK_HOST_DIRECTORY); default /var/lib/libvirt/tidemark.")
  private Path hostDirectory;

  @Mixin private ApiOptions api = new ApiOptions();

  @Option(
      names = "--management",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:TIDEMARK_MANAGEMENT:-}",
      description =
          "Where /metrics (Prometheus) and /health of this process listen (TIDEMARK_MANAGEMENT);"
              + " default nowhere.")
  private String management;

  @Mixin private ExtractorOptions extractor = new ExtractorOptions();

  @Option(
      names = "--kafka",
      paramLabel = "BOOTSTRAP",
      defaultValue = "${env:TIDEMARK_KAFKA:-}",
      description = "A real Kafka, host:port[,…] (TIDEMARK_KAFKA).")
  private String kafka;

  @Option(
      names = "--postgres",
      paramLabel = "URI",
      defaultValue = "${env:TIDEMARK_POSTGRES:-}",
      description =
          "A real PostgreSQL, postgresql://user:password@host/database (TIDEMARK_POSTGRES).")
  private String postgres;

  String libvirt() {
    return libvirt;
  }

  Path data() {
    return data.toAbsolutePath().normalize();
  }

  Path repository() {
    return given(repository)
        .map(path -> Path.of(path).toAbsolutePath().normalize())
        .orElseGet(() -> data().resolve("repository"));
  }

  Path hostDirectory() {
    return hostDirectory.toAbsolutePath().normalize();
  }

  /** Throws {@link IllegalArgumentException} with what can't be, before anything is started. */
  void check() {
    api.config(data());
    extractor("check");
    management();
  }

  ApiOptions api() {
    return api;
  }

  /** Throws {@link IllegalArgumentException} for what is no address. */
  Optional<HostPort> management() {
    return given(management).map(new HostPort.Converter()::convert);
  }

  /** Throws {@link IllegalArgumentException} with what can't be. */
  ExtractorConfig extractor(String worker) {
    return extractor.config(repository(), worker);
  }

  Optional<String> kafka() {
    return given(kafka);
  }

  Optional<String> postgres() {
    return given(postgres);
  }

  /** An unset environment variable is as good as none. */
  private static Optional<String> given(String text) {
    return Optional.ofNullable(text).filter(t -> !t.isBlank());
  }
}
