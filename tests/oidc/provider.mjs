// A provider of OpenID Connect on loopback for the tests: the certified library oidc-provider with its own sign-in pages.
//
// node provider.mjs CONFIG, a JSON file: { library, port, redirect_uris, client_id, client_secret, people, id_token_claims }.
// `library` is where oidc-provider is installed; `people` is another JSON file, read again at every sign-in: login → claims. The signing key is a new
// one at every start. Prints "ready PORT" when it answers.

import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { default: Provider } = await import(pathToFileURL(join(config.library, 'node_modules/oidc-provider/lib/index.js')));

// By way of PEM: a key object straight from its making shares a lock with the job that made it, and Node waits for itself for ever when that job is
// collected as garbage in the midst of the export (seen with Node 20.20 once in some hundred starts).
function newKeys() {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { keys: [{ ...createPrivateKey(privateKey).export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] };
}

const server = createServer();
await new Promise((resolve) => server.listen(config.port, '127.0.0.1', resolve));
const { port } = server.address();

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: config.client_id,
    client_secret: config.client_secret,
    redirect_uris: config.redirect_uris,
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  // Without this the ID token leaves out what userinfo tells.
  conformIdTokenClaims: !config.id_token_claims,
  claims: {
    openid: ['sub'],
    profile: ['name', 'preferred_username'],
    email: ['email', 'email_verified'],
    staff: ['employee_number', 'groups'],
  },
  scopes: ['openid', 'profile', 'email', 'staff'],
  pkce: { required: () => true },
  jwks: newKeys(),
  cookies: { keys: ['only for tests'] },
  findAccount(ctx, id) {
    const claims = JSON.parse(readFileSync(config.people, 'utf8'))[id];
    return claims && { accountId: id, claims: () => ({ sub: id, ...claims }) };
  },
});
server.on('request', provider.callback());
console.log(`ready ${port}`);
// It ends with whoever started it.
process.stdin.on('end', () => process.exit(0)).resume();
