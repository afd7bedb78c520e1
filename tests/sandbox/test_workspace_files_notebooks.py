"""Notebooks in the workspace: how a file becomes one, and in which form it comes back."""

from __future__ import annotations

import base64
import io
import json
import zipfile

import pytest
from databricks.sdk.errors import InvalidParameterValue, ResourceAlreadyExists
from databricks.sdk.service.workspace import ExportFormat, ImportFormat, Language, ObjectType

from tests.sandbox.app_sources import home
from tests.sandbox.running import RunningSandbox

SOURCE = b"# Databricks notebook source\nprint(1)\n\n# COMMAND ----------\n\nprint(2)\n"
NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text"]},
            {
                "cell_type": "code",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": "print(1)",
            },
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
).encode()


@pytest.fixture
def folder(workspace_server: RunningSandbox, request: pytest.FixtureRequest) -> str:
    client = workspace_server.client()
    path = f"{home(client)}/{request.node.name}"
    client.workspace.mkdirs(path)
    return path


@pytest.mark.parametrize(
    ("name", "content", "stored", "kind"),
    [
        ("a.py", SOURCE, "a", ObjectType.NOTEBOOK),
        ("b.ipynb", NOTEBOOK, "b", ObjectType.NOTEBOOK),
        ("c.py", b"print('no header')\n", "c.py", ObjectType.FILE),
        ("d.py", b" # Databricks notebook source\n", "d.py", ObjectType.FILE),
        ("e.ipynb", b"{}", "e.ipynb", ObjectType.FILE),
        ("f.txt", SOURCE, "f.txt", ObjectType.FILE),
    ],
)
def test_auto_tells_notebooks_from_files(
    workspace_server: RunningSandbox, name: str, content: bytes, stored: str, kind: ObjectType
) -> None:
    workspace = workspace_server.client().workspace
    folder = f"{home(workspace_server.client())}/auto"
    workspace.mkdirs(folder)
    workspace.upload(f"{folder}/{name}", io.BytesIO(content), format=ImportFormat.AUTO)
    status = workspace.get_status(f"{folder}/{stored}")
    assert status.object_type is kind
    assert (status.language is Language.PYTHON) == (kind is ObjectType.NOTEBOOK)


def test_a_notebook_comes_back_in_either_form(
    workspace_server: RunningSandbox, folder: str
) -> None:
    workspace = workspace_server.client().workspace
    workspace.upload(f"{folder}/book.ipynb", io.BytesIO(NOTEBOOK), format=ImportFormat.AUTO)
    jupyter = workspace.download(f"{folder}/book", format=ExportFormat.JUPYTER).read()
    assert json.loads(jupyter) == json.loads(NOTEBOOK)
    source = workspace.export(f"{folder}/book", format=ExportFormat.SOURCE)
    text = base64.b64decode(source.content or "").decode()
    assert text.startswith("# Databricks notebook source\n# MAGIC %md\n# MAGIC # Title")
    assert "# COMMAND ----------" in text and "print(1)" in text


def test_source_notebooks_export_to_ipynb(workspace_server: RunningSandbox, folder: str) -> None:
    workspace = workspace_server.client().workspace
    content = base64.b64encode(SOURCE).decode()
    path = f"{folder}/book"
    workspace.import_(path, content=content, format=ImportFormat.SOURCE, language=Language.PYTHON)
    assert workspace.download(path, format=ExportFormat.SOURCE).read() == SOURCE
    cells = json.loads(workspace.download(path, format=ExportFormat.JUPYTER).read())["cells"]
    assert ["".join(cell["source"]) for cell in cells] == ["print(1)", "print(2)"]


def test_a_format_has_to_fit_what_is_sent(workspace_server: RunningSandbox, folder: str) -> None:
    workspace = workspace_server.client().workspace
    with pytest.raises(InvalidParameterValue, match=r"not a valid \.ipynb"):
        workspace.import_(f"{folder}/x", content="eA==", format=ImportFormat.JUPYTER)
    with pytest.raises(InvalidParameterValue, match="language has to be"):
        workspace.import_(f"{folder}/x", content="eA==", format=ImportFormat.SOURCE)
    with pytest.raises(InvalidParameterValue, match="not valid base64"):
        workspace.import_(f"{folder}/x", content="%", format=ImportFormat.RAW)


def test_a_notebook_does_not_take_a_files_place(
    workspace_server: RunningSandbox, folder: str
) -> None:
    workspace = workspace_server.client().workspace
    workspace.upload(f"{folder}/thing", io.BytesIO(b"plain"), format=ImportFormat.RAW)
    with pytest.raises(ResourceAlreadyExists, match="different from the existing node type"):
        workspace.upload(
            f"{folder}/thing.py", io.BytesIO(SOURCE), format=ImportFormat.AUTO, overwrite=True
        )


def test_a_folder_exports_as_a_zip(workspace_server: RunningSandbox, folder: str) -> None:
    workspace = workspace_server.client().workspace
    workspace.mkdirs(f"{folder}/deep")
    workspace.upload(f"{folder}/deep/book.ipynb", io.BytesIO(NOTEBOOK), format=ImportFormat.AUTO)
    workspace.upload(f"{folder}/note.txt", io.BytesIO(b"x"), format=ImportFormat.AUTO)
    packed = workspace.download(folder, format=ExportFormat.AUTO).read()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert sorted(archive.namelist()) == ["deep/book.ipynb", "note.txt"]
