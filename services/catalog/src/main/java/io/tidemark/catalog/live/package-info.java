/** The journal of events, and live views of it. */
package io.tidemark.catalog.live;
