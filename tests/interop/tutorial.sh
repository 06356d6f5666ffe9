#!/bin/sh
# Amazon's Messaging use case guide from end to end, with nothing but curl and openssl: one message with one file.
#
# AMAZON, LWA              base URLs of the Selling Partner API and of Login with Amazon
# REFRESH_TOKEN, CLIENT_ID, CLIENT_SECRET
# MARKETPLACE              a marketplace id, such as ATVPDKIKX0DER
# CREATED_AFTER            orders since then, such as 2026-01-31T00:00:00Z
# FILE                     the file to attach
set -eu

agent='tutorial/1.0 (Language=sh/1)'

# The value of the first field of that name in the JSON on standard input; no value here has a comma or a quote.
field() {
    tr ',{' '\n\n' | sed -n "s/^ *\"$1\" *: *\"\([^\"]*\)\".*/\1/p" | head -n 1
}

amazon() {
    curl --silent --show-error --fail-with-body --user-agent "$agent" --header "x-amz-access-token: $token" "$@"
}

# The access token with which everything else is asked.
token=$(curl --silent --show-error --fail-with-body --user-agent "$agent" "$LWA/auth/o2/token" \
    --data grant_type=refresh_token --data-urlencode "refresh_token=$REFRESH_TOKEN" \
    --data-urlencode "client_id=$CLIENT_ID" --data-urlencode "client_secret=$CLIENT_SECRET" | field access_token)

# 1. The seller's recent orders; the first one is taken.
order=$(amazon --get "$AMAZON/orders/2026-01-01/orders" \
    --data "marketplaceIds=$MARKETPLACE" --data "createdAfter=$CREATED_AFTER" | field orderId)
echo "order $order"

# 2. The message types that Amazon offers for it now.
actions=$(amazon "$AMAZON/messaging/v1/orders/$order?marketplaceIds=$MARKETPLACE")

# 3. One of them is chosen.
segment=confirmCustomizationDetails
case $actions in
*"/messages/$segment?"*) echo "type $segment" ;;
*) echo "Amazon does not offer $segment for order $order" >&2 && exit 1 ;;
esac

# 4. The text: 1 to 800 characters, in the buyer's language.
locale=$(amazon "$AMAZON/messaging/v1/orders/$order/attributes?marketplaceIds=$MARKETPLACE" | field locale)
echo "language $locale"
text='Is this how you would like your name to be engraved?'

# 5. The file, and the name under which the buyer gets it.
name=$(basename "$FILE")

# 6. Content-MD5: base64 of the 16 digest bytes, not of their hexadecimal form.
md5=$(openssl dgst -md5 -binary "$FILE" | openssl base64)

# 7. A place to store it.
destination=$(amazon --get --request POST \
    "$AMAZON/uploads/2020-11-01/uploadDestinations/messaging/v1/orders/$order/messages/$segment" \
    --data "marketplaceIds=$MARKETPLACE" --data-urlencode "contentMD5=$md5")
upload=$(printf %s "$destination" | field uploadDestinationId)
url=$(printf %s "$destination" | field url)
encryption=$(printf %s "$destination" | field x-amz-server-side-encryption)

# 8. The bytes, with the headers that were signed, and without the access token.
curl --silent --show-error --fail-with-body --upload-file "$FILE" "$url" \
    --header "Content-MD5: $md5" --header "x-amz-server-side-encryption: $encryption"

# 9. The message.
amazon "$AMAZON/messaging/v1/orders/$order/messages/$segment?marketplaceIds=$MARKETPLACE" \
    --header 'content-type: application/json' \
    --data "{\"text\": \"$text\", \"attachments\": [{\"uploadDestinationId\": \"$upload\", \"fileName\": \"$name\"}]}"
