"""The English sentences of the layers below the app, as the catalogues know them: see `buyerline.app.told`.

A sentence has its values in braces, under names that say what kind of value each is (`told.py` treats some of them in
their own way). It stands here as the lower layer makes it; where that speaks to programmers, what the app says instead
stands beside it.
"""

from collections.abc import Mapping


def marked(msgid: str) -> str:
    """`msgid` as it is: the name by which the extraction of the catalogues finds what is translated elsewhere."""
    return msgid


_OF_CHECKS = (
    # the order, the message type
    marked("This is not an order id. Amazon's have 3, 7 and 7 digits joined by hyphens: 902-6786204-8179805."),
    marked("it gives no reason"),
    marked("Amazon does not offer '{type}' for this order now."),
    marked("Amazon takes no messages for this order now: {sentence}"),
    marked("There is no message type '{type}'."),
    marked("There is no message type that can be sent for it now."),
    marked("What can be sent: {types}."),
    # the text
    marked("The message is empty. Write what the buyer needs to know."),
    marked("This message type takes no text. Leave it out, or choose a type that takes text."),
    marked("The text has {count} characters and this message type takes {limit}. Remove at least {surplus}."),
    marked(
        "The text has {count} characters and this message type takes {limit}. Remove at least {surplus}; an emoji or "
        "an accented letter can count as several."
    ),
    marked("The text has {count} characters and this message type asks for at least {limit}. Write more."),
    marked("At character {count}:"),
    marked("At character {count} and 1 more place:"),
    marked("At character {count} and {more} more places:"),
    marked("HTML is not allowed. Write plain text, without tags such as <b> or codes such as &nbsp;."),
    marked("An email address is not allowed. Remove it; the buyer answers through Amazon."),
    marked(
        "A phone number is not allowed. Remove it; if it is another number, say which just before it "
        '("order", "tracking", "item").'
    ),
    marked("Links are not allowed in this message type. Remove it."),
    marked(
        "A control character (U+{code}) cannot be sent. Delete it and write the words around it again; line breaks and "
        "tabs are fine."
    ),
    marked("This link runs code or opens a file instead of a website."),
    marked("This link is not a complete web address."),
    marked("This link holds a user name or password."),
    marked("This link mixes letters of different alphabets, so that it looks like another website."),
    marked("This link is shortened, so that the buyer cannot see where it leads."),
    marked("This link leads to a social network."),
    marked("This link does not start with https://."),
    marked("This link names a number instead of a website."),
    marked(
        "Allowed are links that the order needs and that start with https:// and the full name of the website, in one "
        "alphabet: not shortened, to no social network, without a user name, a password or a number for the website."
    ),
    # the files
    marked("This message type takes no attachments. Leave them out, or choose a type that takes files."),
    marked("This message type needs at least one file. Attach one file."),
    marked("This message type needs at least {count} files. Attach {count} files."),
    marked("This message type needs at least {count} files; there are {more}. Attach {count} files."),
    marked("There are {count} files and this message type takes at most {limit}. Remove {surplus}."),
    marked(
        "The files have {count} bytes together and Amazon takes less than {limit} (10 MB). Make them smaller or send "
        "fewer."
    ),
    marked(
        "The files have more than {limit} bytes together and Amazon takes less than {limit} (10 MB). Make them smaller "
        "or send fewer."
    ),
    marked("'{name}' is empty. Choose a file with content."),
    marked("The file is empty. Choose a file with content."),
    marked("'{name}': Amazon does not take .{extension} files. Allowed are {extensions}."),
    marked("'{name}' is {found}, not {declared}. Give its name the extension .{extension}."),
    marked("'{name}' is {found}, not {declared}. Amazon takes {extensions} only; save it as one of these."),
    marked("The file has no name. Name it, for example invoice.pdf."),
    marked("The file name has {count} bytes and at most {limit} are allowed. Shorten it."),
    marked("The file name has no extension. End it in one of {extensions}."),
    marked("The file name holds a path. Give the name alone, without / and \\."),
    marked("The file name holds a line break or another control character. Type it again."),
    marked("The file name holds an invisible mark that turns the writing direction. Type it again."),
    marked("The file name holds two dots in a row. Use one dot, before the extension."),
    marked("The file name starts or ends with a space. Remove it."),
    marked(
        'The file name holds a character that not every computer takes: {character} (also none of < > : " | ? *). '
        "Remove it."
    ),
    marked("The file name is an extension alone. Put a name before the dot."),
    marked("Files {names} and {last} have the same name, '{name}'. Give each file a name of its own."),
    # what a file is
    marked("a text file"),
    marked("a PDF"),
    marked("a Word 97-2003 document"),
    marked("a Word document"),
    marked("a JPEG image"),
    marked("a GIF image"),
    marked("a PNG image"),
    marked("a Windows program (.exe)"),
    marked("a Linux program"),
    marked("a macOS program"),
    marked("a Java or macOS program"),
    marked("a ZIP archive (.zip)"),
    marked("a damaged ZIP archive or Word document"),
    marked("a rich text file (.rtf)"),
    marked("an Excel sheet (.xls)"),
    marked("an Excel sheet (.xlsx)"),
    marked("a PowerPoint file (.ppt)"),
    marked("a PowerPoint file (.pptx)"),
    marked("a Word document with macros (.docm)"),
    marked("a Word, Excel or PowerPoint file with a password"),
    marked("an Office file other than a Word document"),
    marked("of a kind that could not be recognised"),
    marked("a .{extension} file"),
    # a warranty's dates
    marked("A warranty needs the start of its coverage. Give a date such as 2026-01-31."),
    marked("A warranty needs the end of its coverage. Give a date such as 2026-01-31."),
    marked(
        "The start of the coverage is not a date. Write it as 2026-01-31, or with a time as 2026-01-31T10:00:00+01:00; "
        "without a zone it is UTC."
    ),
    marked(
        "The end of the coverage is not a date. Write it as 2026-01-31, or with a time as 2026-01-31T10:00:00+01:00; "
        "without a zone it is UTC."
    ),
    marked("This message type carries no coverage dates, only a warranty does. Leave them out."),
    # Amazon's form
    marked(
        "Amazon's form for this message type asks for '{name}', which cannot be filled in here. Send this message in "
        "Seller Central."
    ),
    marked("Amazon takes only one of these texts here: {names}."),
    marked(
        "Amazon's form for this message type does not take the draft as it is (rule {rule}). Change it to follow the "
        "rule."
    ),
    marked("Amazon's form for this message type does not take this text (rule {rule}). Change it to follow the rule."),
    marked(
        "Amazon's form for this message type does not take this file name (rule {rule}). Change it to follow the rule."
    ),
    marked(
        "Amazon's form for this message type does not take these files (rule {rule}). Change it to follow the rule."
    ),
    # when it goes, and under which names
    marked("It must be from {least} to {most}."),
    marked("It has more than {limit} characters."),
    marked("It holds a control character or half of a character. Write it again without."),
)

