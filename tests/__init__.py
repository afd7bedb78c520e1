"""The tests. A package, so that a folder such as tests/sandbox cannot hide the part it tests."""
