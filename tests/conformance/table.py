#!/usr/bin/env python3
"""Prints rule, test and result from a JUnit report; fails for a rule without a test that passed.

A test proves the rules with whose ids its name begins: dsp_2a_dsp_2c_what_it_says proves DSP-2a and DSP-2c.
"""
import re
import sys
import xml.etree.ElementTree as xml


def rules_of(name: str, known: dict[str, str]) -> list[str]:
    words, found = name.split("_"), []
    while len(words) >= 2 and "_".join(words[:2]) in known:
        found.append(known["_".join(words[:2])])
        words = words[2:]
    return found


def main() -> int:
    report, listed = sys.argv[1:3]
    rules = [line.strip() for line in open(listed, encoding="utf-8") if line.strip()]
    known = {rule.lower().replace("-", "_"): rule for rule in rules}
    proofs: dict[str, list[tuple[str, str]]] = {rule: [] for rule in rules}
    for case in xml.parse(report).getroot().iter("testcase"):
        name = re.split("::", case.get("name", ""))[-1]
        failed = case.find("failure") is not None or case.find("error") is not None
        for rule in rules_of(name, known):
            proofs[rule].append((name, "failed" if failed else "passed"))
    bad = []
    for rule in rules:
        for name, result in proofs[rule] or [("no test", "missing")]:
            print(f"{rule:8} {result:8} {name}")
            if result != "passed" and rule not in bad:
                bad.append(rule)
    print(f"{len(rules) - len(bad)} of {len(rules)} rules proven" + (f"; not: {', '.join(bad)}" if bad else ""))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
