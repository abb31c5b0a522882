package io.tidemark.events;

/**
 * Every shard of a restore is written; the host side can close the exports and put the files in
 * place.
 */
public record RestoreDataWritten(String restoreId, String hypervisor) implements RestoreEvent {}
