/** libvirt behind a small asynchronous face, and domain XML as a typed model. */
package io.tidemark.hypervisor;
