#!/usr/bin/env bash
# Calls from another language: a teacher's report, the emergency worklist, police's answer (report.py, with what buf or
# protoc makes of proto/ in .tools/call/generated). Needs a district that runs, as `make run` starts it.
set -euo pipefail
cd "$(dirname "$0")/../../.."
folder=${1:-.kinward}
ports=$folder/ports.toml
port() { sed -n "s/^$1 = //p" "$ports"; }
answers() { [ -f "$ports" ] && [ -x target/debug/kinward ] && (: <"/dev/tcp/127.0.0.1/$(port reporting)") 2>/dev/null; }
answers || {
  echo "没有在运行的系统，请先 make run  nothing runs here: start it first, with make run" >&2; exit 69; }
place=.tools/call
stamp=$place/ready.$(cat deploy/local/call/requirements.txt <(find proto -name '*.proto' -exec cat {} +) | sha256sum | cut -c1-16)
if [ ! -f "$stamp" ]; then
  python3 -m venv "$place"
  "$place/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    -r deploy/local/call/requirements.txt
  rm -rf "$place/generated" && mkdir -p "$place/generated"
  (cd proto && find . -name '*.proto' | sed 's,^\./,,' | xargs ../"$place"/bin/python -m grpc_tools.protoc -I . \
    --python_out=../"$place"/generated --grpc_python_out=../"$place"/generated)
  touch "$stamp"
fi
token() { target/debug/kinward token --secrets "$folder/secrets" "$1"; }
TEACHER=$(token teacher) POLICE=$(token police) PYTHONPATH=$place/generated "$place/bin/python" \
  deploy/local/call/report.py "127.0.0.1:$(port reporting)" "127.0.0.1:$(port dispatch)" "127.0.0.1:$(port departments)"
