#!/usr/bin/env bash
# Makes a fresh Debian machine ready, as root or not. Quick when everything is there; run it as often as you like.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=$PWD/.tools
mkdir -p "$tools"

say() { printf '%s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

need() { # program, Debian package
  command -v "$1" >/dev/null && return
  if [ "$(id -u)" = 0 ]; then
    say "installing $2"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$2" >/dev/null \
      || fail "apt-get install $2 failed: install it by hand"
  else
    fail "$1 is not on this machine: ask root for 'apt-get install $2'"
  fi
}

command -v cargo >/dev/null || fail "Rust is not on this machine: install Rust 1.95 or newer with rustup"
need cc gcc
need python3 python3
python3 -m pip --version >/dev/null 2>&1 || need pip3 python3-pip
need setpriv util-linux
need openssl openssl

# a pinned set is installed once: its file's hash is the stamp
pinned() { # requirements file
  local stamp="$tools/$(basename "$1").$(sha256sum "$1" | cut -c1-16)"
  [ -f "$stamp" ] && return
  say "installing $(basename "$1") into .tools"
  python3 -m pip install --quiet --root-user-action=ignore --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes --upgrade \
    --target "$tools/python" -r "$1" || fail "pip could not install $1: is a package index reachable?"
  touch "$stamp"
}
pinned deploy/local/requirements.txt
pinned deploy/local/requirements-analysis.txt

postgres() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | while read -r bin; do
  [ -x "$bin/initdb" ] && [ "$(basename "$(dirname "$bin")")" -ge 15 ] && echo "$bin"; done | tail -n 1; }
if [ -z "$(postgres)" ] && ! command -v initdb >/dev/null; then
  if [ "$(id -u)" = 0 ]; then need initdb postgresql; else pinned deploy/local/requirements-postgres.txt; fi
fi
# peers that `make bench` measures need a newer server than Debian has
[ -z "${BENCH:-}" ] || pinned deploy/local/requirements-postgres.txt

cargo nextest --version >/dev/null 2>&1 || [ -x "$tools/bin/cargo-nextest" ] || {
  say "installing cargo-nextest into .tools (some minutes)"
  cargo install --quiet --locked --root "$tools" cargo-nextest --version 0.9.143 \
    || fail "cargo-nextest could not be built"
}
[ -z "${MUTANTS:-}" ] || [ -x "$tools/bin/cargo-mutants" ] || {
  say "installing cargo-mutants into .tools (some minutes)"
  cargo install --quiet --locked --root "$tools" cargo-mutants --version 27.1.0 \
    || fail "cargo-mutants could not be built"
}
say "ready"
