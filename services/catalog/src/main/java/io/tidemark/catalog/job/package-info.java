/** What backups, restores, conversions and verifications have in common: jobs with deadlines. */
package io.tidemark.catalog.job;
