import type { Role, Session } from '../api/types';

const RANK: Record<Role, number> = { viewer: 1, operator: 2, admin: 3 };

let current: Session = { auth: true, user: null, role: null, csrfToken: null, expiresAt: null };

/** Whoever knows it tells everybody once; what may not be done is not offered. The server decides all the same. */
export function enter(session: Session): void {
  current = session;
}

export function may(role: Role): boolean {
  return current.role !== null && RANK[current.role] >= RANK[role];
}

export function session(): Session {
  return current;
}
