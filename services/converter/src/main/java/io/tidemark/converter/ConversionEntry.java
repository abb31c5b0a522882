package io.tidemark.converter;

import io.tidemark.converter.ConversionPlan.PlannedDisk;
import io.tidemark.events.ConversionMode;
import io.tidemark.events.ConversionRequested;
import java.nio.file.Path;
import java.util.List;

/**
 * What is remembered of a conversion, until long after its end: its request may come again.
 *
 * @param domainUuid the domain that it was asked for, whatever it is called by now
 * @param wasRunning the conversion found the domain running when its turn came, and has it run
 *     again afterwards
 * @param stage how far it has come
 * @param told its end has been published
 * @param made metadata images that it makes, and may therefore remove
 */
record ConversionEntry(
    ConversionRequested request,
    String domainUuid,
    boolean wasRunning,
    ConversionStage stage,
    boolean told,
    List<String> made) {

  ConversionEntry {
    made = made == null ? List.of() : List.copyOf(made);
  }

  static ConversionEntry asked(ConversionRequested request, String domainUuid) {
    return new ConversionEntry(
        request, domainUuid, false, new ConversionStage.Asked(), false, List.of());
  }

  String id() {
    return request.conversionId();
  }

  boolean reverts() {
    return request.mode() == ConversionMode.REVERT;
  }

  /** Before anything is touched. */
  ConversionEntry beginning(ConversionPlan plan) {
    List<String> images =
        reverts() ? List.of() : plan.disks().stream().map(PlannedDisk::image).toList();
    return new ConversionEntry(
        request, domainUuid, wasRunning || plan.domain().active(), stage, told, images);
  }

  ConversionEntry withoutImages() {
    return new ConversionEntry(request, domainUuid, wasRunning, stage, told, List.of());
  }

  List<Path> madeImages() {
    return made.stream().map(Path::of).toList();
  }

  ConversionEntry at(ConversionStage next) {
    return new ConversionEntry(request, domainUuid, wasRunning, next, told, made);
  }

  ConversionEntry afterTelling() {
    return new ConversionEntry(request, domainUuid, wasRunning, stage, true, made);
  }
}
