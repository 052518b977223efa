"""The rule that lets the appliance switch the Pi off, run by a JavaScript engine as polkit does."""

from collections.abc import Callable
from pathlib import Path

from tests.needed import need_module

RULES = Path(__file__).parents[2] / "systemd" / "polkit.rules"

POLKIT = """
([text, user, actions]) => {
    const rules = [];
    const polkit = { addRule: rule => rules.push(rule), Result: { YES: "yes", NO: "no" } };
    new Function("polkit", text)(polkit);
    return actions.map(id => rules.map(rule => rule({ id }, { user })).find(Boolean) ?? null);
}
"""

LOGIND = "org.freedesktop.login1."
ASKED = [f"{LOGIND}power-off", f"{LOGIND}power-off-multiple-sessions"]
"""What logind asks polkit of who powers off, alone or while somebody is logged in (logind's manual
of its D-Bus interface)."""
OTHERS = [
    f"{LOGIND}reboot", f"{LOGIND}power-off-ignore-inhibit", f"{LOGIND}halt",
    "org.freedesktop.systemd1.manage-units", f"{LOGIND}power-off.more", "",
]  # fmt: skip


def test_the_appliance_may_switch_off_and_nothing_else_and_nobody_else_may_by_it(
    needs: Callable[[str], str],
) -> None:
    sync_api = need_module("playwright.sync_api")
    from tests.device.page.visit import FLAGS, find_chromium

    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs(find_chromium()), args=FLAGS)
        page = browser.new_page()

        def rule(user: str, actions: list[str]) -> list[str | None]:
            answers: list[str | None] = page.evaluate(POLKIT, [RULES.read_text(), user, actions])
            return answers

        assert rule("inkling", ASKED) == ["yes", "yes"]
        assert rule("inkling", OTHERS) == [None] * len(OTHERS)
        assert rule("pi", ASKED) == [None, None]
        browser.close()
