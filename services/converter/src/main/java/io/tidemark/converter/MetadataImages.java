package io.tidemark.converter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.hypervisor.HostCommand;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes qcow2 images that hold nothing but tables and bitmaps in front of a raw file or device.
 *
 * <p>{@code qemu-img create -o data_file=REAL} would empty REAL. So the image is created on an
 * empty placeholder, and then told the real name with {@code amend}, which only rewrites a string
 * in the header and never opens the raw disk.
 */
final class MetadataImages {
  private static final String PACKAGE = "qemu-utils";
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final long LARGE_BYTES = 256L << 30;

  private final Vertx vertx;
  private final HostCommand host;
  private final ObjectMapper json = new ObjectMapper();

  MetadataImages(Vertx vertx) {
    this.vertx = vertx;
    this.host = new HostCommand(vertx);
  }

  /** What {@link #create} does, as a person would type it. */
  static List<String> commands(Path raw, Path image) {
    Path placeholder = placeholder(image);
    return List.of(
        "truncate -s SIZE-OF-" + raw + " " + placeholder,
        "qemu-img create -f qcow2 -o data_file="
            + placeholder
            + ",data_file_raw=on "
            + image
            + " SIZE",
        "qemu-img amend -f qcow2 -o data_file=" + raw + " " + image,
        "rm " + placeholder);
  }

  /**
   * Makes the image and looks at it again.
   *
   * @param sizeBytes exact size of the raw disk
   */
  Future<Void> create(Path raw, Path image, long sizeBytes) {
    Path placeholder = placeholder(image);
    return makePlaceholder(placeholder, sizeBytes)
        .compose(v ->
            run(
                "create",
                "data_file="
                    + escape(placeholder)
                    + ",data_file_raw=on,cluster_size="
                    + clusterBytes(sizeBytes),
                image.toString(),
                Long.toString(sizeBytes)))
        .compose(v -> run("amend", "data_file=" + escape(raw), image.toString()))
        .eventually(() -> delete(placeholder))
        .compose(v -> check(raw, image, sizeBytes));
  }

  /**
   * Fails with {@link ConversionRefused} unless what the guest sees through the image is what is on
   * the raw disk.
   */
  Future<Void> compare(Path raw, Path image) {
    return host.run(
            PACKAGE,
            Duration.ofDays(1),
            List.of(
                "qemu-img",
                "compare",
                "-q",
                "-f",
                "qcow2",
                "-F",
                "raw",
                image.toString(),
                raw.toString()))
        .recover(e ->
            Future.failedFuture(
                new ConversionRefused(
                    "what the guest sees is not what is on "
                        + raw
                        + " (areas that the guest trimmed and the storage did not zero?):"
                        + " the metadata image stays",
                    e)))
        .mapEmpty();
  }

  Future<Void> delete(Path file) {
    return vertx.executeBlocking(() -> {
      Files.deleteIfExists(file);
      return null;
    });
  }

  /** 64 KiB keeps copy-before-write small; above 256 GiB the tables would get too large with it. */
  static int clusterBytes(long sizeBytes) {
    return sizeBytes <= LARGE_BYTES ? 64 * 1024 : 256 * 1024;
  }

  private Future<Void> makePlaceholder(Path placeholder, long sizeBytes) {
    return vertx.executeBlocking(() -> {
      Files.createDirectories(placeholder.getParent());
      Files.deleteIfExists(placeholder);
      try (RandomAccessFile file = new RandomAccessFile(placeholder.toFile(), "rw")) {
        file.setLength(sizeBytes);
      }
      return null;
    });
  }

  private Future<String> run(String action, String options, String... more) {
    List<String> command =
        new ArrayList<>(List.of("qemu-img", action, "-q", "-f", "qcow2", "-o", options));
    command.addAll(List.of(more));
    return host.run(PACKAGE, PATIENCE, command);
  }

  private Future<Void> check(Path raw, Path image, long sizeBytes) {
    return host.run(
            PACKAGE,
            PATIENCE,
            List.of("qemu-img", "info", "--output=json", "-f", "qcow2", image.toString()))
        .compose(info -> {
          JsonNode root = parse(info);
          JsonNode data = root.at("/format-specific/data");
          boolean good =
              data.path("data-file").asText().equals(raw.toString())
                  && data.path("data-file-raw").asBoolean()
                  && root.path("virtual-size").asLong() == sizeBytes;
          return good
              ? Future.succeededFuture()
              : Future.failedFuture(
                  new ConversionRefused(
                      image + " did not come out as a metadata image of " + raw + ": " + info));
        });
  }

  private JsonNode parse(String text) {
    try {
      return json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new ConversionRefused("qemu-img info printed no JSON: " + text, e);
    }
  }

  private static Path placeholder(Path image) {
    return image.resolveSibling(image.getFileName() + ".placeholder");
  }

  /** In qemu-img's option lists a comma is written twice. */
  private static String escape(Path path) {
    return path.toString().replace(",", ",,");
  }
}
