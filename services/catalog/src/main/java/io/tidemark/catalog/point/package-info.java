/** Restore points: their rows, their chains and the repository that they live in. */
package io.tidemark.catalog.point;
