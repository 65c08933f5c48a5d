"""The measurements of docs/benchmarks.md: each beside its peer, in one run on one machine, so that the ratio counts."""
