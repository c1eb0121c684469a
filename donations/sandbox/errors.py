"""How Stripe says no."""

from typing import Any


class ApiError(Exception):
    """A refusal in Stripe's shape, with the status of its answer."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int = 400,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.status = status
        fields = {"type": kind, "message": message, "code": code, "param": param}
        self.error = {name: value for name, value in fields.items() if value is not None}

    def body(self) -> dict[str, Any]:
        """What the answer holds."""
        return {"error": self.error}


def missing_object(kind: str, object_id: str, param: str = "id") -> ApiError:
    return ApiError(
        f"No such {kind}: '{object_id}'", code="resource_missing", param=param, status=404
    )
