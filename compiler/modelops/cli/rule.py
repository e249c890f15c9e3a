"""`modelops rule`: the rule book, as a table or one rule with its reasons and examples.

Reads nothing: works outside of any project.
"""

import textwrap
from collections.abc import Iterator

import click
from click.shell_completion import CompletionItem

from modelops.cli.project import unknown
from modelops.cli.table import table
from modelops.cli.terminal import put
from modelops.diagnostics import Rule
from modelops.diagnostics.rulebook import RULES

WIDTH = 80

EPILOG = """\
\b
Examples:
  modelops rule            all rules
  modelops rule DSK001     one rule: why it exists, what breaks it, what to do
"""


def _complete(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    codes = (code for code in RULES if code.startswith(incomplete.upper()))
    return [CompletionItem(code, help=RULES[code].summary) for code in codes]


@click.command("rule", epilog=EPILOG)
@click.argument("code", required=False, metavar="[CODE]", shell_complete=_complete)
def command(*, code: str | None) -> None:
    """Explain a rule, or list all."""
    if code is None:
        put(table(("CODE", "SEVERITY", "FORBIDS"), [_row(rule) for rule in RULES.values()]))
        put("\n* an error in production")
        return
    rule = RULES.get(code.upper())
    if rule is None:
        raise click.UsageError(unknown("rule", code.upper(), RULES))
    put("\n".join(_documentation(rule)).rstrip())


def _row(rule: Rule) -> tuple[str, str, str]:
    return (rule.code, f"{rule.severity}{' *' * _is_raised(rule)}", rule.summary)


def _is_raised(rule: Rule) -> bool:
    """Whether production is stricter."""
    return rule.in_production not in {None, rule.severity}


def _severity(rule: Rule) -> str:
    """`error`, or `warning, error in production`."""
    raised = f", {rule.in_production} in production" if _is_raised(rule) else ""
    return f"{rule.severity}{raised}"


def _documentation(rule: Rule) -> Iterator[str]:
    yield from _wrapped(f"{rule.code}: {rule.summary}")
    yield f"Severity: {_severity(rule)}"
    yield ""
    yield from _wrapped(rule.why)
    yield from ("", "Refused:", textwrap.indent(rule.failing.rstrip(), "  "))
    yield from ("", "Accepted:", textwrap.indent(rule.passing.rstrip(), "  "))
    yield from ("", "What to do:")
    for remedy in rule.remedy.splitlines():
        yield from textwrap.wrap(remedy, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _wrapped(text: str) -> Iterator[str]:
    """Paragraphs as lines; a break in the text stays one."""
    for paragraph in text.splitlines():
        yield from textwrap.wrap(paragraph, WIDTH, break_long_words=False) or [""]
