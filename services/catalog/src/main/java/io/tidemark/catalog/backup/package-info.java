/** The saga of a backup, from the request to the sealed restore point. */
package io.tidemark.catalog.backup;
