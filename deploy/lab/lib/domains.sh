# shellcheck shell=bash
# The domains that the lab makes: guests with a Linux in them, and blank ones that are written to through QEMU's monitor.
# DIR/domains/NAME marks a domain as the lab's; DIR/images/NAME holds its disks, and all that is put beside them.

readonly READY_SECONDS=${TIDEMARK_LAB_READY_SECONDS:-180}

# --- common -----------------------------------------------------------------------------------------------------------

check_name() {
  [[ ${1:-} =~ ^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$ ]] || die "a domain's name is letters, digits and _.- (at most 64), not '${1:-}'"
}

need_domain() {
  check_name "${1:-}"
  [ -d "$LAB_DIR/domains/$1" ] || die "no domain '$1' of this lab in $LAB_DIR"
}

on_domain() { # FUNCTION NAME
  [ $# -eq 2 ] || die "expected one domain's name"
  need_domain "$2"
  "$1" "$2"
}

domain_state() { lab_virsh domstate "$1" 2>/dev/null | head -n 1; }

domain_off() { [ "$(domain_state "$1")" = "shut off" ]; }

# Bytes of 1048576, 512K, 64M, 2G.
size_in_bytes() {
  local number=${1%[KMG]} unit=${1##*[0-9]} factor=1
  case $unit in K) factor=1024 ;; M) factor=1048576 ;; G) factor=1073741824 ;; esac
  [[ $1 =~ ^[0-9]+[KMG]?$ ]] || die "not a size: '$1'"
  number=$((number * factor))
  if [ $((number % 512)) -ne 0 ] || [ "$number" -eq 0 ]; then die "a disk's size is a multiple of 512 bytes, not $number"; fi
  echo "$number"
}

target_of() { # the INDEX-th disk's target name
  local letters=abcdefghijklmnopqrstuvwxyz
  [ "$1" -lt ${#letters} ] || die "too many disks"
  echo "vd${letters:$1:1}"
}

make_disk() { # NAME INDEX SIZE
  local file
  file=$LAB_DIR/images/$1/$(target_of "$2").raw
  truncate -s "$(size_in_bytes "$3")" "$file"
  echo "$file"
}

disk_xml() { # FILE TARGET
  cat <<XML
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' discard='unmap'/>
      <source file='$1'/>
      <target dev='$2' bus='virtio'/>
    </disk>
XML
}

define_domain() { # NAME <XML
  local file=$LAB_DIR/domains/$1/domain.xml
  cat >"$file"
  inside virsh --quiet --connect qemu:///system define /dev/stdin <"$file" >/dev/null
}

new_domain() { # NAME KIND
  check_name "$1"
  [ ! -e "$LAB_DIR/domains/$1" ] || die "domain '$1' exists: destroy it first"
  ! lab_virsh dominfo "$1" >/dev/null 2>&1 || die "domain '$1' exists and is not the lab's"
  mkdir -p "$LAB_DIR/domains/$1" "$LAB_DIR/images/$1"
  echo "$2" >"$LAB_DIR/domains/$1/kind"
}

start_domain() {
  domain_off "$1" || die "domain '$1' is not shut off but '$(domain_state "$1")'"
  lab_virsh start "$1" >/dev/null
}

kill9_domain() {
  local pid
  pid=$(cat "$(libvirt_run_dir)/qemu/$1.pid" 2>/dev/null) || die "domain '$1' does not run"
  [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") == *"guest=$1,"* ]] || die "process $pid is not the QEMU of '$1'"
  kill -KILL "$pid"
  await 30 gone "$pid" || die "QEMU of '$1' ($pid) does not end"
  await 30 domain_off "$1" || die "libvirt does not notice that '$1' has died"
}

destroy_domain() {
  lab_virsh destroy "$1" >/dev/null 2>&1 || true
  if lab_virsh dominfo "$1" >/dev/null 2>&1; then
    lab_virsh undefine "$1" --managed-save --checkpoints-metadata --snapshots-metadata --nvram >/dev/null
  fi
  rm -rf --one-file-system "${LAB_DIR:?}/images/$1" "$LAB_DIR/domains/$1"
}

# --- guests -----------------------------------------------------------------------------------------------------------

guest_command() {
  local action=${1:-}
  [ $# -eq 0 ] || shift
  need_up
  case $action in
    create) guest_create "$@" ;;
    exec) guest_exec "$@" ;;
    start | shutdown | reboot) on_domain "guest_$action" "$@" ;;
    kill9 | destroy) on_domain "${action}_domain" "$@" ;;
    *) die "unknown guest command '$action': create, exec, start, shutdown, reboot, kill9 or destroy" ;;
  esac
}

