/** The domains that the inventory has seen. */
package io.tidemark.catalog.domain;
