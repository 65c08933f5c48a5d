"""Which tests may be skipped where everything ought to run.

On a developer's machine a skip is a convenience; in CI (where the variable `CI` is set) it hides that something was not
tested. There a run fails with any skip that is not listed here.
"""

import os
import re

import pytest

ALLOWED = (
    r"needs POP909: set EARWITNESS_POP909 to its archive",  # 90 MB that are not ours to spread
    r"root may write everywhere",  # containers often run as root
    r"R is not installed: .*",  # Debian's R with three packages is larger than everything else together
    r".*there is no package called .*",  # R without them
)


class UnexpectedSkips:
    """Fails a run in which a test was skipped for a reason that is not `allowed` (regular expressions)."""

    def __init__(self, allowed: tuple[str, ...] = ALLOWED):
        self.allowed = [re.compile(reason) for reason in allowed]
        self.sentences: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._look_at(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._look_at(report)  # a whole file

    def _look_at(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if not any(allowed.fullmatch(reason) for allowed in self.allowed):
            self.sentences.append(f"{report.nodeid} was skipped, and no skip is expected for this reason: {reason}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.sentences and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.sentences:
            terminalreporter.section("unexpected skips", red=True)
            for sentence in self.sentences:
                terminalreporter.line(sentence)
            terminalreporter.line("Install what is missing, or add the reason to ALLOWED in tests/skips.py.")


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("CI"):
        config.pluginmanager.register(UnexpectedSkips(), "unexpected skips")
