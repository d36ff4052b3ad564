import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importJWK, SignJWT } from 'jose';

/** Signs a token of the local issuer that was issued at this second, for two hours. */
export async function tokenIssuedAt(dataDir: string, email: string, issuedAt: number): Promise<string> {
  const jwk = JSON.parse(readFileSync(join(dataDir, 'dev-issuer.json'), 'utf8')) as { kid: string };
  return new SignJWT({ email, email_verified: true, client_id: 'tenet-dev' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: jwk.kid })
    .setIssuer('http://localhost/tenet-dev')
    .setAudience('tenet')
    .setSubject(email)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + 7_200)
    .setJti(crypto.randomUUID())
    .sign(await importJWK(jwk, 'ES256'));
}
