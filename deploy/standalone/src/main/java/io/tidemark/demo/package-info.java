/**
 * {@code tidemark demo}: the whole story on a real hypervisor with a real guest, told step by step
 * and proven.
 */
package io.tidemark.demo;
