package io.tidemark.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a service has open on its host, remembered over its own death: one small JSON file for each
 * thing, replaced whole and durably. Its methods run on worker threads; futures complete on the
 * caller's context.
 *
 * @param <T> a record that Jackson can read and write
 */
public final class Journal<T> {
  private static final String SUFFIX = ".json";

  private final Vertx vertx;
  private final Path directory;
  private final Class<T> type;
  private final ObjectMapper json =
      JsonMapper.builder().addModules(new Jdk8Module(), new JavaTimeModule()).build();

  /**
   * @param directory made when it is first written to
   */
  public Journal(Vertx vertx, Path directory, Class<T> type) {
    this.vertx = vertx;
    this.directory = directory;
    this.type = type;
  }

  /**
   * Remembers {@code entry} under {@code id}, in place of what was there; durable when the Future
   * completes.
   *
   * @param id letters, digits and dashes
   */
  public Future<Void> put(String id, T entry) {
    return vertx.executeBlocking(() -> {
      write(file(id), json.writeValueAsBytes(entry));
      return null;
    });
  }

  /** Forgets it; succeeds if there is nothing under that id. */
  public Future<Void> remove(String id) {
    return vertx.executeBlocking(() -> {
      Files.deleteIfExists(file(id));
      return null;
    });
  }

  /** Everything that is remembered, oldest first. */
  public Future<Map<String, T>> all() {
    return vertx.executeBlocking(this::readAll);
  }

  private Map<String, T> readAll() throws IOException {
    Map<String, T> entries = new LinkedHashMap<>();
    if (!Files.isDirectory(directory)) {
      return entries;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file :
          files.filter(f -> f.toString().endsWith(SUFFIX)).sorted(Journal::olderFirst).toList()) {
        String name = file.getFileName().toString();
        entries.put(
            name.substring(0, name.length() - SUFFIX.length()),
            json.readValue(Files.readAllBytes(file), type));
      }
    }
    return entries;
  }

  private static int olderFirst(Path a, Path b) {
    return Long.compare(a.toFile().lastModified(), b.toFile().lastModified());
  }

  private void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(directory);
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      channel.write(ByteBuffer.wrap(content));
      channel.force(true);
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private Path file(String id) {
    if (!id.matches("[A-Za-z0-9-]+")) {
      throw new IllegalArgumentException("'" + id + "' can't name a journal entry");
    }
    return directory.resolve(id + SUFFIX);
  }
}
