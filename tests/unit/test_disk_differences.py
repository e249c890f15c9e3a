"""The excerpt of a difference: short, exact, and safe to print."""

from modelops.disk import Change, Differences, Limit, diff_excerpt

LIMIT = Limit(lines=20, files=3)


def excerpt(*changes: Change, limit: Limit = LIMIT) -> str:
    return diff_excerpt(Differences("generated", changes, ()), limit)


def numbered(count: int) -> list[str]:
    return [f"line {number}" for number in range(1, count + 1)]


def text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def test_no_change_shows_nothing() -> None:
    assert excerpt() == ""


def test_a_changed_line_is_shown_with_its_surroundings_and_its_place() -> None:
    old, new = numbered(100), numbered(100)
    new[49] = "changed"

    assert excerpt(Change("dev/a.yaml", text(old), text(new))) == (
        "--- generated/dev/a.yaml (on disk)\n"
        "+++ generated/dev/a.yaml (compiled)\n"
        "@@ -47,7 +47,7 @@\n"
        " line 47\n line 48\n line 49\n"
        "-line 50\n+changed\n"
        " line 51\n line 52\n line 53\n"
    )


def test_missing_and_extra_files_come_from_and_go_to_nothing() -> None:
    shown = excerpt(Change("a", None, b"new\n"), Change("b", b"old\n", None))

    assert "--- /dev/null\n+++ generated/a (compiled)\n@@ -0,0 +1,1 @@\n+new\n" in shown
    assert "--- generated/b (on disk)\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-old\n" in shown


def test_long_differences_are_cut_and_counted() -> None:
    change = Change("a", b"", text(numbered(31)))

    lines = excerpt(change).splitlines()

    assert len(lines) == 2 + 20 + 1
    assert lines[-1] == "… and 12 more lines"


def test_further_files_are_counted_and_inventories_come_last() -> None:
    changes = [Change(f"dev/{name}", None, b"x\n") for name in ("a", "inventory.json", "z")]

    shown = excerpt(*changes, limit=Limit(lines=5, files=2))

    assert "generated/dev/z" in shown
    assert "inventory" not in shown
    assert shown.endswith("… and 1 more file\n")


def test_a_missing_newline_at_the_end_is_visible() -> None:
    assert "-x  (no newline at the end)\n+x\n" in excerpt(Change("a", b"x", b"x\n"))


def test_what_a_terminal_would_obey_is_escaped() -> None:
    shown = excerpt(Change("a", b"\x1b[2J\r\n\xff\n\tok\n", b"\tok\n"))

    assert "-\\x1b[2J\\r\n" in shown
    assert "-\\xff\n" in shown
    assert " \tok\n" in shown


def test_a_difference_far_down_a_long_file_is_found() -> None:
    old, new = numbered(4500), numbered(4500)
    new[3999] = "changed"

    shown = excerpt(Change("a", text(old), text(new)))

    assert "@@ -3997,7 +3997,7 @@\n" in shown
    assert "-line 4000\n+changed\n" in shown
    assert "not compared" not in shown


def test_a_huge_difference_is_compared_only_in_part_and_says_so() -> None:
    old = numbered(150_000)
    new = [f"{line}!" for line in reversed(old)]

    shown = excerpt(Change("a", text(["same", *old]), text(["same", *new])), limit=Limit(10**6, 1))

    assert shown.startswith("--- generated/a (on disk)\n+++ generated/a (compiled)\n@@ -1,2000 ")
    assert shown.endswith("… the lines after 2000 were not compared\n")
