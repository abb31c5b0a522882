/**
 * Compares Tidemark with the tools that a user would use instead, on the same data in the same run:
 * {@link io.tidemark.bench.BenchCommand} is the whole of it, {@link io.tidemark.bench.Case} says
 * what is compared.
 */
package io.tidemark.bench;
