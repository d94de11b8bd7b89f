#!/usr/bin/env bash
# Arrows run one way: which crates may depend on what, asked of Cargo itself.
set -euo pipefail
cd "$(dirname "$0")/../.."
bad=0
# direct, ordinary dependencies of a crate of ours
depends() { cargo tree -q -p "$1" -e normal --depth 1 --prefix none | tail -n +2 | cut -d' ' -f1; }
crates=$(cargo metadata -q --no-deps --format-version 1 | python3 -c \
  'import json,sys; print("\n".join(p["name"] for p in json.load(sys.stdin)["packages"]))')
only() { # dependency, crates that may have it
  local dependency=$1; shift
  for crate in $crates; do
    case " $* " in *" $crate "*) continue ;; esac
    if depends "$crate" | grep -qx "$dependency"; then
      echo "layers: $crate must not depend on $dependency (only: $*)"; bad=1
    fi
  done
}
# kinward-load measures the bare server and database below the layers
only async-nats kinward-eventlog kinward-load
only sqlx kinward-projection kinward-privacy kinward-departments kinward-load
only opentelemetry-otlp kinward-chassis
only prometheus-client kinward-chassis
# the pure crates stay pure, all the way down
for crate in kinward-eventsourcing kinward-statute $(printf '%s\n' "$crates" | grep -- '-domain$'); do
  if cargo tree -q -p "$crate" -e normal --prefix none | grep -qE '^(tokio|tonic|sqlx|async-nats|openssl) '; then
    echo "layers: $crate must stay pure: no tokio, tonic, sqlx, async-nats"; bad=1
  fi
done
if cargo tree -q --workspace -e normal,build --prefix none | grep -qE '^(openssl|openssl-sys|native-tls) '; then
  echo "layers: no openssl"; bad=1
fi
[ "$bad" = 0 ] && echo "layers: clean"
exit "$bad"
