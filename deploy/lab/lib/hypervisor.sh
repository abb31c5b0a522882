# shellcheck shell=bash
# The hypervisor: the host's own libvirtd if new enough, else a Debian 13 root under DIR, run in its own mount namespace.

readonly MINIMUM_LIBVIRT=10010000 # 10.10.0 brought <dataStore>
# shellcheck disable=SC2034 # used in root.sh
readonly RELEASE=trixie
readonly FALLBACK_MIRROR=http://deb.debian.org/debian
readonly HOST_PACKAGES_OWN=(debootstrap debian-archive-keyring libvirt0 qemu-utils)
readonly HOST_PACKAGES_HOST=(libvirt0 libvirt-clients qemu-utils e2fsprogs busybox-static cpio xz-utils socat)
# shellcheck disable=SC2034 # used in root.sh
readonly ROOT_PACKAGES=(
  libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients qemu-system-x86 qemu-utils
  e2fsprogs busybox-static cpio xz-utils socat kmod
)
# What the two sides do not share: the operating system itself.
readonly OWN_TOP_LEVEL=" bin boot dev etc lib lib32 lib64 libx32 lost+found proc run sbin sys usr var "
readonly SHARED_STATE=(/var/tmp /var/lib/tidemark /var/lib/libvirt/tidemark)

under_lock() {
  mkdir -p "$LAB_DIR"
  exec 9>"$LAB_DIR/lock"
  flock 9
  "$@"
  exec 9>&-
}

# --- where things are -------------------------------------------------------------------------------------------------

lab_mode() { cat "$LAB_DIR/run/mode" 2>/dev/null || echo none; }

lab_socket() { printf '%s/root/run/libvirt/libvirt-sock' "$LAB_DIR"; }

lab_uri() {
  case $(lab_mode) in
    host) echo qemu:///system ;;
    *) printf 'qemu+unix:///system?socket=%s\n' "$(lab_socket)" ;;
  esac
}

# Where the guests' serial lines are, as seen from inside. Short, whatever DIR is: a Unix socket's path takes 107 bytes.
console_directory() {
  case $(lab_mode) in
    host) printf '/run/tidemark-lab/%s\n' "$(sha256sum <<<"$LAB_DIR" | cut -c1-12)" ;;
    *) echo /run/console ;;
  esac
}

# Where libvirt's run-time files are, as seen from outside.
libvirt_run_dir() {
  case $(lab_mode) in
    host) echo /run/libvirt ;;
    *) echo "$LAB_DIR/root/run/libvirt" ;;
  esac
}

# --- processes: recorded as "pid start-time", so that a recycled pid is never taken for ours --------------------------

process_start() { awk '{ sub(/^.*\) /, ""); print $20 }' "/proc/$1/stat" 2>/dev/null || true; }

record_process() { printf '%s %s\n' "$1" "$(process_start "$1")" >"$2"; }

# Prints the recorded pid if that very process still runs.
recorded_pid() {
  local pid start
  read -r pid start 2>/dev/null <"$1" || return 1
  if [ -z "$start" ] || [ "$(process_start "$pid")" != "$start" ] || gone "$pid"; then return 1; fi
  echo "$pid"
}

await() { # await SECONDS COMMAND…
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}

gone() { ! [ -e "/proc/$1" ] || [ "$(awk '{ sub(/^.*\) /, ""); print $1 }' "/proc/$1/stat" 2>/dev/null)" = Z ]; }

stop_pid() { # TERM, then KILL
  gone "$1" && return
  kill -TERM "$1" 2>/dev/null || true
  await 15 gone "$1" && return
  kill -KILL "$1" 2>/dev/null || true
  await 5 gone "$1" || say "process $1 does not end"
}

# --- running things where the hypervisor is ---------------------------------------------------------------------------

# Sets INSIDE to the words that, put before a command, run it where the hypervisor is.
enter() {
  INSIDE=(env)
  [ "$(lab_mode)" != host ] || return 0
  local pid
  pid=$(recorded_pid "$LAB_DIR/run/namespace.pid") || die "the lab in $LAB_DIR is not up: run 'lab up'"
  INSIDE=(nsenter --target "$pid" --mount --root --wd env PATH=/usr/sbin:/usr/bin:/sbin:/bin)
}

inside() {
  enter
  "${INSIDE[@]}" "$@"
}