guest_create() {
  local name=${1:-} memory=256 disks=() index=0 file disk format
  check_name "$name"
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --disk) disks+=("${2:?--disk needs a size}") ;;
      --memory) memory=${2:?--memory needs MiB} ;;
      *) die "unknown option of guest create: $1" ;;
    esac
    shift 2
  done
  [ ${#disks[@]} -gt 0 ] || disks=(64M)
  under_lock guest_system
  new_domain "$name" guest
  for disk in "${disks[@]}"; do
    file=$(make_disk "$name" "$index" "${disk%%:*}")
    format=ext4
    case $disk in
      *:ext4 | *:mkfs) ;;
      *:none) format=none ;;
      *:*) die "unknown format in '$disk': ext4 or none" ;;
      *) [ "$index" = 0 ] || format=none ;;
    esac
    # No lazy initialisation: the guest's kernel would go on writing on its own after the mount.
    [ $format = none ] || inside mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$file"
    index=$((index + 1))
  done
  guest_xml "$name" "$memory" | define_domain "$name"
  start_domain "$name"
  guest_await_ready "$name"
}

guest_xml() { # NAME MEMORY
  local file
  cat <<XML
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>$2</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>$(guest_kernel)</kernel>
    <initrd>$(guest_initrd)</initrd>
    <cmdline>console=ttyS0 quiet panic=10 mitigations=off nokaslr random.trust_cpu=on lab.name=$1</cmdline>
  </os>
  <features><acpi/></features>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
$(for file in "$LAB_DIR/images/$1"/vd?.raw; do disk_xml "$file" "$(basename "$file" .raw)"; done)
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    <serial type='unix'>
      <source mode='bind' path='$(console_socket "$1")'/>
      <log file='$LAB_DIR/domains/$1/console.log' append='off'/>
      <target port='0'/>
    </serial>
  </devices>
</domain>
XML
}

console_socket() { printf '%s/%s' "$(console_directory)" "$1"; }

guest_kernel() { echo "$LAB_DIR/guest/vmlinuz"; }

# Named after all that is in it, so that a change of the init makes a new one.
guest_initrd() {
  local key
  key=$(cat "$LAB_HOME/guest/init" "$LAB_HOME/lib/domains.sh" | sha256sum | cut -c1-12)
  echo "$LAB_DIR/guest/initrd-$key"
}

guest_kernel_source() {
  case $(lab_mode) in
    host) echo "$LAB_DIR/guest/kernel" ;;
    *) echo "$LAB_DIR/root/usr/share/tidemark-lab" ;;
  esac
}

# Kernel and initrd, cached.
guest_system() {
  local source initrd
  source=$(guest_kernel_source)
  initrd=$(guest_initrd)
  [ -e "$source/vmlinuz" ] || fetch_host_kernel "$source"
  [ -e "$(guest_kernel)" ] || install_whole "$source/vmlinuz" "$(guest_kernel)"
  [ -e "$initrd" ] || build_initrd "$source" "$initrd"
}

install_whole() { cp "$1" "$2.new" && mv "$2.new" "$2"; }

fetch_host_kernel() {
  say "fetching a kernel for the guests"
  # shellcheck source=lib/root.sh
  . "$LAB_HOME/lib/root.sh"
  logged apt-get -q update || true
  logged fetch_kernel "$1" || die "cannot get linux-image-cloud-amd64 from the host's apt sources"
}

