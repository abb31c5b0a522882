package io.tidemark.repository;

import java.util.Optional;

/** Stored bytes are missing or are not what was written. Nothing of them was handed out. */
public final class DamagedDataException extends RepositoryException {

  private static final long serialVersionUID = 1L;

  private final String pack;
  private final String problem;

  private DamagedDataException(String message, String pack, String problem, Throwable cause) {
    super(message, cause);
    this.pack = pack;
    this.problem = problem;
  }

  /** Damage of a whole file that is no pack: a manifest or the repository's header. */
  static DamagedDataException ofFile(String file, String problem, Throwable cause) {
    return new DamagedDataException(
        file + " is damaged: " + problem + ". Put back an undamaged copy of this file.",
        "",
        problem,
        cause);
  }

  /** Damage of a pack as a whole: missing, cut short, another pack's. */
  static DamagedDataException ofPack(String file, PackId pack, String problem) {
    return new DamagedDataException(
        "pack " + pack + " (" + file + ") is damaged: " + problem + advice(),
        pack.toString(),
        problem,
        null);
  }

  /** Damage of one frame of a pack. */
  static DamagedDataException ofFrame(String file, Ref ref, long offset, String problem) {
    String place = offset < 0 ? "" : ", offset " + offset;
    String located = "slot " + ref.slot() + place + ": " + problem;
    return new DamagedDataException(
        "pack " + ref.pack() + " (" + file + ") is damaged at " + located + advice(),
        ref.pack().toString(),
        located,
        null);
  }

  /** The pack that is damaged, unless it is a manifest or the header. */
  public Optional<PackId> pack() {
    return pack.isEmpty() ? Optional.empty() : Optional.of(PackId.parse(pack));
  }

  /** What is wrong and where in the file, without the file's name and without advice. */
  public String problem() {
    return problem;
  }

  private static String advice() {
    return ". Run verify to see which restore points need it, and put back an undamaged copy.";
  }
}
