package io.tidemark.repository;

import java.util.List;

/**
 * What a verification found.
 *
 * @param ok whether every byte that the points need is there and right
 * @param checkedBytes plain bytes of blocks and nodes that were read and re-hashed, each counted
 *     once
 * @param damaged what is not
 */
public record VerifyReport(boolean ok, long checkedBytes, List<Damage> damaged) {}
