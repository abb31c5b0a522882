// What the contract (openapi.yaml) promises, as far as the console uses it. Sizes are bytes, times ISO 8601.

export type Role = 'viewer' | 'operator' | 'admin';
export type Protection = 'protected' | 'at-risk' | 'unprotected';
export type PointKind = 'full' | 'incremental';
export type PointState = 'sealed' | 'damaged' | 'forgotten';
export type JobType = 'backup' | 'restore' | 'conversion' | 'verification';
export type JobState = 'queued' | 'running' | 'succeeded' | 'failed';

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
}

export interface RepositoryState {
  path: string;
  state: 'ok' | 'alarm' | 'unreachable' | 'unknown-format';
  detail: string | null;
}

export interface Status {
  version: string;
  kafka: 'up' | 'down';
  postgres: 'up' | 'down';
  repository: RepositoryState;
  hypervisors: string[];
}

export interface Day {
  day: string;
  points: number;
  changedBytes: number;
  storedBytes: number;
}

export interface Failure {
  job: string;
  type: JobType;
  vm: string;
  endedAt: string;
  reason: string;
  remedy: string;
}

export interface Overview {
  protection: {
    protected: number;
    atRisk: number;
    unprotected: number;
    atRiskAfterHours: number;
    newestPointAt: string | null;
    oldestLastPointAt: string | null;
  };
  runningJobs: Job[];
  repository: RepositoryState & { points: number; logicalBytes: number; storedBytes: number };
  days: Day[];
  failures: Failure[];
}

export interface VmDisk {
  target: string;
  source: string;
  format: string;
  sizeBytes: number;
  protection: 'protected' | 'convertible' | 'unsupported';
  reason: string;
  metadataImage: string | null;
}

export interface Vm {
  name: string;
  uuid: string;
  hypervisor: string;
  state: 'running' | 'paused' | 'shut-off' | 'crashed' | 'gone';
  protection: Protection;
  disks: VmDisk[];
  lastPoint: { id: string; kind: PointKind; createdAt: string } | null;
}

export interface PointDisk {
  target: string;
  sizeBytes: number;
  readBytes: number;
  changedBytes: number;
  zeroBytes: number;
  storedBytes: number;
  mode: PointKind;
  reason: string | null;
}

export interface Point {
  id: string;
  vm: string;
  vmUuid: string;
  hypervisor: string;
  parent: string | null;
  kind: PointKind;
  state: PointState;
  consistency: 'crash' | 'filesystem';
  checkpoint: string | null;
  createdAt: string;
  sealedAt: string;
  durationMillis: number;
  verifiedAt: string | null;
  disks: PointDisk[];
}

export interface PointChanges {
  point: string;
  parent: string | null;
  target: string;
  sizeBytes: number;
  bucketBytes: number;
  exact: boolean;
  changedBytes: number[];
}

export interface RestoreRequest {
  point: string;
  directory?: string;
  disks?: Record<string, string>;
  overwrite?: boolean;
}

export interface RestoreCheckTarget {
  target: string;
  path: string;
  sizeBytes: number;
  exists: boolean | null;
  existing: 'none' | 'file' | 'block-device' | 'other' | 'unknown';
  existingBytes: number | null;
  action: 'create' | 'overwrite' | 'refuse';
  reason: string | null;
}

export interface RestoreCheck {
  point: string;
  vm: string;
  allowed: boolean;
  confirm: string;
  totalBytes: number;
  targets: RestoreCheckTarget[];
}

export interface ConvertedDisk {
  target: string;
  source: string;
  metadataImage: string;
  sizeBytes: number;
  sha256Before: string | null;
  sha256After: string | null;
}

export interface JobResult {
  files?: { target: string | null; path: string; sizeBytes: number }[];
  mode?: string;
  restarted?: boolean;
  restartNeeded?: boolean;
  disks?: ConvertedDisk[];
  xmlDiff?: string | null;
  commands?: string[];
  ok?: boolean;
  checkedBytes?: number;
  damaged?: { points: string[]; target: string; offset: number; lengthBytes: number; pack: string; reason: string }[];
}

export interface Job {
  id: string;
  type: JobType;
  vm: string;
  state: JobState;
  stage: string;
  reason: string | null;
  createdAt: string;
  endedAt: string | null;
  progress: { doneBytes: number; totalBytes: number; bytesPerSecond: number; secondsLeft: number | null };
  result: JobResult | null;
}

export interface CloudEvent {
  id: string;
  type: string;
  source: string;
  subject?: string;
  time: string;
  data: Record<string, unknown>;
}

export interface JournalEvent {
  id: number;
  type: string;
  vm: string | null;
  job: string | null;
  recordedAt: string;
  event: CloudEvent;
}

export interface Settings {
  atRiskAfterHours: number;
  hypervisors: { name: string; vms: number; lastSeenAt: string | null }[];
  repository: RepositoryState;
  restoreRoots: string[];
  access: { auth: boolean; tls: boolean };
}

export interface Session {
  auth: boolean;
  user: string | null;
  role: Role | null;
  csrfToken: string | null;
  expiresAt: string | null;
}

export interface Token {
  id: string;
  name: string;
  role: Role;
  createdAt: string;
  createdBy: string;
  expiresAt: string;
  lastUsedAt: string | null;
}

export interface User {
  name: string;
  role: Role;
  createdAt: string;
  lastLoginAt: string | null;
}

export interface Webhook {
  id: string;
  url: string;
  events: string[];
  active: boolean;
  createdAt: string;
  pending: number;
  dead: number;
}

export interface Delivery {
  id: string;
  type: string;
  state: 'pending' | 'delivered' | 'dead';
  attempts: number;
  lastStatus: number | null;
  lastError: string | null;
  createdAt: string;
}

export interface AuditEntry {
  id: number;
  at: string;
  actor: string;
  role: string | null;
  address: string;
  operation: string;
  path: string;
  status: number;
  detail: string | null;
}
