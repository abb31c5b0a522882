/** The one language that all services speak: event types, topics and the CloudEvents codec. */
package io.tidemark.events;
