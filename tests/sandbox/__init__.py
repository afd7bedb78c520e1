"""Tests of the sandbox: real processes, driven with the real SDK."""
