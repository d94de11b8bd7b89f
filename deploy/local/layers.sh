#!/usr/bin/env bash
# The pure crates stay pure, all the way down: what cargo-deny cannot say (deny.toml has the rest).
set -euo pipefail
cd "$(dirname "$0")/../.."
crates=$(cargo metadata -q --no-deps --format-version 1 | python3 -c \
  'import json,sys; print("\n".join(p["name"] for p in json.load(sys.stdin)["packages"]))')
bad=0
for crate in kinward-eventsourcing kinward-statute $(grep -- '-domain$' <<<"$crates"); do
  found=$(cargo tree -q -p "$crate" -e normal --prefix none | grep -oE '^(tokio|tonic|sqlx|async-nats) ' | sort -u || true)
  [ -z "$found" ] || { echo "layers: $crate must stay pure, and has ${found//$'\n'/}"; bad=1; }
done
[ "$bad" = 0 ] && echo "layers: clean"
exit "$bad"
