package io.tidemark.converter;

import io.tidemark.events.ConversionMode;
import io.tidemark.events.ConversionRequested;
import io.tidemark.hypervisor.Domain;

/**
 * What is remembered of a conversion, until long after its end: its request may come again.
 *
 * @param domainUuid the domain that it was asked for, whatever it is called by now
 * @param wasRunning the domain is to run again afterwards
 * @param stage how far it has come
 * @param told its end has been published
 */
record ConversionEntry(
    ConversionRequested request,
    String domainUuid,
    boolean wasRunning,
    ConversionStage stage,
    boolean told) {

  static ConversionEntry asked(ConversionRequested request, Domain domain) {
    return new ConversionEntry(
        request, domain.uuid(), domain.active(), new ConversionStage.Asked(), false);
  }

  String id() {
    return request.conversionId();
  }

  boolean reverts() {
    return request.mode() == ConversionMode.REVERT;
  }

  ConversionEntry at(ConversionStage next) {
    return new ConversionEntry(request, domainUuid, wasRunning, next, told);
  }

  ConversionEntry afterTelling() {
    return new ConversionEntry(request, domainUuid, wasRunning, stage, true);
  }
}