_OF_THE_OUTBOX = (
    marked("The account is disconnected: nothing is sent for it until an owner connects it again."),
    marked("Given up after {count} tries."),
    marked("An error that nobody foresaw: {code}."),
    marked("The worker that was sending it ended before it had an answer; nobody knows whether Amazon took it."),
    marked("The worker was stopped while the message was on its way; nobody knows whether Amazon took it."),
    marked("Amazon has stopped offering this type, which an order takes once: it was sent."),
    marked("Amazon has stopped offering this type, but another message of this order may be the reason."),
    marked("Amazon could not be asked: {sentence}"),
    marked("sent again without anybody knowing whether it had arrived (--on-unknown resend)"),
    marked("cancelled by {who}"),
    marked("{who} found that it was sent"),
    marked("{who} found that it was not sent"),
    # why it cannot be decided so
    marked("it is being sent at this moment."),
    marked("A message cannot be called back."),
    marked("it was sent."),
    marked("it may have been sent."),
    marked("it was sent; it is never sent twice."),
    marked("nobody knows whether it was sent."),
    marked("it is refused already."),
    marked("it is cancelled already."),
    marked("it is expired already."),
    marked("it is failed already."),
    marked("it is queued; there is nothing to resolve."),
    marked("it is sending; there is nothing to resolve."),
    marked("it is sent; there is nothing to resolve."),
    marked("it is refused; there is nothing to resolve."),
    marked("it is cancelled; there is nothing to resolve."),
    marked("it is expired; there is nothing to resolve."),
    marked("it is failed; there is nothing to resolve."),
    marked("this worker was taken for dead; others have its accounts."),
    marked("the worker has lost its database and is not back yet."),
    marked("the account was stopped, or given to others, before the message left another time."),
    marked("this process stood still before the message left; it will be sent again."),
    marked("the message is no longer to be sent."),
    marked("a file of the message is no longer stored."),
    # its database
    marked("the database cannot be used: {phrase}."),
    marked("another process keeps it locked"),
    marked("its disk is full"),
    marked("its disk failed to read or write"),
    marked("it has no connection or memory left for another"),
    marked("the connection to it ended"),
    marked("it broke off the work"),
    marked("another transaction and this one waited for each other, so it undid this one"),
    marked("it may only be read"),
    marked("its user lacks a right"),
    marked("its file cannot be opened"),
    marked("its file is no SQLite database, or is damaged"),
    marked("Try again in a moment."),
    marked("Try again; if it stays locked, end the process that holds it."),
    marked("Run it again from its beginning."),
    marked(
        "Where a transaction of your own queues or decides by several calls, make them in one order everywhere: by "
        "account, then by idempotency key or message id."
    ),
    marked("Make room there, then try again."),
    marked("Check the disk, then try again."),
    marked("Give buyerline the right to write to it (on SQLite: to the file and its folder)."),
    marked("Let the user own the database, or grant it CREATE and USAGE on the schema and all rights on its tables."),
    marked("Check that it is a file, and that buyerline may write to it and to its folder."),
    marked("Choose another file with BUYERLINE_DATABASE_URL, or put a copy of it back in place."),
    marked("the database refused a statement: {foreign}."),
    marked("Its tables are not as buyerline made them, or this is a mistake in buyerline: please report it."),
    marked("the database refused the connection: {foreign}."),
    marked("the database cannot be reached: {foreign}."),
    marked("Check BUYERLINE_DATABASE_URL."),
    marked("Check that it runs, and BUYERLINE_DATABASE_URL."),
)

