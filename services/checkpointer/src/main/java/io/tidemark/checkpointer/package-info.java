/**
 * Freezes a VM's disks at one instant, takes checkpoints, opens libvirt's backup jobs for reading
 * and closes them, whatever happens.
 */
package io.tidemark.checkpointer;
