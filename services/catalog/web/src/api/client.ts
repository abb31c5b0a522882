import type { Problem, Session } from './types';

/** An answer that is not what was asked for; its message is one sentence for people. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** The catalog can't be reached at all. */
export class Offline extends Error {
  constructor() {
    super("Tidemark can't be reached. Check that it runs; this page tries again by itself.");
  }
}

let csrfToken: string | null = null;
let onUnauthorised: () => void = () => {};

/** Whoever shows the login is told when a session is over. */
export function whenUnauthorised(tell: () => void): void {
  onUnauthorised = tell;
}

export function useSession(session: Session): void {
  csrfToken = session.csrfToken;
}

interface Options {
  body?: unknown;
  etag?: string;
  idempotent?: boolean;
}

async function request(method: string, path: string, options: Options = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.etag !== undefined) headers['If-Match'] = options.etag;
  if (options.idempotent) headers['Idempotency-Key'] = newKey();
  if (method !== 'GET' && csrfToken !== null) headers['X-CSRF-Token'] = csrfToken;
  const response = await fetch('/api/v1' + path, {
    method,
    headers,
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
  }).catch(() => {
    throw new Offline();
  });
  if (response.ok) return response;
  const detail = await problem(response);
  if (response.status === 401 && path !== '/session') onUnauthorised();
  throw new ApiError(response.status, detail);
}

async function problem(response: Response): Promise<string> {
  try {
    return ((await response.json()) as Problem).detail;
  } catch {
    return `Tidemark answered ${response.status}. Look at its log.`;
  }
}

/** crypto.randomUUID is there on secure origins only. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export async function get<T>(path: string): Promise<T> {
  return (await request('GET', path)).json() as Promise<T>;
}

/** With the version that a change has to name. */
export async function getVersioned<T>(path: string): Promise<{ value: T; etag: string }> {
  const response = await request('GET', path);
  return { value: (await response.json()) as T, etag: response.headers.get('ETag') ?? '' };
}

/** Begins work: sent again after a lost connection it begins nothing twice. */
export async function start<T>(path: string, body: unknown): Promise<T> {
  return (await request('POST', path, { body, idempotent: true })).json() as Promise<T>;
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  return (await request('POST', path, { body })).json() as Promise<T>;
}

export async function put<T>(path: string, body: unknown, etag?: string): Promise<T | null> {
  const response = await request('PUT', path, { body, etag });
  return response.status === 204 ? null : (response.json() as Promise<T>);
}

export async function remove(path: string): Promise<void> {
  await request('DELETE', path);
}

/** A path with its parameters; those that are empty are left out. */
export function query(path: string, parameters: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}
