"""In CI nothing is skipped unnoticed."""

import pytest

pytest_plugins = ["pytester"]

CONFTEST = "from tests.skips import pytest_configure"


@pytest.fixture
def run(pytester, monkeypatch):
    """One file of tests, as CI runs it (`CI` is set) or not."""

    def run(source: str, *, ci: bool = True) -> pytest.RunResult:
        monkeypatch.setenv("CI", "true") if ci else monkeypatch.delenv("CI", raising=False)
        pytester.makeconftest(CONFTEST)
        pytester.makepyfile(f"import pytest\n\n{source}")
        return pytester.runpytest_inprocess("-p", "no:django", "-p", "no:cacheprovider")

    return run


ONE_SKIPPED = """
def test_that_runs():
    pass

@pytest.mark.skipif(True, reason="needs a theremin")
def test_that_needs_something():
    pass
"""


def test_a_skip_that_is_not_on_the_list_fails_the_run_and_is_named(run):
    result = run(ONE_SKIPPED)
    result.assert_outcomes(passed=1, skipped=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["*::test_that_needs_something was skipped, and no skip is expected for this reason: needs a theremin"]
    )


def test_outside_of_ci_skips_are_nobodys_business(run):
    assert run(ONE_SKIPPED, ci=False).ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    "reason",
    [
        "needs POP909: set EARWITNESS_POP909 to its archive",
        "R is not installed: apt-get install r-base-core",
        "Error in library(lmerTest) : there is no package called ‘lmerTest’",
    ],
)
def test_a_skip_on_the_list_does_not(run, reason):
    assert run(f"def test_one():\n    pytest.skip({reason!r})").ret == pytest.ExitCode.OK


def test_a_reason_that_only_contains_an_allowed_one_is_another(run):
    result = run('def test_one():\n    pytest.skip("root may write everywhere, they say")')
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_whole_file_cannot_be_left_out_either(run):
    result = run('pytest.importorskip("a_library_that_nobody_has")\n\ndef test_one():\n    pass')
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*.py was skipped, and no skip is expected for this reason: could not import*"])


def test_a_failure_that_is_expected_is_no_skip(run):
    assert run("@pytest.mark.xfail\ndef test_one():\n    assert False").ret == pytest.ExitCode.OK


def test_a_run_that_was_interrupted_stays_one(run):
    result = run(ONE_SKIPPED + '\ndef test_that_stops_all():\n    pytest.exit("enough")')
    assert result.ret == pytest.ExitCode.INTERRUPTED
