/** Verifications: whether restore points can be restored. */
package io.tidemark.catalog.verification;
