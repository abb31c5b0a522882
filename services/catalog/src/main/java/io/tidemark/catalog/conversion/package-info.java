/** Conversions: asked for here, done by the converters. */
package io.tidemark.catalog.conversion;
