import { compactJson } from '../../../api/print.ts';
import { sha256Hex } from './sha256.ts';

/** The suffix that kubectl and kustomize add to names: ten letters of a SHA-256, no vowels, nothing confusable (kubectl pkg/util/hash). */
export function contentHash(content: object): string {
  const hex = sha256Hex(compactJson(content)).slice(0, 10);
  return hex.replace(/[013ae]/g, (letter) => ({ 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' })[letter]!);
}
