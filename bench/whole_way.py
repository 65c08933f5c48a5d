"""The whole way on POP909, as at a terminal: time and peak memory of every step.

    EARWITNESS_POP909=POP909-Dataset-master.zip python -m bench.whole_way [--songs 250] [--minutes 1] [--json FILE]

Without POP909 the same on music21's Bach.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def steps(corpus: str, songs: int, minutes: float) -> list[list[str]]:
    """The commands of a study, in order."""
    clips = ["--clips", "6", "--seconds", "20", "--seed", "1"]
    return [
        ["create_study", "Bench", "--owner", "bench"],
        ["import_corpus", corpus, "--name", "Corpus", "--songs", str(songs), "--seed", "1"],
        ["train", "Corpus", "--preset", "house", "--name", "House", "--set", f"minutes={minutes}"],
        ["train", "Corpus", "--preset", "shuffled", "--name", "Shuffled"],
        ["excerpt", "Corpus", "--source", "Originals", *clips],
        ["compose", "House", "--source", "House LSTM", *clips],
        ["compose", "Shuffled", "--source", "Shuffled notes", *clips],
        ["render_clips"],
        ["create_survey", "Whole way", "--template", "paper", "--open"],
        ["rehearse", "Whole way", "--listeners", "30", "--seed", "1"],
        ["export_results", "Whole way", "--out", "results", "--rehearsal"],
    ]


def timed(command: list[str], folder: Path) -> dict[str, float | str]:
    """One command in a process of its own: seconds, and peak memory of its largest process."""
    environment = {**os.environ, "EARWITNESS_HOME": str(folder / "home")}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", *command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"manage.py {' '.join(command)} failed:\n{said}")
    # Linux counts kilobytes, macOS bytes.
    peak = usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return {"step": command[0], "seconds": round(time.perf_counter() - started, 1), "peak_mb": round(peak)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--songs", type=int, default=250)
    parser.add_argument("--minutes", type=float, default=1, help="of training")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    archive = os.environ.get("EARWITNESS_POP909", "")
    corpus = str(Path(archive).resolve()) if archive else "music21:bach"
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        timed(["migrate", "--verbosity", "0"], Path(folder))
        for command in steps(corpus, options.songs, options.minutes):
            row = timed(command, Path(folder))
            rows.append(row)
            print(f"{row['step']:16} {row['seconds']:8.1f} s {row['peak_mb']:7.0f} MB", flush=True)
    print(f"{'together':16} {sum(row['seconds'] for row in rows):8.1f} s")
    if options.json:
        options.json.write_text(json.dumps({"corpus": Path(corpus).name, "songs": options.songs, "steps": rows}))


if __name__ == "__main__":
    main()
