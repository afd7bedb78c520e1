"""The one error a handler raises: it becomes the platform's JSON error body."""

from __future__ import annotations


class ApiError(Exception):
    """An answer in the platform's error shape: ``{"error_code": ..., "message": ...}``.

    The codes and their HTTP statuses are those the Databricks REST API documents.
    """

    def __init__(self, status: int, error_code: str, message: str) -> None:
        super().__init__(f"{status} {error_code}: {message}")
        self.status = status
        self.error_code = error_code
        self.message = message


def not_found(message: str, code: str = "RESOURCE_DOES_NOT_EXIST") -> ApiError:
    return ApiError(404, code, message)


def denied(message: str) -> ApiError:
    return ApiError(403, "PERMISSION_DENIED", message)


def invalid(message: str, code: str = "INVALID_PARAMETER_VALUE") -> ApiError:
    return ApiError(400, code, message)


def conflict(message: str, code: str = "RESOURCE_ALREADY_EXISTS") -> ApiError:
    return ApiError(409, code, message)
