"""Tests of the demo's client: how it is built, and the page in a browser."""
