"""The fifty synthetic customers. Their names, people and figures are made up."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from mlflow_demo.errors import DemoError

Customer = dict[str, Any]

_FILE = Path(__file__).parent / "data" / "customers.jsonl"


@lru_cache(maxsize=1)
def all_customers() -> tuple[Customer, ...]:
    """Every customer, in the order of their ids."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines if line)


def get_customer(customer_id: str) -> Customer:
    """One customer's record. Raises DemoError (customer_not_found)."""
    for customer in all_customers():
        if customer["id"] == customer_id:
            return customer
    raise DemoError(
        "customer_not_found",
        f"There is no customer with the id {customer_id!r}.",
        "Pick one of the list.",
    )


def search_customers(text: str = "") -> list[Customer]:
    """Customers whose name, industry or contact holds every word of `text`, whatever its case."""
    words = text.lower().split()
    return [
        customer
        for customer in all_customers()
        if all(word in _searchable(customer) for word in words)
    ]


def open_tickets(customer: Customer) -> list[dict[str, Any]]:
    """The customer's support tickets that are still open."""
    return [ticket for ticket in customer["support_tickets"] if ticket["status"] == "open"]


def _searchable(customer: Customer) -> str:
    contact = customer["contact"]
    parts = (customer["name"], customer["industry"], contact["name"], contact["role"])
    return " ".join(parts).lower()
