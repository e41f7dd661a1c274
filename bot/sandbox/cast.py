"""Who a newcomer can be in the sandbox."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cast:
    """Somebody the newcomer can be; without a role, somebody who has not joined."""

    user_id: int
    name: str
    role_label: str
    note: str
    role: str | None
    department: str | None