lab_virsh() { inside virsh --quiet --connect qemu:///system "$@"; }

daemon_answers() { inside timeout 20 virsh --quiet --connect qemu:///system version --daemon >/dev/null 2>&1; }

is_up() {
  case $(lab_mode) in
    none) return 1 ;;
    own) recorded_pid "$LAB_DIR/run/namespace.pid" >/dev/null && daemon_answers ;;
    host) daemon_answers ;;
  esac
}

need_up() { is_up || die "the lab in $LAB_DIR is not up: run 'lab up'"; }

# --- prerequisites ----------------------------------------------------------------------------------------------------

install_on_host() {
  local package missing=()
  for package in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "missing packages, and no apt-get to install them: ${missing[*]}"
  say "installing on the host: ${missing[*]}"
  logged apt-get update || say "apt-get update failed; trying with what is there"
  logged env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" ||
    die "cannot install ${missing[*]}"
}

logged() {
  if ! "$@" >>"$LAB_DIR/create.log" 2>&1 9>&-; then
    say "failed: $* (last lines of $LAB_DIR/create.log:)"
    tail -n 15 "$LAB_DIR/create.log" >&2
    return 1
  fi
}

# The mirror from which the host takes its own release, if it is a Debian; else Debian's own.
debian_mirror() {
  local mirror=${TIDEMARK_LAB_MIRROR:-}
  [ -n "$mirror" ] || mirror=$(host_mirror)
  if [ -z "$mirror" ] && logged apt-get update; then mirror=$(host_mirror); fi
  echo "${mirror:-$FALLBACK_MIRROR}"
}

host_mirror() {
  # shellcheck disable=SC2016 # the fields are apt's
  apt-get indextargets --format '$(ORIGIN)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)' 2>/dev/null |
    awk -F'|' -v codename="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" '
      $1 == "Debian" && $2 == codename && $3 == "main" && $4 ~ /^https?:/ && !found { print $4; found = 1 }'
}

# Proxy, certificates and date checks of the host's apt hold for the root too.
copy_apt_settings() {
  local root=$1 ca
  mkdir -p "$root/etc/apt/apt.conf.d"
  apt-config dump | grep -E '^Acquire::(https?::|Check-|Retries|ForceIPv)' >"$root/etc/apt/apt.conf.d/00host" || true
  printf '%s\n' 'Acquire::Languages "none";' 'APT::Install-Recommends "false";' >"$root/etc/apt/apt.conf.d/01lab"
  apt-config dump | sed -n -E 's/^Acquire::https.*::(CaInfo|SslCert|SslKey) "(.+)";$/\2/Ip' | while read -r ca; do
    [ -f "$ca" ] && install -D -m 0644 "$ca" "$root$ca"
  done
  ca=/etc/ssl/certs/ca-certificates.crt
  [ ! -f $ca ] || install -D -m 0644 $ca "$root$ca"
}

# --- the Debian 13 root -----------------------------------------------------------------------------------------------

make_root() {
  [ ! -d "$LAB_DIR/root" ] || return 0
  [ "$(dpkg --print-architecture)" = amd64 ] || die "the lab needs an amd64 host"
  local new=$LAB_DIR/root.new mirror
  mirror=$(debian_mirror)
  rm -rf --one-file-system "$new"
  mkdir -p "$new"
  say "making a Debian 13 root in $LAB_DIR/root from ${mirror/\/\/*@/\/\/} (once, a few minutes)"
  make_root_step "debootstrap" root_debootstrap "$mirror"
  make_root_step "installing libvirt and QEMU in it" root_packages
  make_root_step "fetching a kernel for the guests" root_kernel
  make_root_step "settings" root_settings
  sync -f "$new"
  mv "$new" "$LAB_DIR/root"
}

# A namespace for each step: whatever is mounted meanwhile is gone when it ends, however it ends.
make_root_step() {
  say "  $1"
  shift
  # shellcheck disable=SC2016 # expanded by the inner shell
  logged unshare --mount --propagation private bash -euo pipefail -c \
    'LAB_DIR=$1; . "$2/lib/hypervisor.sh"; . "$2/lib/root.sh"; shift 2; "$@"' \
    make_root_step "$LAB_DIR" "$LAB_HOME" "$@" || die "could not make the root; the next 'lab up' starts it anew"
}

# --- the namespace ----------------------------------------------------------------------------------------------------

