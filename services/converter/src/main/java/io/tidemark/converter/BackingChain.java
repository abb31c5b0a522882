package io.tidemark.converter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.hypervisor.DiskFile;
import io.tidemark.hypervisor.HostCommand;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The files and devices below images, as the images' own headers name them: the definition of a
 * domain that is off names none of them. Confined to one context.
 */
final class BackingChain {
  private static final String RAW = "raw";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final HostCommand host;
  private final ObjectMapper json = new ObjectMapper();

  BackingChain(Vertx vertx) {
    this.vertx = vertx;
    this.host = new HostCommand(vertx);
  }

  /** An image whose header can't be read, so that what is below it is not known. */
  static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }

  /**
   * Everything below an image, and an image that is not there has nothing below it. Never looks
   * into a raw one: what stands at its start is the guest's word.
   *
   * @return absolute paths; fails with {@link Unreadable}
   */
  Future<Set<String>> below(DiskFile image) {
    Set<String> found = new HashSet<>();
    return follow(List.of(image), found).map(found);
  }

  private Future<Void> follow(List<DiskFile> images, Set<String> found) {
    Future<Void> followed = Future.succeededFuture();
    for (DiskFile image : images) {
      followed =
          followed
              .compose(v -> next(image))
              .compose(below ->
                  follow(below.stream().filter(file -> found.add(file.path())).toList(), found));
    }
    return followed;
  }

  private Future<List<DiskFile>> next(DiskFile image) {
    if (image.format().equals(RAW)) {
      return Future.succeededFuture(List.of());
    }
    return vertx
        .executeBlocking(() -> Files.exists(Path.of(image.path())), false)
        .compose(there -> there ? read(image) : Future.succeededFuture(List.of()));
  }

  private Future<List<DiskFile>> read(DiskFile image) {
    List<String> command = new ArrayList<>(List.of("qemu-img", "info", "-U", "--output=json"));
    if (!image.format().isEmpty()) {
      command.addAll(List.of("-f", image.format()));
    }
    command.add(image.path());
    return host.result("qemu-utils", PATIENCE, command)
        .map(result -> {
          if (result.status() != 0) {
            throw new Unreadable(result.err().strip());
          }
          return below(parse(result.out()));
        });
  }

  private List<DiskFile> below(JsonNode info) {
    List<DiskFile> below = new ArrayList<>();
    String backing = info.path("full-backing-filename").asText();
    // QEMU itself looks what an image is if nobody says it.
    String format = info.path("backing-filename-format").asText();
    paths(backing.isEmpty() ? info.path("backing-filename").asText() : backing)
        .forEach(path -> below.add(new DiskFile(path, format)));
    paths(info.at("/format-specific/data/data-file").asText())
        .forEach(path -> below.add(new DiskFile(path, RAW)));
    return below;
  }

  /** QEMU names files by path, with a protocol before it, or as an object. */
  private List<String> paths(String name) {
    if (name.startsWith("json:")) {
      return parse(name.substring("json:".length())).findValuesAsText("filename").stream()
          .flatMap(inner -> paths(inner).stream())
          .toList();
    }
    String path = name.replaceFirst("^(file|host_device):(//(?=/))?", "");
    return path.startsWith("/") ? List.of(path) : List.of();
  }

  private JsonNode parse(String text) {
    try {
      return json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new Unreadable("not JSON: " + text);
    }
  }
}
