"""The demo's web server: the API the page speaks, and the page itself."""
