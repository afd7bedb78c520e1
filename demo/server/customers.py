"""/api/companies: the customers to write to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from mlflow_demo.customers import Customer, all_customers, get_customer

router = APIRouter(prefix="/api/companies")


class Company(BaseModel):
    id: str
    name: str
    industry: str
    contact_name: str
    contact_role: str
    account_status: str
    open_tickets: int


class Companies(BaseModel):
    companies: list[Company]
    total: int
    """How many match, which may be more than are listed."""


@router.get("")
def list_companies(search: str = "", limit: Annotated[int, Query(ge=1, le=500)] = 100) -> Companies:
    """Those whose name, industry or contact holds every word of `search`."""
    words = search.lower().split()
    found = [each for each in all_customers() if all(word in _text(each) for word in words)]
    return Companies(companies=[_company(each) for each in found[:limit]], total=len(found))


@router.get("/{company_id}")
def read_company(company_id: str) -> Customer:
    """The whole record. DemoError (customer_not_found) is a 404."""
    return get_customer(company_id)


def _text(customer: Customer) -> str:
    return f"{customer['name']} {customer['industry']} {customer['contact']['name']}".lower()


def _company(customer: Customer) -> Company:
    tickets = customer.get("support_tickets", [])
    return Company(
        id=customer["id"],
        name=customer["name"],
        industry=customer["industry"],
        contact_name=customer["contact"]["name"],
        contact_role=customer["contact"]["role"],
        account_status=customer["account"]["status"],
        open_tickets=sum(ticket.get("status") == "open" for ticket in tickets),
    )
