package io.tidemark.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A running hypervisor (libvirt 10.10 or newer) in a folder. Several processes may use one lab at a
 * time: each gives its domains a suffix of its own.
 *
 * <p>All methods block. {@link #close()} destroys the domains that this object made and leaves the
 * hypervisor up, since bringing it up is dear and sharing it is free.
 */
public final class Lab implements AutoCloseable {
  /** The first time, a whole operating system is fetched and installed. */
  private static final Duration CREATION = Duration.ofMinutes(20);

  private static final Duration COMMAND = Duration.ofMinutes(5);

  private final LabScript script;
  private final String suffix;
  private final Path directory;
  private final String uri;
  private final Queue<LabDomain> made = new ConcurrentLinkedQueue<>();

  private Lab(LabScript script, String suffix, String announcement) {
    this.script = script;
    this.suffix = suffix;
    this.directory = Path.of(value(announcement, "TIDEMARK_LAB_DIR"));
    this.uri = value(announcement, "LIBVIRT_DEFAULT_URI");
  }

  /**
   * Brings the lab up, with domain names used as they are given. Its folder is system property
   * {@code tidemark.lab.dir}, else environment variable {@code TIDEMARK_LAB_DIR}, else {@code
   * /var/cache/tidemark/lab}.
   *
   * @throws LabException if this is not root, a package is missing and cannot be installed, or the
   *     hypervisor does not come up; the message says which
   */
  public static Lab up() {
    return up("");
  }

  /**
   * Brings the lab up as {@link #up()} does, for domains whose names all get {@code -suffix}
   * appended.
   *
   * @param suffix letters and digits; {@link #uniqueSuffix()} for tests that run side by side
   * @throws LabException as {@link #up()}
   */
  public static Lab up(String suffix) {
    var folder = Optional.ofNullable(System.getProperty("tidemark.lab.dir")).map(Path::of);
    var script = LabScript.locate(folder);
    return new Lab(
        script, suffix.isEmpty() ? "" : "-" + suffix, script.run(CREATION, List.of("up")));
  }

  /** Six random hexadecimal digits. */
  public static String uniqueSuffix() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), 6);
  }

  /** The libvirt URI by which the host reaches the hypervisor. */
  public String uri() {
    return uri;
  }

  /**
   * The lab's folder; every path below it, and below most folders of the host, is the same inside
   * and outside.
   */
  public Path directory() {
    return directory;
  }

  /**
   * Makes a Linux guest, boots it and waits until it answers.
   *
   * @param name the domain's name, without the suffix
   * @param disks sizes such as {@code 256M}; the first disk holds ext4, mounted at {@code /data};
   *     {@code SIZE:ext4} and {@code SIZE:none} choose for each; none given means one of 64 MiB
   * @throws LabException if the name is taken, or the guest does not get ready
   */
  public LabGuest bootGuest(String name, String... disks) {
    var options = Stream.of(disks).flatMap(disk -> Stream.of("--disk", disk));
    run(Stream.concat(Stream.of("guest", "create", domainName(name)), options));
    return remember(guest(name));
  }

  /**
   * The guest of that name that {@link #bootGuest} made, here or in another process; not destroyed
   * by {@link #close()}.
   */
  public LabGuest guest(String name) {
    return new LabGuest(this, domainName(name));
  }

  /**
   * Makes and starts a domain without operating system, on empty raw disks {@code vda}, {@code
   * vdb}, ….
   *
   * @param name the domain's name, without the suffix
   * @param diskBytes the disks' sizes in bytes, multiples of 512
   * @throws LabException if the name is taken or the domain does not start
   */
  public BlankDomain blankDomain(String name, long... diskBytes) {
    var options =
        LongStream.of(diskBytes).boxed().flatMap(bytes -> Stream.of("--disk", bytes.toString()));
    run(Stream.concat(Stream.of("blank", "create", domainName(name)), options));
    return remember(new BlankDomain(this, domainName(name)));
  }

  /**
   * Runs virsh in the lab.
   *
   * @return what it printed
   * @throws LabException if it fails, with its message
   */
  public String virsh(String... arguments) {
    return run(Stream.concat(Stream.of("virsh"), Stream.of(arguments)));
  }

  /**
   * Destroys the domains that this object made, with their disks, also on a thread that was
   * interrupted. The hypervisor stays up.
   */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      destroyAll();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void destroyAll() {
    var failures = new ArrayList<LabException>();
    for (var domain = made.poll(); domain != null; domain = made.poll()) {
      try {
        domain.destroy();
      } catch (LabException e) {
        failures.add(e);
      }
    }
    failures.stream()
        .reduce((first, next) -> {
          first.addSuppressed(next);
          return first;
        })
        .ifPresent(failure -> {
          throw failure;
        });
  }

  String run(Stream<String> arguments) {
    return run(COMMAND, arguments);
  }

  String run(Duration limit, Stream<String> arguments) {
    return script.run(limit, arguments.toList());
  }

  LabScript.Outcome tryRun(Duration limit, Stream<String> arguments) {
    return script.tryRun(limit, arguments.toList());
  }

  void forget(LabDomain domain) {
    made.remove(domain);
  }

  private <D extends LabDomain> D remember(D domain) {
    made.add(domain);
    return domain;
  }

  private String domainName(String name) {
    return name + suffix;
  }

  private static String value(String announcement, String key) {
    return announcement
        .lines()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .findFirst()
        .orElseThrow(
            () -> new LabException("'lab up' did not say its " + key + ": " + announcement));
  }
}
