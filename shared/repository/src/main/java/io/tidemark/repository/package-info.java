/**
 * The place where restore points live: fixed blocks in a Merkle tree, kept in immutable pack files,
 * and one small manifest per restore point.
 *
 * <p>Everything here blocks; call it on worker threads. The bytes on disk are fixed by {@code
 * docs/repository-format.md}.
 */
package io.tidemark.repository;
