"""The User-Agent has the form Amazon documents."""

import re

import pytest

from buyerline.amazon.errors import ConfigurationError
from buyerline.amazon.user_agent import user_agent


def test_it_names_application_version_and_language() -> None:
    assert re.fullmatch(r"buyerline/[\d.]+ \(Language=Python/3[\d.]+; Platform=\w+\)", user_agent())


def test_special_characters_are_quoted() -> None:
    assert user_agent("My (shop)/app", "1;0", Host="a=b\\c").startswith(r"My \(shop\)\/app/1\;0 (Language=")
    assert r"Host=a\=b\\c" in user_agent("x", "1", Host="a=b\\c")


@pytest.mark.parametrize("name", ["", "x" * 500, "Schäfer", "a\nb"])
def test_what_amazon_would_reject_is_refused_here(name: str) -> None:
    with pytest.raises(ConfigurationError):
        user_agent(name, "1")
