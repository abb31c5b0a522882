/**
 * Puts metadata images in front of raw disks and takes them away; prepares the files and devices
 * that restores write to.
 */
package io.tidemark.converter;
