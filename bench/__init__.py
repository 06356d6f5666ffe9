"""Measurements of buyerline beside its peers, on the sandbox. Run it with ``make bench``; see docs/benchmarks.md."""
