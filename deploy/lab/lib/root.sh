# shellcheck shell=bash
# The steps that make the Debian 13 root. Each runs in a mount namespace of its own.

root_debootstrap() { # MIRROR
  debootstrap --variant=minbase --include=ca-certificates "$RELEASE" "$LAB_DIR/root.new" "$1"
  echo "deb $1 $RELEASE main" >"$LAB_DIR/root.new/etc/apt/sources.list"
}

root_packages() {
  local root=$LAB_DIR/root.new
  copy_apt_settings "$root"
  # No service may be started by a package's installation: there is no init in here.
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 0755 "$root/usr/sbin/policy-rc.d"
  in_new_root apt-get -q update
  in_new_root apt-get -q install -y "${ROOT_PACKAGES[@]}"
}

root_kernel() {
  in_new_root bash -euo pipefail -c "$(declare -f fetch_kernel); fetch_kernel /usr/share/tidemark-lab"
}

root_settings() {
  local root=$LAB_DIR/root.new
  in_new_root apt-get clean
  rm -rf "$root"/var/lib/apt/lists/*
  cat >"$root/etc/libvirt/qemu.conf" <<'CONF'
user = "root"
group = "root"
security_driver = "none"
namespaces = []
cgroup_controllers = []
remember_owner = 0
stdio_handler = "file"
CONF
  # Labs side by side are different hosts to whoever looks at them.
  cat >"$root/etc/libvirt/libvirtd.conf" <<CONF
auth_unix_rw = "none"
host_uuid = "$(cat /proc/sys/kernel/random/uuid)"
CONF
}

in_new_root() {
  local root=$LAB_DIR/root.new path
  for path in /proc /sys /dev; do
    mountpoint -q "$root$path" || mount --rbind "$path" "$root$path"
  done
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
  DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" "$@"
}

# Debian's cloud kernel and the few modules that the guest needs, unpacked, not installed.
fetch_kernel() { # DESTINATION
  local work package module
  work=$(mktemp -d)
  chmod 0755 "$work"
  cd "$work" || return
  package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^.*Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
  apt-get -q -o APT::Sandbox::User=root download "$package"
  dpkg-deb -x ./*.deb unpacked
  mkdir -p "$1/modules"
  cp unpacked/boot/vmlinuz-* "$1/vmlinuz"
  cp unpacked/boot/config-* "$1/config"
  find unpacked -path '*/kernel/*' -name '*.ko*' >all-modules
  for module in virtio_blk button evdev; do
    grep -E "/$module\.ko" all-modules | while read -r file; do cp "$file" "$1/modules/"; done
  done
  cd /
  rm -rf "$work"
}
