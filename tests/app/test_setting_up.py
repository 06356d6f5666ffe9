"""How an app is set up by variables of the environment, and what is refused before it starts."""

import pytest

from buyerline.amazon.errors import ConfigurationError
from buyerline.app.settings import Settings


def settings(host: str = "127.0.0.1") -> Settings:
    return Settings.of_environment(host=host, port=0, options={})


class TestTheSecretKey:
    @pytest.mark.parametrize("given", ["", ",", "  ", " , "])
    def test_is_none_where_there_are_commas_and_blanks_alone(self, given: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUYERLINE_SECRET_KEY", given)
        with pytest.raises(ConfigurationError, match="at least 32 characters"):
            settings(host="0.0.0.0")
        assert settings().host == "127.0.0.1"

    def test_that_could_be_guessed_is_refused_before_anything_listens(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUYERLINE_SECRET_KEY", "secret")
        with pytest.raises(ConfigurationError, match="fewer than 32 characters"):
            settings(host="0.0.0.0")


class TestTheUrl:
    @pytest.mark.parametrize(
        ("given", "taken"),
        [
            ("https://messages.example.com", "https://messages.example.com"),
            ("https://messages.example.com/", "https://messages.example.com"),
            ("HTTPS://Messages.Example.com:8443", "https://messages.example.com:8443"),
            ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
            ("http://localhost:8700", "http://localhost:8700"),
            ("", ""),
        ],
    )
    def test_is_taken_as_links_begin_with_it(self, given: str, taken: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUYERLINE_URL", given)
        assert settings().public_url == taken
        assert settings().secure == taken.startswith("https:")

    @pytest.mark.parametrize(
        "given",
        [
            *("https://x.example#a", "https://x.example/?", "https://x.example/?a", "https://x.example/a"),
            *("https://u:p@x.example", "https://x.example:abc", "https://x.example:99999", "https://x .example"),
            *(
                "https://[x",
                "https://",
                "https://x.example;a",
                "https://münchen.example",
                "http://x.example",
                "x.example",
            ),
        ],
    )
    def test_that_is_more_or_less_than_a_sites_is_refused(self, given: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUYERLINE_URL", given)
        with pytest.raises(ConfigurationError, match="BUYERLINE_URL") as refusal:
            settings()
        assert "Example: https://messages.example.com" in str(refusal.value)


class TestAdvice:
    def test_is_to_trust_the_web_server_in_front_where_all_people_seem_to_be_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("BUYERLINE_TRUSTED_PROXIES", raising=False)
        monkeypatch.setenv("BUYERLINE_URL", "https://messages.example.com")
        assert "set BUYERLINE_TRUSTED_PROXIES" in settings().advice
        monkeypatch.setenv("BUYERLINE_TRUSTED_PROXIES", "127.0.0.1")
        assert settings().advice == ""

    def test_is_none_on_a_machine_of_ones_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("BUYERLINE_URL", raising=False)
        assert settings().advice == ""
