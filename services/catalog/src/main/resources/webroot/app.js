import { byId, el } from "./dom.js";
import { jobCard, statusPills, tiles, vmCard } from "./views.js";

const API = "/api/v1";
const SHOWN_JOBS = 5;
const REFRESH_MILLIS = 30_000;
const SETTLE_MILLIS = 300;
const RELOADING = [
  "DomainSeen", "DomainChanged", "DomainGone", "RestorePointSealed", "ConversionApplied", "ConversionReverted",
];

const state = { status: null, vms: [], points: [], jobs: new Map(), live: false, opened: new Set() };
let settling = 0;

async function read(path) {
  const response = await fetch(API + path, { headers: { Accept: "application/json" } });
  const body = await response.json();
  if (!response.ok) {
    throw new Error(body.detail ?? `${path}: ${response.status}`);
  }
  return body;
}

/** Asks for everything again; several reasons in a moment are one. */
function reload() {
  clearTimeout(settling);
  settling = setTimeout(load, SETTLE_MILLIS);
}

async function load() {
  try {
    state.status = await read("/status");
    const [vms, points, jobs] = await Promise.all([read("/vms"), read("/points"), read("/jobs")]);
    state.vms = vms.vms;
    state.points = points.points;
    state.jobs = new Map(jobs.jobs.map((job) => [job.id, job]));
    alarm(state.status.repository.detail);
    show();
  } catch (error) {
    showStatus();
    alarm(error instanceof TypeError ? "Tidemark can't be reached. This page goes on when it is back." : error.message);
  }
}

function alarm(text) {
  byId("alarm").textContent = text ?? "";
  byId("alarm").hidden = !text;
}

function show() {
  showStatus();
  showJobs();
  byId("summary").replaceChildren(...tiles(state.vms, state.points));
  const chains = byVm(state.points);
  byId("vms").replaceChildren(...(state.vms.length > 0
    ? state.vms.map((vm) => vmCard(vm, chains.get(vm.uuid) ?? [], state.opened))
    : [empty("No virtual machine is known yet. They show up by themselves while the inventory service runs.")]));
}

function byVm(points) {
  const chains = new Map();
  for (const point of points) {
    chains.set(point.vmUuid, [...(chains.get(point.vmUuid) ?? []), point]);
  }
  return chains;
}

function showStatus() {
  if (state.status) {
    byId("status").replaceChildren(...statusPills(state.status, state.live));
  }
}

function showJobs() {
  const weight = (job) => ["running", "queued"].indexOf(job.state);
  const jobs = [...state.jobs.values()].sort((a, b) =>
    (weight(a) < 0) - (weight(b) < 0) || b.createdAt.localeCompare(a.createdAt));
  byId("jobs").replaceChildren(...(jobs.length > 0
    ? jobs.slice(0, SHOWN_JOBS).map(jobCard)
    : [empty("No job yet. Start one with: tidemark backup VM")]));
}

function empty(text) {
  return el("p", { class: "empty" }, text);
}

function follow() {
  const events = new EventSource(`${API}/events`);
  events.addEventListener("open", () => {
    state.live = true;
    reload();
  });
  events.addEventListener("error", () => {
    state.live = false;
    showStatus();
  });
  events.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    const before = state.jobs.get(job.id);
    state.jobs.set(job.id, job);
    showJobs();
    if (before?.state !== job.state) {
      reload();
    }
  });
  RELOADING.forEach((type) => events.addEventListener(type, reload));
}

load();
follow();
setInterval(load, REFRESH_MILLIS);
