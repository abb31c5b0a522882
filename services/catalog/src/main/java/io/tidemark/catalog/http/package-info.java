/** The HTTP API, the live events and the page. */
package io.tidemark.catalog.http;
