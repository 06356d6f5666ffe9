"""Secrets at rest: what opens them, and what does not."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyerline.amazon.errors import ConfigurationError
from buyerline.app.vault import KEY_FILE, VARIABLE, NotOpened, Vault

KEY = "first-key-first-key-first-key-first-key"
OTHER = "other-key-other-key-other-key-other-key"
SECRET = "Atzr|IwEBI-a-refresh-token"


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have a key of their own."""
    monkeypatch.delenv(VARIABLE, raising=False)


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(codec="utf-8")), st.text("abc:"))
def test_a_sealed_text_opens_for_what_it_is_about(text: str, about: str) -> None:
    vault = Vault([KEY])
    assert vault.open(vault.seal(text, about), about) == text


def test_a_sealed_text_shows_nothing_and_is_never_twice_the_same() -> None:
    vault = Vault([KEY])
    once, again = vault.seal(SECRET, "a"), vault.seal(SECRET, "a")
    assert once != again
    for sealed in (once, again):
        assert SECRET not in sealed
        assert SECRET.encode() not in base64.urlsafe_b64decode(sealed.removeprefix("1."))


def test_a_sealed_text_does_not_open_for_something_else() -> None:
    vault = Vault([KEY])
    with pytest.raises(NotOpened, match="the token of b cannot be opened"):
        vault.open(vault.seal(SECRET, "the token of a"), "the token of b")


@pytest.mark.parametrize("place", range(2, 70, 7))
def test_a_sealed_text_that_was_changed_anywhere_does_not_open(place: int) -> None:
    vault = Vault([KEY])
    sealed = vault.seal(SECRET, "a")
    changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
    with pytest.raises(NotOpened):
        vault.open(changed, "a")


@pytest.mark.parametrize("nonsense", ["", "1.", "1.AAAA", "plain text", "1.ä", "2.x", "1." + "A" * 16])
def test_what_was_never_sealed_does_not_open(nonsense: str) -> None:
    with pytest.raises(NotOpened):
        Vault([KEY]).open(nonsense, "a")


def test_the_first_key_seals_and_every_key_opens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A new key in front of the old one, then the old one taken away."""
    before = Vault([OTHER]).seal(SECRET, "a")
    monkeypatch.setenv(VARIABLE, f"{KEY}, {OTHER}")
    both = Vault.of_environment(tmp_path)
    assert both.open(before, "a") == SECRET
    assert Vault([KEY]).open(both.seal(SECRET, "a"), "a") == SECRET
    with pytest.raises(NotOpened):
        Vault([OTHER]).open(both.seal(SECRET, "a"), "a")


def test_a_lost_key_is_told_with_what_to_do() -> None:
    with pytest.raises(NotOpened, match="if it is lost, connect the accounts") as told:
        Vault([OTHER]).open(Vault([KEY]).seal(SECRET, "a"), "a")
    assert SECRET not in str(told.value)


@pytest.mark.parametrize("keys", ["short", f"{KEY},short", "x" * 31])
def test_a_key_that_could_be_guessed_is_refused_without_being_shown(
    keys: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, keys)
    with pytest.raises(ConfigurationError, match="fewer than 32 characters") as told:
        Vault.of_environment(tmp_path)
    assert "short" not in str(told.value)
    assert "xxx" not in str(told.value)


def test_without_a_key_in_the_environment_a_file_is_made_for_nobody_else(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    sealed = Vault.of_environment(folder).seal(SECRET, "a")
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]
    assert Vault.of_environment(folder).open(sealed, "a") == SECRET


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    Vault.of_environment(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o640)
    with pytest.raises(ConfigurationError, match=r"others than its owner may read.*chmod 600"):
        Vault.of_environment(tmp_path)


@pytest.mark.parametrize("content", [b"", b"too short\n", b"\xff\xfe" * 40])
def test_a_key_file_without_a_key_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    (tmp_path / KEY_FILE).chmod(0o600)
    with pytest.raises(ConfigurationError, match=KEY_FILE):
        Vault.of_environment(tmp_path)


def test_a_folder_in_which_nothing_can_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=f"secret key cannot be kept there .*{VARIABLE}"):
        Vault.of_environment(tmp_path / "file")


def test_a_key_in_the_environment_comes_before_the_file_which_still_opens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An app that began on this machine alone goes on when it is given a key for the world."""
    before = Vault.of_environment(tmp_path).seal(SECRET, "a")
    monkeypatch.setenv(VARIABLE, KEY)
    vault = Vault.of_environment(tmp_path)
    assert vault.open(before, "a") == SECRET
    assert Vault([KEY]).open(vault.seal(SECRET, "a"), "a") == SECRET


def test_whoever_only_reads_makes_no_key(tmp_path: Path) -> None:
    vault = Vault.of_environment(tmp_path, make=False)
    assert not list(tmp_path.iterdir())
    with pytest.raises(ConfigurationError, match="no key to seal with"):
        vault.seal(SECRET, "a")


def test_many_who_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: Vault.of_environment(tmp_path), range(8)))
    sealed = [vault.seal(SECRET, "a") for vault in vaults]
    assert all(vault.open(each, "a") == SECRET for vault in vaults for each in sealed)


def test_a_vault_shows_no_key() -> None:
    assert KEY not in repr(Vault([KEY])) + str(vars(Vault([KEY])))