_OF_AMAZON = (
    marked("Amazon answered {status}: {sentence}"),
    marked("Amazon answered {status} {code}: {sentence}"),
    marked("Amazon answered {status} (request {request}): {sentence}"),
    marked("Amazon answered {status} {code} (request {request}): {sentence}"),
    marked("no reason given."),
    marked("no connection to {host}: {foreign}."),
    marked("{host} did not answer in time."),
    marked("the connection to {host} ended before the answer was complete: {foreign}."),
    marked("the answer could not be taken in ({code})."),
    marked("{phrase} did not end."),
    marked("the outbox's database"),
    marked("a token renewal that another call began"),
    marked("the request cannot be built."),
    marked("the request could not be built: {foreign}."),
    marked("a connection cannot be made with these settings ({foreign})."),
    marked("{path} cannot be read ({code})."),
    marked("{path} holds no certificate."),
    marked("{host} answered {status} with {phrase} instead of Amazon's JSON."),
    marked("({phrase} instead of JSON)"),
    marked("({phrase})"),
    marked("an HTML page"),
    marked("an empty body"),
    marked("{count} bytes of {kind}"),
    marked("{count} bytes of no stated type"),
    marked("the usage plan has no place for another {count} s."),
    # what to do
    marked("Check the network, the proxy settings and the endpoint."),
    marked("A token, a secret or the endpoint holds a character that HTTP does not take, a line break perhaps."),
    marked("A proxy is a URL, http://proxy.example:3128; verify takes a file of PEM certificates."),
    marked("It must be a file of PEM blocks."),
    marked("Something between this machine and Amazon (a proxy, a firewall, a sign-in page) may be answering."),
    marked("Something between this machine and Amazon may have refused the request."),
    marked("Amazon knows no such path: check the endpoint (BUYERLINE_ENDPOINT) and region."),
    marked("This is a fault on Amazon's side that has cleared by itself before; try later."),
    marked("Try again later; another program may be using the same account and application."),
    marked("Try again later."),
    marked("Send again: a new destination is made each time."),
    marked("Uploading needs the Product Listing role besides Buyer Communication: request it, and authorise again."),
    marked(
        "Amazon documents uploads for North America only, with the Product Listing role; {country} is in {region}, so "
        "types with attachments may be out of reach there. Text types are not affected."
    ),
    marked("North America"),
    marked("Europe"),
    marked("the Far East"),
    marked("Amazon has no marketplace '{name}' in this API."),
    marked("Known: {names}."),
    # the account's authorisation
    marked("{number}. {sentence}"),
    marked("code: no credentials were given"),
    marked("code: the credentials given are those of the account '{name}'"),
    marked("the environment: {names} not set (each may end in _{suffix})"),
    marked("AWS Secrets Manager: {name} not set"),
    marked("AWS Secrets Manager: secret {name} lacks a part"),
    marked("AWS Secrets Manager: secret {name} could not be read ({code})"),
    marked("AWS Secrets Manager: needs botocore, pip install 'buyerline[aws]'"),
    marked("the file {path}: not there"),
    marked("the file {path}: no section '{name}'"),
    marked("the file {path}: section '{name}' lacks {names}"),
    marked("the file {path}: not readable as YAML ({code})"),
    marked("the file '{name}' cannot be read: {foreign}. Check its path."),
    marked("Too many token requests."),
    marked("An authorisation code is good for 5 minutes and one use."),
    marked(
        "Check the client id (amzn1.application-oa2-client...) and client secret in Amazon's developer console; a "
        "secret must be rotated every 180 days and stops working when it is not."
    ),
    marked("Use the client id and secret of the application that the seller authorised with this refresh token."),
    marked("the upload destination is no URL."),
    marked("the upload destination is on {host}, which is not Amazon's."),
    marked("the upload destination's URL cannot be sent byte for byte."),
)

