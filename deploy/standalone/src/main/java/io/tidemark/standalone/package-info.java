/** Everything in one process, each service alone, and the command line's top level. */
package io.tidemark.standalone;
