/** Watches a hypervisor, and says which VMs and disks it has and how protectable each disk is. */
package io.tidemark.inventory;