_KEPT_BY_THE_APP = (
    marked("The account's authorisation cannot be used here: {why}"),
    marked("This seller sells in North America ({marketplaces}). Choose that region."),
    marked("This seller sells in Europe ({marketplaces}). Choose that region."),
    marked("This seller sells in the Far East ({marketplaces}). Choose that region."),
)
"""Sentences of the app's own that are kept in English, where they have values; without, they are known anyway."""

_IN_WORDS_OF_OUR_OWN = {
    "Amazon has switched {type} off for this order: {phrase}.": marked(
        "Amazon has switched “{type}” off for this order: {phrase}."
    ),
    "Amazon offers {type} for this order, but its API has no operation to send it with. Send it in Seller "
    "Central.": marked(
        "Amazon offers “{type}” for this order, but its API has no operation to send it with. Send it in Seller "
        "Central."
    ),
    "Did you mean {type}?": marked("Did you mean “{type}”?"),
    "Amazon still offers {type}.": marked("Amazon still offers “{type}”."),
    "Amazon gave no link to send {type} with.": marked("Amazon gave no link to send “{type}” with."),
    "The text has a character that is not valid Unicode; is the terminal's or file's encoding UTF-8? Write it "
    "again.": marked("The text has a character that is not valid Unicode. Write it again."),
    "Queue it anew.": marked("Write it anew on the page of its order."),
    "Whether Amazon took the {type} message for order {order} is not known: {sentence}": marked(
        "Whether Amazon took the message “{type}” for order {order} is not known: {sentence}"
    ),
    "Look in Seller Central > Messages > Sent before sending it again.": marked(
        "Look in Seller Central \u203a Messages \u203a Sent before sending it again."
    ),
    "Call again after that time, or let the client wait (max_wait).": marked("Try again after that time."),
    "Ask again which types the order takes (get_actions): it changes with the order's state.": marked(
        "Open the order again to see what it takes now: that changes with the order's state."
    ),
    "Check that the account granted the application the role for this operation (Buyer Communication for messages, "
    "Product Listing for attachments) and belongs to this marketplace's region; `buyerline doctor` tells "
    "which.": marked(
        "Check that the account granted the application the role for this (Buyer Communication for messages, Product "
        "Listing for attachments) and belongs to this marketplace's region: test the account on the page Accounts."
    ),
    "Ask the seller to authorise the application again, then store the new refresh token.": marked(
        "Connect the account again on the page Accounts."
    ),
    "The seller may have revoked the authorisation: let them authorise the application again and store the new "
    "refresh token.": marked(
        "The seller may have revoked the authorisation: connect the account again on the page Accounts."
    ),
    "{market} is in {region}, this client's account in {home}; an account's authorisation is valid in one region. "
    "Make a client for {market}.": marked(
        "{market} is in {region}, this account in {home}; an account's authorisation is valid in one region. "
        "Connect an account for {market}."
    ),
    "credentials: none found for account '{name}'. Looked in:": marked(
        "There is no authorisation for the account “{name}”. Connect it on the page Accounts. What was looked in:"
    ),
    "its text was deleted when its retention time was over. Queue it anew, with an idempotency key of its own.": marked(
        "its text was deleted when its retention time was over. Write it anew on the page of its order."
    ),
    "Look in Seller Central, Messages, Sent; then `buyerline outbox resolve ID --arrived` or `--not-arrived`.": marked(
        "Look in Seller Central \u203a Messages \u203a Sent, then say here whether it was sent."
    ),
    "It must be later than not_before.": marked("It must be later than the time at which it may leave."),
    "Name the account, or leave it out for `default`.": marked("Name the account."),
    "outbox: there is no message '{message}'. `buyerline outbox list` shows the ids.": marked(
        "There is no message {message}."
    ),
    "idempotency_key: '{key}' already stands for message {message}, whose content is another. Give each message a key "
    "of its own, or none: then its content is its key.": marked(
        "The idempotency key {key} already stands for message {message}, whose content is another. Give each message a "
        "key of its own, or none: then its content is its key."
    ),
    "The coverage ends before it has started. Give an end that is later than the start; a date without a time means "
    "the whole day, a time without a zone is UTC.": marked(
        "The last day of the warranty is before the first. Choose a later one."
    ),
    "The coverage ends at the moment at which it starts. Give an end that is later than the start; a date without a "
    "time means the whole day, a time without a zone is UTC.": marked(
        "The warranty ends at the moment at which it begins. Choose a later end."
    ),
    # what a sentence is about
    "message {message}:": marked("Message {message}:"),
    "outbox:": marked("Outbox:"),
    "credentials:": marked("Authorisation:"),
    "lwa:": marked("Sign-in at Amazon:"),
    "s3:": marked("Amazon's file store:"),
    "order_id:": marked("Order id:"),
    "type:": marked("Message type:"),
    "text:": marked("Text:"),
    "attachments:": marked("Files:"),
    "attachments[{index}]:": marked("File:"),
    "attachments[{index}].file_name:": marked("File name:"),
    "coverage_start:": marked("Start of the coverage:"),
    "coverage_end:": marked("End of the coverage:"),
    "marketplace:": marked("Marketplace:"),
    "{operation}:": marked("{operation}:"),
}

SENTENCES: Mapping[str, str] = {
    **{sentence: sentence for sentence in (*_OF_CHECKS, *_OF_THE_OUTBOX, *_OF_AMAZON, *_KEPT_BY_THE_APP)},
    **_IN_WORDS_OF_OUR_OWN,
}
"""Every sentence as a lower layer makes it, and its msgid."""
