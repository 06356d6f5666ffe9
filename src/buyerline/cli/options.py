"""Options that several commands take, with the same words everywhere."""

from typing import Annotated, Literal, TypeAlias

import typer

OrderId: TypeAlias = Annotated[
    str, typer.Argument(metavar="ORDER", help="Amazon's order id, NNN-NNNNNNN-NNNNNNN.", show_default=False)
]
Account: TypeAlias = Annotated[str, typer.Option("--account", metavar="NAME", help="Whose credentials are used.")]
Marketplace: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--marketplace",
        metavar="CODE",
        help="Where the order was placed: a country code (US, DE, JP) or a marketplace id. "
        "SP_API_DEFAULT_MARKETPLACE, or US, by default.",
        show_default=False,
    ),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Write one JSON document to stdout, and nothing else.")]
OnUnknown: TypeAlias = Annotated[
    Literal["ask", "resend"],
    typer.Option(
        "--on-unknown",
        help="What becomes of messages of which nobody knows whether Amazon took them: 'ask' leaves them to a person "
        "(outbox resolve), 'resend' sends them again, so that a buyer may get one twice.",
    ),
]
