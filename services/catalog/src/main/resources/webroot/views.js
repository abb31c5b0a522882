import { el, pill } from "./dom.js";
import { ago, bytes, duration, sum, time } from "./format.js";

const MOODS = {
  running: "good", protected: "good", sealed: "good", succeeded: "good", up: "good", ok: "good",
  convertible: "warn", paused: "warn", queued: "warn", crashed: "bad",
  unsupported: "bad", damaged: "bad", failed: "bad", down: "bad", alarm: "bad",
  unreachable: "bad", "unknown-format": "bad",
};
const MOST_BARS = 60;

/** The pills on top. */
export function statusPills(status, live) {
  const parts = [["kafka", status.kafka], ["postgres", status.postgres], ["repository", status.repository.state]];
  const pills = parts.map(([name, state]) => el("li", {}, pill(`${name} ${state}`, MOODS[state])));
  return [...pills, el("li", {}, pill(live ? "live" : "reconnecting", live ? "good" : "warn"))];
}

/** The numbers on top. */
export function tiles(vms, points) {
  const defined = vms.filter((vm) => vm.state !== "gone");
  const disks = defined.flatMap((vm) => vm.disks);
  const held = sum(points.flatMap((point) => point.disks), "sizeBytes");
  const stored = sum(points.flatMap((point) => point.disks), "storedBytes");
  return [
    tile(String(defined.length), "virtual machines"),
    tile(`${disks.filter((disk) => disk.protection === "protected").length} of ${disks.length}`, "disks protected"),
    tile(String(points.length), "restore points"),
    tile(bytes(stored), held > 0 ? `stored, for ${bytes(held)} restorable` : "stored"),
  ];
}

function tile(number, words) {
  return el("div", { class: "tile" }, el("b", {}, number), el("span", { class: "quiet" }, words));
}

/** A job with how far it is. */
export function jobCard(job) {
  const { doneBytes, totalBytes } = job.progress;
  const what = job.vm ? `${capital(job.type)} of ${job.vm}` : capital(job.type);
  const card = el("article", { class: "card" },
    el("header", {},
      el("div", { class: "title" }, el("h3", {}, what), pill(job.state, job.state === "running" ? "" : MOODS[job.state]),
        el("span", { class: "quiet" }, stageWords(job))),
      el("span", { class: "quiet", title: time(job.createdAt) }, ago(job.endedAt ?? job.createdAt))));
  if (job.state === "running" || job.state === "queued") {
    const bar = el("progress", { "aria-label": `Progress of ${what}` });
    if (totalBytes > 0) {
      bar.max = totalBytes;
      bar.value = doneBytes;
    }
    card.append(bar, el("p", { class: "row quiet number" },
      el("span", {}, totalBytes > 0 ? `${bytes(doneBytes)} of ${bytes(totalBytes)}` : "waiting for the first bytes"),
      el("span", {}, rate(job.progress))));
  }
  if (job.reason) {
    card.append(el("p", { class: "reason" }, job.reason));
  }
  return card;
}

function stageWords(job) {
  return ["queued", "failed", "sealed", "done", "completed"].includes(job.stage) ? "" : job.stage;
}

function rate(progress) {
  const words = progress.bytesPerSecond > 0 ? [`${bytes(progress.bytesPerSecond)}/s`] : [];
  if (progress.secondsLeft !== null) {
    words.push(`${duration(progress.secondsLeft)} left`);
  }
  return words.join(", ");
}

/** A VM with its disks and its chain. */
export function vmCard(vm, points, opened) {
  const last = vm.lastPoint;
  const card = el("article", { class: "card" },
    el("header", {},
      el("div", { class: "title" }, el("h3", {}, vm.name), pill(vm.state, MOODS[vm.state]),
        el("span", { class: "quiet" }, `on ${vm.hypervisor}`)),
      el("span", { class: "quiet", title: last ? time(last.createdAt) : "" },
        last ? `last restore point ${ago(last.createdAt)}` : "no restore point yet")));
  if (vm.disks.length > 0) {
    card.append(el("ul", { class: "disks", "aria-label": `Disks of ${vm.name}` }, ...vm.disks.map(diskRow)));
  }
  if (points.length > 0) {
    card.append(...chain(vm, points), pointTable(vm, points, opened));
  }
  return card;
}

function diskRow(disk) {
  return el("li", { class: "disk" },
    el("strong", { class: "mono" }, disk.target),
    el("span", {}, el("span", { class: "mono" }, disk.source), " ",
      el("span", { class: "quiet number" }, `${disk.format}, ${bytes(disk.sizeBytes)}`)),
    pill(disk.protection, MOODS[disk.protection]),
    el("span", { class: "why quiet" }, disk.reason));
}

/** The chain, oldest to newest: the higher a bar, the more that point added to the repository. */
function chain(vm, points) {
  const shown = points.slice(0, MOST_BARS).reverse();
  const most = Math.max(1, ...shown.map((point) => sum(point.disks, "storedBytes")));
  const bars = shown.map((point) => {
    const stored = sum(point.disks, "storedBytes");
    const bar = el("i", {
      class: point.state === "damaged" ? "damaged" : point.kind,
      title: `${time(point.createdAt)}: ${point.kind}, ${bytes(stored)} stored`,
    });
    // Roots, so that a small increment next to a large full one can still be seen.
    bar.style.height = `${Math.max(8, Math.round(100 * Math.cbrt(stored / most)))}%`;
    return bar;
  });
  const words = `Chain of ${vm.name}: ${points.length} restore points, from ${time(shown[0].createdAt)} to ${time(points[0].createdAt)}`;
  return [
    el("div", { class: "chain", role: "img", "aria-label": words }, ...bars),
    el("p", { class: "legend quiet" }, el("span", { class: "full" }, "full"), el("span", {}, "incremental"),
      ...(points.some((point) => point.state === "damaged") ? [el("span", { class: "damaged" }, "damaged")] : [])),
  ];
}

function pointTable(vm, points, opened) {
  const head = ["Restore point", "Made", "Kind", "Consistency"].map((name) => el("th", {}, name));
  head.push(...["Read", "Changed", "Stored", "Took"].map((name) => el("th", { class: "number" }, name)));
  const details = el("details", {},
    el("summary", {}, `${points.length} restore ${points.length === 1 ? "point" : "points"}, newest first`),
    el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...points.map(pointRow))));
  details.open = opened.has(vm.uuid);
  details.addEventListener("toggle", () => (details.open ? opened.add(vm.uuid) : opened.delete(vm.uuid)));
  return details;
}

function pointRow(point) {
  const why = point.disks.filter((disk) => disk.reason).map((disk) => `${disk.target}: ${disk.reason}`).join("\n");
  const kind = el("span", { title: why }, point.kind + (point.state === "damaged" ? ", damaged" : ""));
  return el("tr", {},
    cell("Restore point", el("span", { class: "mono", title: point.id }, point.id.slice(0, 8))),
    cell("Made", el("span", { title: time(point.createdAt) }, ago(point.createdAt))),
    cell("Kind", kind),
    cell("Consistency", point.consistency),
    cell("Read", bytes(sum(point.disks, "readBytes")), "number"),
    cell("Changed", bytes(sum(point.disks, "changedBytes")), "number"),
    cell("Stored", bytes(sum(point.disks, "storedBytes")), "number"),
    cell("Took", duration(point.durationMillis / 1000), "number"));
}

function cell(label, content, style = "") {
  return el("td", { "data-label": label, class: style }, content);
}

function capital(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
