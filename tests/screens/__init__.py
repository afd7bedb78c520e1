"""The wizard's screens, driven by keys against a real sandbox."""
