// Makes one call with amazon-sp-api. Reads {url, credentials, call} from standard input, where `call` is what
// `callAPI` takes, or null for a token alone; writes the answer, or {"error": ...}, to standard output.

const fs = require('node:fs');
const https = require('node:https');
const net = require('node:net');

const SellingPartner = require('amazon-sp-api');

// The client asks Amazon's hosts over TLS, whatever they are; an agent, which it lets its users choose, leads the
// connections to the sandbox.
class SandboxAgent extends https.Agent {
  constructor(url) {
    super({ keepAlive: false });
    this.sandbox = new URL(url);
  }

  createConnection() {
    return net.connect(Number(this.sandbox.port), this.sandbox.hostname);
  }
}

async function main() {
  const { url, credentials, call } = JSON.parse(fs.readFileSync(0, 'utf8'));
  const client = new SellingPartner({
    region: 'na',
    refresh_token: credentials.refresh_token,
    credentials: {
      SELLING_PARTNER_APP_CLIENT_ID: credentials.client_id,
      SELLING_PARTNER_APP_CLIENT_SECRET: credentials.client_secret,
    },
    options: { https_proxy_agent: new SandboxAgent(url), auto_request_throttled: false, retry_remote_timeout: false },
  });
  if (call === null) {
    await client.refreshAccessToken();
    return { access_token: client.access_token };
  }
  return client.callAPI(call);
}

main()
  .catch((error) => ({ error: `${error.code}: ${error.message}` }))
  .then((answer) => process.stdout.write(JSON.stringify(answer)));
