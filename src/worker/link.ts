import { Deflate, Inflate, strFromU8, strToU8 } from 'fflate';
import { LINK_DICTIONARY } from './link-dictionary.ts';
import type { HistoryPoint, InputFile, LoggedInput, Problem } from '../protocol/messages.ts';

/** All that a link holds. */
export interface LinkContent {
  readonly document: string;
  readonly files: readonly InputFile[];
  readonly log: readonly LoggedInput[];
  readonly until: HistoryPoint;
  readonly paused: boolean;
}

/** A link that cannot be opened: `problem` says why, for people. */
export class BadLink extends Error {
  override name = 'BadLink';
  readonly problem: Problem;

  constructor(title: string, detail: string) {
    super(`${title}: ${detail}`);
    this.problem = { title, detail };
  }
}

/** Changes with the format and with the dictionary: an old page must not misread a new link. */
const VERSION = 1;
const MAX_PAYLOAD_CHARACTERS = 4_000_000;
const MAX_UNPACKED_BYTES = 8_000_000;
const PIECE_BYTES = 1024;

/** The fragment of a link, without `#`: `v1.CHECKSUM.DATA`, all of it safe in a URL. */
export function encodeLink(content: LinkContent): string {
  const pieces: Uint8Array[] = [];
  const deflate = new Deflate({ level: 9, dictionary: strToU8(LINK_DICTIONARY) }, (piece) => pieces.push(piece));
  deflate.push(strToU8(JSON.stringify(content)), true);
  const data = toBase64Url(concat(pieces));
  return `v${VERSION}.${checksum(data)}.${data}`;
}

/** Reads a link, trusting nothing in it. Throws {@link BadLink}. */
export function decodeLink(payload: string): LinkContent {
  if (payload.length > MAX_PAYLOAD_CHARACTERS) {
    throw new BadLink(
      'This link is too long',
      `It has ${payload.length} characters; a link made here has at most ${MAX_PAYLOAD_CHARACTERS}.`,
    );
  }
  const match = /^v(\d+)\.([0-9a-z]+)\.([\w-]*)$/.exec(payload);
  if (!match)
    throw new BadLink(
      'This link is damaged',
      'What follows the # is not what a link of this page looks like. It may have been cut off or altered.',
    );
  const [, version, sum, data] = match as unknown as [string, string, string, string];
  if (Number(version) !== VERSION) {
    throw new BadLink(
      'This link is of another version',
      `It was made by a page that writes version ${version}; this one reads version ${VERSION}.`,
    );
  }
  if (checksum(data) !== sum)
    throw new BadLink('This link is damaged', 'Its checksum does not match: it was cut off or altered on its way.');
  let value: unknown;
  try {
    value = JSON.parse(strFromU8(inflate(fromBase64Url(data))));
  } catch (error) {
    if (error instanceof BadLink) throw error;
    throw new BadLink('This link is damaged', 'It could not be unpacked.');
  }
  return checkContent(value);
}

/** Unpacks in small pieces and stops as soon as there is too much, so a small link cannot fill the memory. */
function inflate(data: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  let ended = false;
  const stream = new Inflate({ dictionary: strToU8(LINK_DICTIONARY) }, (piece, final) => {
    bytes += piece.length;
    ended ||= final;
    if (bytes > MAX_UNPACKED_BYTES) {
      throw new BadLink(
        'This link is refused',
        `It unpacks to more than ${MAX_UNPACKED_BYTES / 1_000_000} MB, which no link made here does.`,
      );
    }
    pieces.push(piece.slice());
  });
  for (let at = 0; at < data.length; at += PIECE_BYTES) stream.push(data.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= data.length);
  if (!ended) throw new BadLink('This link is damaged', 'Its data ends too early.');
  return concat(pieces);
}

function checkContent(value: unknown): LinkContent {
  const content = value as LinkContent;
  const isText = (text: unknown) => typeof text === 'string';
  const isCount = (count: unknown) => typeof count === 'number' && Number.isFinite(count) && count >= 0;
  const ok =
    typeof content === 'object' &&
    content !== null &&
    isText(content.document) &&
    Array.isArray(content.files) &&
    content.files.every((file) => isText(file?.name) && isText(file?.text)) &&
    Array.isArray(content.log) &&
    content.log.every((entry) => isCount(entry?.event) && isCount(entry?.atMs) && isText(entry?.input?.kind)) &&
    content.log.every((entry, index) => index === 0 || entry.event >= content.log[index - 1]!.event) &&
    isCount(content.until?.event) &&
    isCount(content.until?.atMs);
  if (!ok) throw new BadLink('This link is damaged', 'It does not hold a cluster and its history.');
  return content;
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** 32-bit FNV-1a in base 36: tells accidents, not forgers, who gain nothing by it. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36);
}

function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
