#!/usr/bin/env python3
"""Checks that a commit stood in the log when the notary signed: without Kinward, with SHA-256 and openssl alone.

usage: check_proof.py proof.json notary-public.pem
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path


def root(proof: dict) -> str:
    """The Merkle root that the commit leads to from its place in the range (RFC 9162, 2.1.3.2); empty: to none."""
    statement = proof["statement"]
    own, last = proof["position"] - statement["from"], statement["to"] - statement["from"]
    if not 0 <= own <= last:
        return ""
    known = hashlib.sha256(b"\x00" + bytes.fromhex(proof["commit"])).digest()
    for step in proof["path"]:
        other = bytes.fromhex(step)
        if last == 0:
            return ""
        if own % 2 == 1 or own == last:
            known = hashlib.sha256(b"\x01" + other + known).digest()
            while own % 2 == 0 and own != 0:
                own, last = own >> 1, last >> 1
        else:
            known = hashlib.sha256(b"\x01" + known + other).digest()
        own, last = own >> 1, last >> 1
    return known.hex() if last == 0 else ""


def is_signed(statement: dict, public_key: str) -> bool:
    """Whether the notary's key signed the statement."""
    signed = ("log_id", "from", "to", "root", "previous_root", "at")
    message = "".join(f"{line}\n" for line in ["kinward-notary-1", *(statement[name] for name in signed)])
    with tempfile.TemporaryDirectory() as folder:
        text, signature = Path(folder, "message"), Path(folder, "signature")
        text.write_bytes(message.encode())
        signature.write_bytes(bytes.fromhex(statement["signature"]))
        openssl = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public_key, "-rawin"]
        done = subprocess.run([*openssl, "-in", text, "-sigfile", signature], capture_output=True, check=False)
    return done.returncode == 0


def main() -> None:
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    proof = json.loads(Path(sys.argv[1]).read_text())
    statement = proof["statement"]
    if not is_signed(statement, sys.argv[2]):
        raise SystemExit("签名无效  the signature is not the notary's")
    if root(proof) != statement["root"]:
        raise SystemExit("提交与公证不符  the commit is not the one that was notarised")
    print(f"位置 {proof['position']} 属实，公证于 {statement['at']}")
    print(f"position {proof['position']} stood in log {statement['log_id']}, notarised at {statement['at']}")


main()
