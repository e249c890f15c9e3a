"""CFG011: a container that asks for more CPU or disk than it may use; of memory DSK004 speaks."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model.fields import bytes_text, cpu_text
from modelops.plan.scope import AnyScope


def request_above_limit(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse a request above its limit: the API server does."""
    for part in scope.parts:
        for field, text, amount in (
            ("cpu", cpu_text, part.cpu),
            ("ephemeralStorage", bytes_text, part.disk),
        ):
            if amount is not None and amount.request > amount.limit:
                path = (*part.path, "resources", field)
                where = ".".join(map(str, path))
                yield scope.breach(
                    cfg.CFG011,
                    f"`{where}` asks for {text(amount.request)}, above its limit of "
                    f"{text(amount.limit)}",
                    scope.at(*path, "request"),
                    "lower the request, or raise the limit",
                    scope.note("the limit", *path, "limit"),
                )
