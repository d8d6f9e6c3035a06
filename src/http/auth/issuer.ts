/** Who issues tokens of service accounts, and with which key, as OpenID Connect tells it (api-01 §1). */
import type { Context } from '../context.ts';
import { type Answer, textAnswer } from '../reply.ts';
import { issuer } from './tokens.ts';

const configuration = '/.well-known/openid-configuration';
const keys = '/openid/v1/jwks';

export const issuerPaths: readonly string[] = [configuration, keys];

/** `undefined`: neither of the two. */
export function answerIssuer(
  segments: readonly string[],
  { address, signer }: Context,
): Answer | undefined {
  const path = `/${segments.join('/')}`;
  if (path === configuration) {
    return cached('application/json', {
      issuer,
      jwks_uri: `https://${address}${keys}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    });
  }
  return path === keys ? cached('application/jwk-set+json', signer.keySet) : undefined;
}

const cached = (type: string, body: unknown): Answer => ({
  ...textAnswer(200, JSON.stringify(body), type),
  headers: { 'Cache-Control': 'public, max-age=3600' },
});
