/** Who may do what: roles, users, tokens, sessions, and the audit log. */
package io.tidemark.catalog.access;
