/**
 * The command line: a client of the HTTP API, and the rescue that needs nothing but a repository.
 */
package io.tidemark.cli;