build_initrd() { # KERNEL-FOLDER INITRD
  local tree=$LAB_DIR/guest/tree busybox
  rm -rf "$tree"
  mkdir -p "$tree/bin" "$tree/modules"
  busybox=/usr/bin/busybox
  [ "$(lab_mode)" = host ] || busybox=$LAB_DIR/root/usr/bin/busybox
  install -m 0755 "$busybox" "$tree/bin/busybox"
  install -m 0755 "$LAB_HOME/guest/init" "$tree/init"
  cp "$1"/modules/* "$tree/modules/"
  inside xz --decompress --force "$tree"/modules/*.xz
  # shellcheck disable=SC2016 # expanded by the inner shell
  (cd "$tree" && find . | inside sh -c 'cd "$1" && exec cpio --quiet -o -H newc' cpio "$tree" | gzip -1 >"$2.new")
  mv "$2.new" "$2"
  rm -rf "$tree"
}

# --- the serial console -----------------------------------------------------------------------------------------------

# Opens the console of NAME as fd ${CONSOLE[0]} and ${CONSOLE[1]}; one at a time, by a lock that ends with the process.
console_open() {
  exec 8>"$LAB_DIR/domains/$1/console.lock"
  flock 8
  enter
  coproc CONSOLE { exec "${INSIDE[@]}" socat - "UNIX-CONNECT:$(console_socket "$1")" 2>/dev/null 8>&-; }
  trap '' PIPE # a guest that dies while it is written to is found out by its silence
  # shellcheck disable=SC2153 # coproc sets CONSOLE and CONSOLE_PID
  CONSOLE_IN=${CONSOLE[0]} CONSOLE_OUT=${CONSOLE[1]} CONSOLE_CHILD=$CONSOLE_PID
}

console_close() {
  kill "$CONSOLE_CHILD" 2>/dev/null || true
  wait "$CONSOLE_CHILD" 2>/dev/null || true
  exec 8>&-
}

# Opens the console and waits until the guest answers (in another boot than OLD-BOOT, if given); sets BOOT.
console_ready() { # NAME [OLD-BOOT]
  local line deadline=$((SECONDS + READY_SECONDS))
  console_open "$1"
  while [ $SECONDS -lt $deadline ]; do
    if ! kill -0 "$CONSOLE_CHILD" 2>/dev/null; then
      console_close
      ! domain_off "$1" || die "guest '$1' is shut off"
      sleep 0.5
      console_open "$1"
    fi
    { printf '\nping\n' >&"$CONSOLE_OUT"; } 2>/dev/null || true
    while read -r -t 1 -u "$CONSOLE_IN" line 2>/dev/null; do
      line=${line%$'\r'}
      BOOT=${line#@ready }
      if [[ $line == "@ready "* ]] && [ "$BOOT" != "${2:-}" ]; then return; fi
    done
  done
  console_close
  tail -n 20 "$LAB_DIR/domains/$1/console.log" >&2 || true
  die "guest '$1' does not answer (console: $LAB_DIR/domains/$1/console.log)"
}

guest_await_ready() { # NAME [OLD-BOOT]
  console_ready "$@"
  console_close
}

guest_exec() {
  local seconds=300 name line id state="" status="" bytes="" out
  if [ "${1:-}" = --timeout ]; then
    seconds=${2:?--timeout needs seconds}
    shift 2
  fi
  need_domain "${1:-}"
  name=$1
  [ $# -eq 2 ] || die "usage: lab guest exec [--timeout SECONDS] NAME 'COMMAND'"
  id=$$.$RANDOM
  console_ready "$name"
  out=$(mktemp)
  printf '\nrun %s %s %s\n' "$id" "$seconds" "$(printf '%s' "$2" | base64 -w 0)" >&"$CONSOLE_OUT"
  # The guest ends the command by itself; the margin is for its answer to come over the line.
  while read -r -t $((seconds + 60)) -u "$CONSOLE_IN" line; do
    line=${line%$'\r'}
    case $line in
      "@begin $id") state=begun ;;
      "@end $id "*)
        read -r status bytes <<<"${line#"@end $id "}"
        break
        ;;
      *) [ -z "$state" ] || printf '%s\n' "$line" ;;
    esac
  done >"$out.base64"
  console_close
  [ -n "$status" ] || { rm -f "$out" "$out.base64" && die "guest '$name' gave no answer (command: $2)"; }
  base64 -d -i <"$out.base64" >"$out"
  [ "$(stat -c %s "$out")" = "$bytes" ] || die "the output of guest '$name' was garbled on its way: see $out"
  cat "$out"
  rm -f "$out" "$out.base64"
  return "$status"
}

guest_tell() { # NAME WORD
  local line
  console_open "$1"
  printf '\n%s\n' "$2" >&"$CONSOLE_OUT"
  while read -r -t 10 -u "$CONSOLE_IN" line && [[ $line != @bye* ]]; do :; done
  console_close
}

guest_start() {
  start_domain "$1"
  guest_await_ready "$1"
}

guest_shutdown() {
  domain_off "$1" && return
  lab_virsh shutdown "$1" >/dev/null
  await 20 domain_off "$1" && return
  guest_tell "$1" poweroff
  await 60 domain_off "$1" || die "guest '$1' does not shut down"
}

guest_reboot() {
  guest_await_ready "$1"
  guest_tell "$1" reboot
  guest_await_ready "$1" "$BOOT"
}

# --- blank domains ----------------------------------------------------------------------------------------------------

blank_command() {
  local action=${1:-}
  [ $# -eq 0 ] || shift
  need_up
  case $action in
    create) blank_create "$@" ;;
    write)
      [ $# -eq 5 ] || die "usage: lab blank write NAME TARGET OFFSET LENGTH PATTERN"
      is_byte "$5" || die "a pattern is a byte (0-255, 0x00-0xff), not '$5'"
      blank_io "$1" "$2" "$3" "$4" "write -P $(($5))" wrote
      ;;
    zero)
      [ $# -eq 4 ] || die "usage: lab blank zero NAME TARGET OFFSET LENGTH"
      blank_io "$@" "write -z -u" wrote
      ;;
    discard)
      [ $# -eq 4 ] || die "usage: lab blank discard NAME TARGET OFFSET LENGTH"
      blank_io "$@" discard discard
      ;;
    flush)
      [ $# -eq 2 ] || die "usage: lab blank flush NAME TARGET"
      need_domain "$1"
      qemu_io "$1" "$2" flush
      ;;
    shutdown) on_domain blank_shutdown "$@" ;;
    start | kill9 | destroy) on_domain "${action}_domain" "$@" ;;
    *) die "unknown blank command '$action': create, write, zero, discard, flush, start, shutdown, kill9 or destroy" ;;
  esac
}

is_byte() { [[ $1 =~ ^(0x[0-9a-fA-F]{1,2}|0|[1-9][0-9]{0,2})$ ]] && [ $(($1)) -le 255 ]; }

is_aligned() { [[ $1 =~ ^(0|[1-9][0-9]*)$ ]] && [ $(($1 % 512)) -eq 0 ]; }

blank_create() {
  local name=${1:-} sizes=() index=0 size
  check_name "$name"
  shift
  while [ $# -gt 0 ]; do
    [ "$1" = --disk ] || die "unknown option of blank create: $1"
    sizes+=("$(size_in_bytes "${2:?--disk needs a size}")")
    shift 2
  done
  [ ${#sizes[@]} -gt 0 ] || sizes=(67108864)
  new_domain "$name" blank
  for size in "${sizes[@]}"; do
    make_disk "$name" "$index" "$size" >/dev/null
    index=$((index + 1))
  done
  blank_xml "$name" | define_domain "$name"
  start_domain "$name"
}

# Nothing inside answers the power button; SIGTERM lets QEMU close its images cleanly.
blank_shutdown() { domain_off "$1" || lab_virsh destroy "$1" --graceful >/dev/null; }

blank_xml() {
  local file
  cat <<XML
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>32</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <boot dev='network'/>
  </os>
  <features><acpi/></features>
  <devices>
$(for file in "$LAB_DIR/images/$1"/vd?.raw; do disk_xml "$file" "$(basename "$file" .raw)"; done)
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
  </devices>
</domain>
XML
}

blank_io() { # NAME TARGET OFFSET LENGTH COMMAND DONE-WORD
  local number
  need_domain "$1"
  for number in "$3" "$4"; do
    is_aligned "$number" || die "offset and length are multiples of 512 bytes, not '$number'"
  done
  qemu_io "$1" "$2" "$5 $3 $4" "$6 $4/$4 bytes at offset $3"
}

# The monitor says nothing about success; QEMU's log does.
qemu_io() { # NAME TARGET COMMAND [EXPECTED]
  local alias log start text
  alias=$(lab_virsh dumpxml "$1" --xpath "/domain/devices/disk[target/@dev='$2']/alias/@name" 2>/dev/null |
    sed -n 's/.*name="\(.*\)".*/\1/p')
  [ -n "$alias" ] || die "domain '$1' does not run or has no disk '$2'"
  log=$(qemu_log "$1")
  exec 7>"$LAB_DIR/domains/$1/io.lock"
  flock 7
  start=$(stat -c %s "$log")
  lab_virsh qemu-monitor-command --hmp "$1" "qemu-io -d /machine/peripheral/$alias/virtio-backend \"$3\"" >/dev/null
  if [ -n "${4:-}" ]; then
    await 10 log_says "$log" "$start" || die "no word of '$3' on '$2' of '$1' in $log"
    text=$(said_since "$log" "$start")
    [[ $text == *"$4"* ]] || die "'$3' on '$2' of '$1': $text"
  fi
  exec 7>&-
}

# What QEMU itself has logged since; libvirt's own remarks ("tainted: custom-monitor") come in between.
said_since() { tail -c +$(($2 + 1)) "$1" | sed '/^[0-9: .+-]*Domain id=/d'; }

log_says() { [ -n "$(said_since "$1" "$2")" ]; }

qemu_log() {
  case $(lab_mode) in
    host) echo "/var/log/libvirt/qemu/$1.log" ;;
    *) echo "$LAB_DIR/root/var/log/libvirt/qemu/$1.log" ;;
  esac
}
