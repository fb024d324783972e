"""The scans of the plugin repository, on what would be uploaded."""

import zipfile

from release.scans import scan

RISKY = """import subprocess
subprocess.run("ls " + input(), shell=True)
eval("1")
import pickle
try:
    pass
except Exception:
    pass
"""
TOKEN = "AKIA" + "IOSFODNN7EXAMPLE"  # the form of a key, in two parts so that no scan of these tests finds it


def test_each_finding_is_reported_with_its_file_line_and_rule(tmp_path):
    path = tmp_path / "plugin.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("colearn/risky.py", RISKY)
        archive.writestr("colearn/key.txt", f"aws_key = {TOKEN}\n")
        archive.writestr("colearn/fine.py", "import subprocess\nsubprocess.run(['ls'])  # nosec B603, B607\n")
    found = scan(path)
    rules = {line.split(":")[0] + " " + line.split(":")[1] + line.split(":")[2][:5] for line in found}
    assert {"./colearn/risky.py 2 B602", "./colearn/risky.py 3 B307", "./colearn/risky.py 4 B403"} <= rules
    assert any("key.txt:1: AWS Access Key" in line for line in found)
    assert not any("fine.py" in line or "B404" in line for line in found)
