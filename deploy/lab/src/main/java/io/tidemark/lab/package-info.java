/**
 * A real hypervisor in a folder, with tiny real guests, for the demo and for tests: a fixture over
 * the script {@code deploy/lab/lab}. Everything here blocks; nothing of it belongs on an event
 * loop.
 */
package io.tidemark.lab;
