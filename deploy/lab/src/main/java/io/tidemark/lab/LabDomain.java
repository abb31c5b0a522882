package io.tidemark.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A domain of the lab. All methods block, and throw {@link LabException} when the domain does not
 * do as told.
 */
public abstract sealed class LabDomain permits LabGuest, BlankDomain {
  private final Lab lab;
  private final String kind;
  private final String name;

  LabDomain(Lab lab, String kind, String name) {
    this.lab = lab;
    this.kind = kind;
    this.name = name;
  }

  /** The domain's full name, as libvirt knows it. */
  public final String name() {
    return name;
  }

  /**
   * The raw file behind a disk, at the path that the hypervisor knows it by. It stays the same
   * after a conversion.
   */
  public final Path rawDisk(String target) {
    var file = lab.directory().resolve("images").resolve(name).resolve(target + ".raw");
    if (!Files.exists(file)) {
      throw new LabException(
          "Domain " + name + " has no raw disk " + target + ": " + file + " does not exist");
    }
    return file;
  }

  /** libvirt's word for the state, such as {@code running} or {@code shut off}. */
  public final String state() {
    return lab.virsh("domstate", name).strip();
  }

  /** Starts the domain; returns when it runs (a guest: when it answers). */
  public final void start() {
    command("start");
  }

  /** Ends the domain cleanly, so that QEMU saves its bitmaps; returns when it is off. */
  public final void shutdown() {
    command("shutdown");
  }

  /** Kills QEMU with SIGKILL, as a power failure would; returns when libvirt has noticed. */
  public final void killQemu() {
    command("kill9");
  }

  /** Removes the domain, its checkpoints' metadata, its disks and all that was put beside them. */
  public final void destroy() {
    command("destroy");
    lab.forget(this);
  }

  final Lab lab() {
    return lab;
  }

  final void command(String action, String... arguments) {
    lab.run(Stream.concat(Stream.of(kind, action, name), Stream.of(arguments)));
  }
}
