import pytest

from device.page.password import is_hash, is_right, make_hash


def test_the_right_password_is_right_and_no_other() -> None:
    kept = make_hash("käse 4711")
    assert is_right("käse 4711", kept)
    assert not is_right("käse 4712", kept)
    assert not is_right("", kept)


def test_two_hashes_of_one_password_differ() -> None:
    assert make_hash("one") != make_hash("one")


def test_what_is_made_is_a_hash_that_toml_and_the_command_line_can_carry() -> None:
    kept = make_hash("secret")
    assert is_hash(kept)
    assert not set(kept) & set("\"'\\ \n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        "scrypt:8192:8:1:AAAA",
        "scrypt:a:8:1:AAAAAAAAAAAAAAAA:AAAA",
        "scrypt:1048576:8:1:" + make_hash("x").split(":", 4)[4],
        "scrypt:8191:8:1:" + make_hash("x").split(":", 4)[4],
        "scrypt:8192:99:1:" + make_hash("x").split(":", 4)[4],
        make_hash("x")[:-8],
        make_hash("x").replace(":", "é", 1),
    ],
)
def test_what_is_no_hash_or_too_dear_for_a_zero_is_refused(text: str) -> None:
    assert not is_hash(text)
