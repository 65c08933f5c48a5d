"""`make bench`: every measurement, one after the other, each in a process of its own; a table and JSON."""

import json
import platform
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
LIMIT = 45 * 60  # seconds for everything; what has not ended by then is stopped and said


def main() -> int:
    """Run each module of this folder with --json FILE; a measurement that fails fails the whole."""
    wanted = sys.argv[1:] or sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
    RESULTS.mkdir(exist_ok=True)
    measured, failed = {}, []
    end = time.monotonic() + LIMIT
    for name in wanted:
        print(f"\n== {name} ==", flush=True)
        result = RESULTS / f"{name}.json"
        result.unlink(missing_ok=True)
        started = time.perf_counter()
        try:
            command = [sys.executable, "-m", f"bench.{name}", "--json", str(result)]
            ended_well = subprocess.run(command, check=False, timeout=max(end - time.monotonic(), 1)).returncode == 0
        except subprocess.TimeoutExpired:
            ended_well = False
            print(f"Stopped: everything together may take {LIMIT // 60} minutes.", flush=True)
        print(f"({time.perf_counter() - started:.0f} s)", flush=True)
        if not ended_well or not result.exists():
            failed.append(name)
        else:
            measured[name] = json.loads(result.read_text())
    machine = {"processor": platform.processor() or platform.machine(), "python": platform.python_version()}
    (RESULTS / "all.json").write_text(json.dumps({"machine": machine, "measured": measured}, indent=1))
    print(f"\nWritten to {RESULTS / 'all.json'}.")
    if failed:
        print(f"These failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
