package io.tidemark.extractor;

/**
 * How fast exports may be read or written, so that guests are not starved. All workers that are at
 * work on a hypervisor or domain share its limit.
 *
 * @param hypervisorBytesPerSecond of all exports of one hypervisor; 0 is no limit
 * @param domainBytesPerSecond of all exports of one domain; 0 is no limit
 */
public record RateConfig(long hypervisorBytesPerSecond, long domainBytesPerSecond) {

  public RateConfig {
    Requirement.that(
        hypervisorBytesPerSecond >= 0 && domainBytesPerSecond >= 0,
        "a rate limit must not be negative");
  }

  /** As fast as it goes. */
  public static RateConfig unlimited() {
    return new RateConfig(0, 0);
  }
}
