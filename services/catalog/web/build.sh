#!/usr/bin/env bash
# Builds the console into the directory named by the first argument, or runs its unit tests ("test"); does nothing where nothing changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
  echo "The web console can't be built: $*" >&2
  exit 1
}

command -v node >/dev/null && command -v npm >/dev/null || fail "install Node.js 20.19 or newer with npm (packages nodejs and npm)."
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' ||
  fail "Node.js $(node --version) is too old: 20.19 or newer is needed."

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi

if [ "$1" = test ]; then
  npx --no-install vitest run
  exit
fi

if [ -e "$1/index.html" ] && [ -z "$(find src public index.html vite.config.ts package-lock.json -newer "$1/index.html" -print -quit)" ]; then
  exit
fi
npx --no-install tsc --noEmit
npx --no-install vite build --outDir "$1" --logLevel warn
