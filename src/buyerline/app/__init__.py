"""The seller's web app: choose an order, a message type, write, attach, send, and follow what happened.

`services.Services` makes each piece once and `server` runs them, set up as `settings` says. `web` is what answers
requests: its pages, and the API for programs. Nothing else knows HTTP. The modules form families, each with its way in
named first:

- people: `people.People` lets them in and shuts them out, `signing_in` and `sessions` recognise them, `profiles` and
  `api_keys` are what they set for themselves. `viewer.Viewer` is who looks, and what they may see and do.
- the installation: `settings_store.SettingsStore` and `applications`; `vault.Vault` seals the secrets, `audit.Audit`
  keeps what people did.
- accounts: `accounts.Accounts` connects, tests and disconnects (`consent`, `authorisation`, `same_seller`), and
  `clients.Clients` asks Amazon for one. `account_rows` is how they are kept.
- orders: `orders.Orders` finds them (`order_finding`, `order_search`, `order_words`), `synchronising` keeps them up
  to date and `order_asking` gets a single one. `order_storing` writes the table, `order_rows` reads it.
- writing: `drafts.Drafts` keeps what is written (`draft_values`, `draft_rows`), `composing.Composing` looks at it
  with what Amazon offers (`offers`) and says it as `looks.Look`: cards, problems, the `preview`.
- sending: `sending.Sending` from a person's draft to the outbox and back, `posting.Posting` for programs,
  `approving.Approving` where a second person decides; all by `queueing`, in turns (`taking_turns`).
- following: `following.Following` finds messages (`finding`), reads them (`reading_followed`) and decides about them;
  `followed.Followed` is one. `live` tells open pages of news.
- language: `words.Words` is a sentence that is translated when it is shown, `told` does so for sentences of the
  layers below (`sentences`, `plain_words`), `formats` writes moments and money.

The tables are in `schema`, their history in `migrations`.
"""
