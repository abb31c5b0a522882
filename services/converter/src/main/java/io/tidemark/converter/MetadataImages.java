package io.tidemark.converter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.hypervisor.HostCommand;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

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
  private static final int SECTOR_BYTES = 512;

  private final Vertx vertx;
  private final HostCommand host;
  private final ObjectMapper json = new ObjectMapper();

  MetadataImages(Vertx vertx) {
    this.vertx = vertx;
    this.host = new HostCommand(vertx);
  }

  /** What {@link #create} does, as a person would type it. */
  static List<String> commands(String raw, Path image, long sizeBytes) {
    String placeholder = Shell.quote(placeholder(image).toString());
    return List.of(
        "mkdir -p " + Shell.quote(image.getParent().toString()),
        "truncate -s " + virtualBytes(sizeBytes) + " " + placeholder,
        "qemu-img " + words(createCommand(image, sizeBytes)),
        "qemu-img " + words(amendCommand(raw, image)),
        "rm " + placeholder);
  }

  /**
   * Makes empty files, to be filled by {@link #create}: all of them, or none if one is there.
   *
   * @return fails with {@link ConversionRefused}
   */
  Future<Void> claim(List<Path> images) {
    return vertx.executeBlocking(() -> {
      List<Path> claimed = new ArrayList<>();
      try {
        for (Path image : images) {
          Files.createDirectories(image.getParent());
          Files.createFile(image);
          claimed.add(image);
        }
        return null;
      } catch (IOException e) {
        for (Path image : claimed) {
          Files.deleteIfExists(image);
        }
        throw new ConversionRefused(
            "the metadata image "
                + images.get(claimed.size())
                + " can't be made: "
                + TargetFile.why(e),
            e);
      }
    });
  }

  /**
   * Makes the image durably in a file that was claimed, and looks at it again.
   *
   * @param raw path of the raw disk, to the letter as the definition has it
   * @param sizeBytes exact size of the raw disk
   * @return fails with {@link ConversionRefused} or with what qemu-img says
   */
  Future<Void> create(String raw, Path image, long sizeBytes) {
    Path placeholder = placeholder(image);
    return makePlaceholder(placeholder, virtualBytes(sizeBytes))
        .compose(v -> qemuImg(createCommand(image, sizeBytes)))
        .compose(v -> qemuImg(amendCommand(raw, image)))
        .eventually(() -> delete(placeholder))
        .compose(v -> check(raw, image, virtualBytes(sizeBytes)))
        .compose(v -> makeDurable(image));
  }

  /**
   * Compares what the guest sees through the image with what is on the raw disk; reads all of it.
   *
   * @return fails with {@link ConversionRefused} if they differ
   */
  Future<Void> compare(Path raw, Path image) {
    return host.result(
            PACKAGE,
            Duration.ofDays(7),
            List.of(
                "qemu-img",
                "compare",
                "-f",
                "qcow2",
                "-F",
                "raw",
                image.toString(),
                raw.toString()))
        .map(result ->
            switch (result.status()) {
              case 0 -> null;
              case 1 ->
                  throw new ConversionRefused(
                      "what the guest sees is not what is on "
                          + raw
                          + " ("
                          + result.out().strip()
                          + "): it trimmed areas that the storage did not zero, and would see old"
                          + " data there again; the metadata image stays");
              default ->
                  throw new ConversionRefused(
                      image + " can't be compared with " + raw + ": " + result.err().strip());
            });
  }

  /** Removes images, but for those that a domain names; succeeds if they are gone. */
  Future<Void> deleteUnlessUsed(List<Path> images, ImagePlaces places) {
    return vertx.executeBlocking(() -> {
      for (Path image : images) {
        if (!places.isNamed(image)) {
          Files.deleteIfExists(image);
        }
      }
      return null;
    });
  }

  /** Removes a file; succeeds if there is none. */
  private Future<Void> delete(Path file) {
    return vertx.executeBlocking(() -> {
      Files.deleteIfExists(file);
      return null;
    });
  }

  /** 64 KiB keeps copy-before-write small; above 256 GiB the tables would get too large with it. */
  static int clusterBytes(long sizeBytes) {
    return sizeBytes <= LARGE_BYTES ? 64 * 1024 : 256 * 1024;
  }

  /** QEMU counts in sectors of 512 bytes; of a last part of one it shows the guest the whole. */
  static long virtualBytes(long sizeBytes) {
    return (sizeBytes + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
  }

  private Future<Void> makePlaceholder(Path placeholder, long sizeBytes) {
    return vertx.executeBlocking(() -> {
      Files.createDirectories(placeholder.getParent());
      Files.deleteIfExists(placeholder);
      Files.createFile(placeholder);
      try (RandomAccessFile file = new RandomAccessFile(placeholder.toFile(), "rw")) {
        file.setLength(sizeBytes);
      }
      return null;
    });
  }

  private static List<String> createCommand(Path image, long sizeBytes) {
    return List.of(
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        "data_file="
            + escape(placeholder(image).toString())
            + ",data_file_raw=on,cluster_size="
            + clusterBytes(sizeBytes),
        image.toString(),
        Long.toString(virtualBytes(sizeBytes)));
  }

  private static List<String> amendCommand(String raw, Path image) {
    return List.of(
        "amend", "-q", "-f", "qcow2", "-o", "data_file=" + escape(raw), image.toString());
  }

  private static String words(List<String> command) {
    return command.stream().map(Shell::quote).collect(Collectors.joining(" "));
  }

  private Future<String> qemuImg(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("qemu-img"));
    command.addAll(arguments);
    return host.run(PACKAGE, PATIENCE, command);
  }

  /** The definition that names it is durable as soon as libvirt has it. */
  private Future<Void> makeDurable(Path image) {
    return vertx.executeBlocking(() -> {
      try (FileChannel file = FileChannel.open(image, StandardOpenOption.WRITE)) {
        file.force(true);
      }
      TargetFile.syncDirectory(image);
      return null;
    });
  }

  private Future<Void> check(String raw, Path image, long virtualBytes) {
    return host.run(
            PACKAGE,
            PATIENCE,
            List.of("qemu-img", "info", "--output=json", "-f", "qcow2", image.toString()))
        .compose(info -> {
          JsonNode root = parse(info);
          JsonNode data = root.at("/format-specific/data");
          boolean good =
              data.path("data-file").asText().equals(raw)
                  && data.path("data-file-raw").asBoolean()
                  && root.path("virtual-size").asLong() == virtualBytes;
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
  private static String escape(String path) {
    return path.replace(",", ",,");
  }
}
