package io.tidemark.events;

/**
 * The conversion was not done, and the domain is as it was before.
 *
 * @param reason one sentence that names the thing and says what to do
 */
public record ConversionFailed(String conversionId, String domain, String reason)
    implements ConversionEvent {}
