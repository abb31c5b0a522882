/** The OpenAPI contract: what the HTTP API has, and whether requests and answers keep to it. */
package io.tidemark.catalog.contract;
