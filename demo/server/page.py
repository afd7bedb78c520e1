"""The built page; where it was not built, a page that says so and what the API has."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

BUILD = Path(__file__).resolve().parents[1] / "client" / "build"

_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8">
<title>MLflow demo</title><main style="font-family: system-ui; margin: 3rem">
<h1>The page is not built</h1>
<p>The server runs. Build the page in client/ with <code>bun install</code> and
<code>bun run build</code>, then reload.</p>
<p>The API: <a href="api/health">api/health</a>, <a href="api/companies">api/companies</a>,
<a href="docs">docs</a>.</p></main></html>"""


def add_page(app: FastAPI, build: Path = BUILD) -> None:
    """Routes of the page. The files are looked at for each request: it may be built later."""
    app.mount("/assets", StaticFiles(directory=build / "assets", check_dir=False), name="assets")

    @app.get("/{path:path}", include_in_schema=False, response_model=None)
    def page(path: str) -> FileResponse | HTMLResponse | JSONResponse:
        if path == "api" or path.startswith("api/"):
            told = {
                "code": "not_found",
                "message": f"The API has no /{path}.",
                "fix": "See /docs for what it has.",
            }
            return JSONResponse({"error": told}, 404)
        index = build / "index.html"
        if not index.is_file():
            return HTMLResponse(_NOT_BUILT)
        asked = (build / path).resolve()
        if path and asked.is_file() and asked.is_relative_to(build.resolve()):
            return FileResponse(asked)
        # The page has its own addresses for the steps of the tour.
        return FileResponse(index, headers={"Cache-Control": "no-cache"})
