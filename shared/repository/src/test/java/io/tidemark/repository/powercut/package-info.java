/**
 * A file system in memory that loses what was not forced to the disk when the power fails, and that
 * fails where it is told to.
 */
package io.tidemark.repository.powercut;