# Inside the new namespace: give the root what it shares with the host, then hold the namespace open.
hold_namespace() {
  local path outermost
  outermost=$(share_of_lab)
  # First the one that DIR is in, while nothing is mounted below it: no mount can then contain itself.
  share_path "$outermost"
  shares | while read -r path; do
    [ "$path" = "$outermost" ] || share_path "$path"
  done
  for path in /dev /proc /sys; do mount --rbind "$path" "$LAB_DIR/root$path"; done
  record_process $$ "$LAB_DIR/run/namespace.pid"
  cd /
  exec chroot "$LAB_DIR/root" sleep infinity
}

# What has the same path on the host and inside.
shares() {
  local path
  for path in /*; do
    if [ -d "$path" ] && [ ! -L "$path" ] && [[ $OWN_TOP_LEVEL != *" ${path#/} "* ]]; then echo "$path"; fi
  done
  printf '%s\n' "${SHARED_STATE[@]}"
}

# The share that DIR is in; DIR itself if it is in none.
share_of_lab() {
  local path
  while read -r path; do
    if [[ $LAB_DIR/ == "$path"/* ]]; then
      echo "$path"
      return
    fi
  done < <(shares)
  echo "$LAB_DIR"
}

share_path() {
  mkdir -p "$1" "$LAB_DIR/root$1"
  mount --rbind "$1" "$LAB_DIR/root$1"
}

start_namespace() {
  recorded_pid "$LAB_DIR/run/namespace.pid" >/dev/null && return
  rm -rf --one-file-system "$LAB_DIR/run/namespace.pid" "$LAB_DIR/root/run"
  mkdir -p "$LAB_DIR/root/run/lock"
  # shellcheck disable=SC2016 # expanded by the inner shell
  # slave, not private: what the host mounts later below a shared folder appears inside; nothing goes the other way.
  setsid unshare --mount --propagation slave bash -euo pipefail -c \
    '. "$1/lib/hypervisor.sh"; LAB_DIR=$2; hold_namespace' hold_namespace "$LAB_HOME" "$LAB_DIR" \
    </dev/null >"$LAB_DIR/run/namespace.log" 2>&1 9>&- &
  await 20 recorded_pid "$LAB_DIR/run/namespace.pid" >/dev/null || {
    cat "$LAB_DIR/run/namespace.log" >&2
    die "the lab's mount namespace does not come up"
  }
}

start_libvirtd() {
  recorded_pid "$LAB_DIR/run/libvirtd.pid" >/dev/null && return
  say "starting libvirtd"
  rm -f "$LAB_DIR/root/run/libvirtd.pid"
  inside setsid libvirtd --pid-file /run/libvirtd.pid </dev/null >>"$LAB_DIR/run/libvirtd.log" 2>&1 9>&- &
  # The first answer waits for QEMU's capabilities to be probed: long on a loaded machine.
  await 180 daemon_answers || {
    tail -n 20 "$LAB_DIR/run/libvirtd.log" >&2
    die "libvirtd does not answer (log: $LAB_DIR/run/libvirtd.log)"
  }
  record_process "$(cat "$LAB_DIR/root/run/libvirtd.pid")" "$LAB_DIR/run/libvirtd.pid"
}

# --- commands ---------------------------------------------------------------------------------------------------------

host_libvirt_usable() {
  local version number
  command -v virsh >/dev/null || return 1
  version=$(timeout 30 virsh --connect qemu:///system version --daemon 2>/dev/null |
    sed -n 's/^Running against daemon: //p') || return 1
  number=$(awk -F. '{ print $1 * 1000000 + $2 * 1000 + $3 }' <<<"$version")
  [ "${number:-0}" -ge "$MINIMUM_LIBVIRT" ]
}

choose_mode() {
  case $HYPERVISOR in
    own) echo own ;;
    host)
      host_libvirt_usable || die "the host's libvirtd does not answer or is older than 10.10"
      echo host
      ;;
    auto) if host_libvirt_usable; then echo host; else echo own; fi ;;
    *) die "TIDEMARK_LAB_HYPERVISOR is '$HYPERVISOR': expected auto, own or host" ;;
  esac
}

lab_up() {
  local mode socket
  mkdir -p "$LAB_DIR/run" "$LAB_DIR/images" "$LAB_DIR/domains" "$LAB_DIR/guest"
  touch "$LAB_DIR/.tidemark-lab"
  if ! is_up; then
    mode=$(lab_mode)
    [ "$mode" != none ] || mode=$(choose_mode)
    if [ "$mode" = own ]; then
      socket=$(lab_socket)
      [ ${#socket} -le 107 ] || die "the socket's path is ${#socket} bytes, a Unix socket takes 107: choose a shorter DIR"
      install_on_host "${HOST_PACKAGES_OWN[@]}"
      make_root
      echo own >"$LAB_DIR/run/mode"
      start_namespace
      start_libvirtd
    else
      install_on_host "${HOST_PACKAGES_HOST[@]}"
      echo host >"$LAB_DIR/run/mode"
    fi
  fi
  inside mkdir -p "$(console_directory)"
  say "up: libvirt $(libvirt_version), $(lab_mode)"
  echo "TIDEMARK_LAB_DIR=$LAB_DIR"
  echo "LIBVIRT_DEFAULT_URI=$(lab_uri)"
}

libvirt_version() { inside virsh --connect qemu:///system version --daemon | sed -n 's/^Running against daemon: //p'; }

lab_down() {
  local domain
  if is_up; then
    for domain in "$LAB_DIR"/domains/*/; do
      [ ! -d "$domain" ] || lab_virsh destroy "$(basename "$domain")" >/dev/null 2>&1 || true
    done
  fi
  [ "$(lab_mode)" != own ] || stop_own_hypervisor
  rm -f "$LAB_DIR/run/mode"
  say "down"
}

