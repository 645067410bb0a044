"""What can be set about a mock."""

from dataclasses import dataclass

from conformance.mock.signin.clients import CLIENTS, Client


@dataclass(frozen=True)
class Limit:
    """So many requests in so many seconds, of one operation or of all together."""

    count: int
    seconds: float
    operation: str | None = None


@dataclass(frozen=True)
class Settings:
    """Numbers a mock goes by; times are seconds of its own clock."""

    seed: int = 1
    work_seconds: float = 0.15
    slow_work_seconds: float = 1.0
    link_seconds: float = 1200.0
    push_expires_seconds: float = 3600.0
    late_list_seconds: float = 0.25
    group_seconds: float | None = None
    lock_chunk: int = 100
    max_body: int = 6_291_456
    max_picture: int = 5_242_880
    max_blob: int = 67_108_864
    max_storage: int = 1_073_741_824
    default_page: int = 100
    small_page: int = 3
    recents_per_user: int = 25
    briefcases_per_user: int = 100
    briefcases_per_minute: int = 100
    briefcases_at_once: int = 5
    patience_seconds: float = 30.0
    latency_seconds: tuple[float, float] = (0.0, 0.0)
    rate_limits: tuple[Limit, ...] = ()
    rate_limit_code: str = "TooManyRequests"
    token_seconds: float = 3600.0
    code_seconds: float = 60.0
    refresh_seconds: float = 2_592_000.0
    clients: tuple[Client, ...] = CLIENTS
