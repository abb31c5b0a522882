package io.tidemark.converter;

import io.tidemark.hypervisor.Disk;
import io.tidemark.hypervisor.Domain;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where new metadata images may be put: nowhere that a disk has its own, nor where anything else
 * is. Blocks.
 *
 * @param domains every domain of the host
 * @param made images that the same conversion made before it was killed
 */
record ImagePlaces(ConverterConfig config, List<Domain> domains, List<String> made) {

  ImagePlaces {
    domains = List.copyOf(domains);
    made = List.copyOf(made);
  }

  /**
   * The place for a disk's image. A disk that was renamed keeps its image under the old name, which
   * another disk may have now.
   *
   * @throws ConversionRefused if an image of this disk is in use, or lies there unused
   */
  Path of(Domain domain, String target) {
    int number = 1;
    while (true) {
      Path place = config.metadataImage(domain.uuid(), target, number);
      refuseIfOwn(domain, target, place);
      if (!isNamed(place)) {
        refuseIfThere(domain, target, place);
        return place;
      }
      number++;
    }
  }

  /** True if a domain names that file as a disk, or as a part of one. */
  boolean isNamed(Path place) {
    return domains.stream()
        .flatMap(Domain::definitions)
        .flatMap(xml -> xml.diskFiles().stream())
        .anyMatch(file -> same(file.path(), place));
  }

  private static void refuseIfOwn(Domain domain, String target, Path place) {
    boolean own =
        domain
            .definitions()
            .flatMap(xml -> xml.disk(target).stream())
            .map(Disk::source)
            .flatMap(Optional::stream)
            .anyMatch(source -> same(source, place));
    if (own) {
      throw new ConversionRefused(
          "VM %s still uses metadata image %s for disk %s, though its definition has none: shut it"
                  .formatted(domain.name(), place, target)
              + " down and remove the image, or define the disk with it again.");
    }
  }

  private void refuseIfThere(Domain domain, String target, Path place) {
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS) && !made.contains(place.toString())) {
      throw new ConversionRefused(
          "The metadata image of disk %s of VM %s would be %s, which exists, and no VM of this host"
                  .formatted(target, domain.name(), place)
              + " has it as a disk: see that no other host uses it, remove it and try again.");
    }
  }

  private static boolean same(String path, Path place) {
    try {
      return TargetFile.real(Path.of(path)).equals(TargetFile.real(place));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
