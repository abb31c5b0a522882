package io.tidemark.converter;

import io.tidemark.events.RestoreDisk;
import io.tidemark.hypervisor.DiskFile;
import io.tidemark.hypervisor.DiskVolume;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.DomainXml;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.hypervisor.HypervisorException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds every path that a domain uses in its live or its persistent definition, whatever names it:
 * the definition itself, a storage pool, the header of an image. Confined to one context.
 */
final class UsedPathsSearch {
  private final Vertx vertx;
  private final Hypervisor hypervisor;
  private final BackingChain chain;

  UsedPathsSearch(Vertx vertx, Hypervisor hypervisor) {
    this.vertx = vertx;
    this.hypervisor = hypervisor;
    this.chain = new BackingChain(vertx);
  }

  /** What was found so far; filled on one context, one search after the other. */
  private record Found(Map<String, String> uses, List<String> unknown) {}

  /**
   * All of them, and every path that a restore is writing.
   *
   * @param restores those that this host knows
   */
  Future<UsedPaths> search(List<RestoreEntry> restores) {
    Found found = new Found(new HashMap<>(), new ArrayList<>());
    restores.stream()
        .filter(entry -> !entry.ended())
        .flatMap(entry -> entry.accepted().disks().stream())
        .map(RestoreDisk::path)
        .forEach(path -> found.uses().put(path, "being written by another restore"));
    return hypervisor
        .domains()
        .compose(domains -> inTurn(domains, domain -> add(domain, found)))
        .compose(v -> vertx.executeBlocking(() -> real(found), false));
  }

  private Future<Void> add(Domain domain, Found found) {
    Set<DiskFile> files = new LinkedHashSet<>();
    Set<DiskVolume> volumes = new LinkedHashSet<>();
    for (DomainXml xml : domain.definitions().toList()) {
      files.addAll(xml.diskFiles());
      volumes.addAll(xml.diskVolumes());
    }
    return inTurn(List.copyOf(volumes), volume -> resolve(domain, volume, files, found))
        .compose(v -> inTurn(List.copyOf(files), file -> add(domain, file, found)));
  }

  private Future<Void> resolve(Domain domain, DiskVolume volume, Set<DiskFile> files, Found found) {
    return hypervisor
        .volumePath(volume.pool(), volume.volume())
        .map(path -> {
          path.ifPresentOrElse(
              there -> files.add(new DiskFile(there, volume.format())),
              // Without it a domain that is off can't be started either.
              () -> {
                if (domain.active()) {
                  found
                      .unknown()
                      .add(
                          "volume %s of pool %s, a disk of VM %s, can't be found"
                              .formatted(volume.volume(), volume.pool(), domain.name()));
                }
              });
          return null;
        });
  }

  private Future<Void> add(Domain domain, DiskFile file, Found found) {
    String use = "a disk of VM " + domain.name();
    found.uses().put(file.path(), use);
    return chain
        .below(file)
        .<Void>map(below -> {
          below.forEach(path -> found.uses().put(path, use + " (below " + file.path() + ")"));
          return null;
        })
        .recover(e -> {
          if (e instanceof BackingChain.Unreadable || e instanceof HypervisorException.TimedOut) {
            found
                .unknown()
                .add(
                    "image %s of VM %s can't be read (%s)"
                        .formatted(file.path(), domain.name(), e.getMessage()));
            return Future.succeededFuture();
          }
          // Such a path is told of with all others.
          return e instanceof InvalidPathException
              ? Future.succeededFuture()
              : Future.failedFuture(e);
        });
  }

  private static UsedPaths real(Found found) {
    Map<Path, String> uses = new HashMap<>();
    List<String> unknown = new ArrayList<>(found.unknown());
    found
        .uses()
        .forEach((path, use) ->
            parse(path, use, unknown).ifPresent(there -> uses.put(TargetFile.real(there), use)));
    return new UsedPaths(uses, unknown, DeviceTree.ofHost());
  }

  private static Optional<Path> parse(String path, String use, List<String> unknown) {
    try {
      return Optional.of(Path.of(path));
    } catch (InvalidPathException e) {
      unknown.add(PathNames.why(e) + "; it is " + use);
      return Optional.empty();
    }
  }

  private static <T> Future<Void> inTurn(List<T> items, Function<T, Future<Void>> step) {
    Future<Void> done = Future.succeededFuture();
    for (T item : items) {
      done = done.compose(v -> step.apply(item));
    }
    return done;
  }
}
