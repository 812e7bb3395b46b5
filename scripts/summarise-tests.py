"""Prints what the test runs' XML files add up to and fails where a test failed or was skipped without being allowed to.

Usage: summarise-tests.py ALLOWED-SKIPS FILE.xml...
"""

import sys
import xml.etree.ElementTree as xml

allowed_path, *paths = sys.argv[1:]
with open(allowed_path, encoding="utf-8") as lines:
    allowed = {line.strip() for line in lines if line.strip() and not line.startswith("#")}

passed, failed, skipped = 0, [], []
for path in paths:
    for case in xml.parse(path).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif case.find("skipped") is not None:
            skipped.append(name)
        else:
            passed += 1

for name in failed:
    print(f"failed: {name}")
not_allowed = [name for name in skipped if name not in allowed]
for name in skipped:
    print(f"skipped{'' if name in allowed else ', which ' + allowed_path + ' does not allow'}: {name}")

print(f"{passed} passed, {len(failed) + len(not_allowed)} failed" + (f", {len(skipped)} skipped" if skipped else ""))
sys.exit(1 if failed or not_allowed or passed == 0 else 0)
