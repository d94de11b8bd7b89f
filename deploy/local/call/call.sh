#!/usr/bin/env bash
# A call from another language: Python asks a running district for one incident, with a development token.
set -euo pipefail
cd "$(dirname "$0")/../../.."
[ $# = 2 ] || { echo "usage: make call ADDRESS=127.0.0.1:PORT INCIDENT=id (the story prints both)" >&2; exit 64; }
place=.tools/call
if [ ! -f "$place/ready" ]; then
  python3 -m venv "$place"
  "$place/bin/pip" install --quiet grpcio-tools==1.85.1
  mkdir -p "$place/generated"
  (cd proto && ../"$place"/bin/python -m grpc_tools.protoc -I . --python_out=../"$place"/generated \
    --grpc_python_out=../"$place"/generated $(find . -name '*.proto' | sed 's,^\./,,'))
  touch "$place/ready"
fi
token=$(target/debug/kinward token police)
PYTHONPATH=$place/generated "$place/bin/python" deploy/local/call/get_incident.py "$1" "$2" "$token"