# The hypervisor is the lab's: with it end the machines that others started on it, cleanly (SIGTERM keeps bitmaps).
stop_own_hypervisor() {
  local holder namespace pid
  if pid=$(recorded_pid "$LAB_DIR/run/libvirtd.pid"); then stop_pid "$pid"; fi
  if holder=$(recorded_pid "$LAB_DIR/run/namespace.pid"); then
    namespace=$(readlink "/proc/$holder/ns/mnt")
    for pid in /proc/[0-9]*; do
      pid=${pid#/proc/}
      if [ "$pid" = "$holder" ] || [ "$(readlink "/proc/$pid/ns/mnt" 2>/dev/null)" != "$namespace" ]; then continue; fi
      say "stopping $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | cut -c1-60) ($pid)"
      stop_pid "$pid"
    done
    stop_pid "$holder"
  fi
  rm -f "$LAB_DIR/run/libvirtd.pid" "$LAB_DIR/run/namespace.pid"
}

lab_daemon() {
  local pid
  [ "$(lab_mode)" = own ] || die "the host's libvirtd is not the lab's to restart"
  pid=$(recorded_pid "$LAB_DIR/run/libvirtd.pid") || pid=""
  case ${1:-} in
    restart) [ -z "$pid" ] || stop_pid "$pid" ;;
    kill9)
      [ -z "$pid" ] || kill -KILL "$pid"
      [ -z "$pid" ] || await 10 gone "$pid" || die "libvirtd does not end"
      ;;
    *) die "usage: lab daemon restart|kill9" ;;
  esac
  start_libvirtd
}

lab_status() {
  local state=down version="" domains="" uri=""
  if is_up; then
    state=up
    uri=$(lab_uri)
    version=$(libvirt_version)
    domains=$(lab_virsh list --all --name | awk NF)
  fi
  if [ "${1:-}" = --json ]; then
    printf '{"state":"%s","hypervisor":"%s","directory":"%s","uri":"%s","libvirt":"%s","domains":[%s]}\n' \
      "$state" "$(lab_mode)" "$LAB_DIR" "$uri" "$version" "$(awk 'NF { printf "%s\"%s\"", comma, $0; comma = "," }' <<<"$domains")"
  else
    echo "state: $state"
    echo "directory: $LAB_DIR"
    if [ $state = up ]; then
      echo "hypervisor: $(lab_mode), libvirt $version"
      echo "domains: $(paste -sd' ' <<<"$domains")"
      echo "LIBVIRT_DEFAULT_URI=$uri"
    fi
  fi
  [ $state = up ]
}

lab_purge() {
  [ -e "$LAB_DIR/.tidemark-lab" ] || die "$LAB_DIR is no lab folder; nothing removed"
  [ "$(lab_mode)" = none ] || die "the lab in $LAB_DIR is up: run 'lab down' first"
  if awk -v d="$LAB_DIR/" 'index($2 "/", d) == 1 { found = 1 } END { exit !found }' /proc/self/mounts; then
    die "something is mounted below $LAB_DIR; nothing removed"
  fi
  local entry
  for entry in root root.new images guest domains run create.log .tidemark-lab lock; do
    rm -rf --one-file-system "${LAB_DIR:?}/$entry"
  done
  rmdir "$LAB_DIR" 2>/dev/null || say "left what is not the lab's in $LAB_DIR"
}
