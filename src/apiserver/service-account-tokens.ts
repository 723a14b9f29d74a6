import { Digest } from '../base/hash.ts';
import type { Identity } from '../net/http.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { KubeObject } from '../api/object.ts';
import type { Resources } from './resource.ts';
import type { Rng } from '../sim/rng.ts';

export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** A kind and its name and uid: what a token is bound to. */
export interface BoundObject {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly iss: string;
  readonly jti: string;
  readonly sub: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: { readonly name: string; readonly uid: string };
    readonly pod?: { readonly name: string; readonly uid: string };
    readonly secret?: { readonly name: string; readonly uid: string };
    readonly node?: { readonly name: string; readonly uid: string };
  };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function base64Url(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const bits = (a << 16) | (b << 8) | c;
    for (let k = 0; k < Math.min(3, bytes.length - i) + 1; k++) out += ALPHABET[(bits >> (18 - 6 * k)) & 63];
  }
  return out;
}

function fromBase64Url(text: string): string {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const character of text) {
    bits = ((bits << 6) | ALPHABET.indexOf(character)) & 0xffffff;
    count += 6;
    if (count >= 8) bytes[at++] = (bits >> (count -= 8)) & 255;
  }
  return new TextDecoder().decode(bytes);
}

/**
 * Issues and checks tokens of service accounts: JSON Web Tokens with Kubernetes' claims. The
 * signature is a digest under a key only this cluster knows; it is as long as an RS256 one but no
 * RSA, since nobody outside the simulation checks it.
 */
export class ServiceAccountTokens {
  private readonly kernel: Kernel;
  private readonly resources: Resources;
  private readonly ids: Rng;
  private readonly key: string;
  private readonly header: string;

  constructor(kernel: Kernel, resources: Resources, ids: Rng) {
    this.kernel = kernel;
    this.resources = resources;
    this.ids = ids;
    // The key belongs to the cluster, not to one of its API servers.
    this.key = kernel.rng.fork('service account key').hex(64);
    const kid = kernel.rng.fork('service account key id').hex(32);
    this.header = base64Url(new TextEncoder().encode(JSON.stringify({ alg: 'RS256', kid })));
  }

  /** A token for a service account, and when it ends. */
  issue(
    account: KubeObject,
    audiences: readonly string[],
    seconds: number,
    bound: BoundObject | undefined,
  ): { token: string; expiresMs: number } {
    const { namespace = '', name = '', uid = '' } = account.metadata!;
    const now = Math.floor(this.kernel.epochMs() / 1000);
    const claims: Claims = {
      aud: audiences.length > 0 ? audiences : [ISSUER],
      exp: now + seconds,
      iat: now,
      iss: ISSUER,
      jti: this.ids.uuid(),
      'kubernetes.io': {
        namespace,
        ...(bound?.kind === 'Node' && { node: { name: bound.name, uid: bound.uid } }),
        ...(bound?.kind === 'Pod' && { pod: { name: bound.name, uid: bound.uid } }),
        ...(bound?.kind === 'Secret' && { secret: { name: bound.name, uid: bound.uid } }),
        serviceaccount: { name, uid },
      },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    const signed = `${this.header}.${base64Url(new TextEncoder().encode(JSON.stringify(claims)))}`;
    return { token: `${signed}.${this.sign(signed)}`, expiresMs: (now + seconds) * 1000 };
  }

  /** Whose a token is, if it is one of this cluster's, has not ended, and what it is bound to still exists. */
  userOf(token: string): Identity | undefined {
    const parts = token.split('.');
    if (parts.length !== 3 || parts[0] !== this.header || parts[2] !== this.sign(`${parts[0]}.${parts[1]}`)) return undefined;
    const claims = JSON.parse(fromBase64Url(parts[1]!)) as Claims;
    if (claims.exp * 1000 <= this.kernel.epochMs() || !claims.aud.includes(ISSUER)) return undefined;
    const { namespace, serviceaccount, pod, secret } = claims['kubernetes.io'];
    if (!this.exists('serviceaccounts', namespace, serviceaccount)) return undefined;
    if (pod && !this.exists('pods', namespace, pod)) return undefined;
    if (secret && !this.exists('secrets', namespace, secret)) return undefined;
    return { name: claims.sub, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] };
  }

  private exists(resource: string, namespace: string, { name, uid }: { name: string; uid: string }): boolean {
    return this.resources.byName(resource)?.cache.get(`${namespace}/${name}`)?.metadata?.uid === uid;
  }

  private sign(text: string): string {
    const digest = new Digest();
    digest.mixText(this.key);
    digest.mixText(text);
    const bytes = new Uint8Array(256);
    for (let i = 0; i < bytes.length; i += 8) {
      digest.mix(i);
      const hex = digest.toString();
      for (let k = 0; k < 8; k++) bytes[i + k] = parseInt(hex.slice(2 * k, 2 * k + 2), 16);
    }
    return base64Url(bytes);
  }
}
