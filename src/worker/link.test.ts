import { describe, expect, it } from 'vitest';
import { Deflate, strToU8 } from 'fflate';
import { BadLink, decodeLink, encodeLink } from './link.ts';
import type { LinkContent } from './link.ts';
import { LINK_DICTIONARY } from './link-dictionary.ts';

const text = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: wëb\nspec:\n  selector:\n    app: web\n  ports:\n  - port: 80\n';
const content: LinkContent = {
  document: 'minions: 3',
  files: [{ name: 'web.yaml', text }],
  log: [
    { event: 10, atMs: 1.5, input: { kind: 'apply', id: 1, files: [{ name: 'web.yaml', text }] } },
    { event: 90, atMs: 20, input: { kind: 'terminal-line', terminal: 't1', text: 'kubectl get pods' } },
  ],
  until: { event: 99, atMs: 21 },
  paused: true,
};

function reason(payload: string): string {
  try {
    decodeLink(payload);
  } catch (error) {
    if (error instanceof BadLink) return error.problem.title;
    throw error;
  }
  return 'none';
}

/** A link whose checksum is right and whose data is `json`. */
function forge(json: Uint8Array): string {
  const pieces: Uint8Array[] = [];
  new Deflate({ level: 9, dictionary: strToU8(LINK_DICTIONARY) }, (piece) => pieces.push(piece)).push(json, true);
  const data = Buffer.concat(pieces).toString('base64url');
  let hash = 0x811c9dc5;
  for (const character of data) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return `v1.${(hash >>> 0).toString(36)}.${data}`;
}

describe('a link', () => {
  it('holds the cluster, its files and its history', () => {
    expect(decodeLink(encodeLink(content))).toEqual(content);
  });

  it('is short, because what manifests share is in the dictionary', () => {
    expect(encodeLink(content).length).toBeLessThan(420);
  });

  const whole = encodeLink(content);
  it.each([
    ['cut off', whole.slice(0, -20), 'This link is damaged'],
    ['altered', whole.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), 'This link is damaged'],
    ['something else', 'section-2', 'This link is damaged'],
    ['of a later version', whole.replace('v1.', 'v2.'), 'This link is of another version'],
    ['endless', `v1.0.${'A'.repeat(4_000_001)}`, 'This link is too long'],
    ['not a cluster', forge(strToU8('{"document":7}')), 'This link is damaged'],
    ['not JSON', forge(strToU8('{"document":')), 'This link is damaged'],
    ['a history out of order', forge(strToU8(JSON.stringify({ ...content, log: [...content.log].reverse() }))), 'This link is damaged'],
    ['one that unpacks to far too much', forge(new Uint8Array(50_000_000)), 'This link is refused'],
  ])('that is %s is refused with a reason', (_, payload, title) => {
    expect(reason(payload)).toBe(title);
  });
});
