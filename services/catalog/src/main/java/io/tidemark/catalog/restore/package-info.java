/** The saga of a restore, from the request to the files in place. */
package io.tidemark.catalog.restore;
