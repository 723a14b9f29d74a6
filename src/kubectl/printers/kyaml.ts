import type { KubeObject } from '../../api/object.ts';

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const RESERVED = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null']);

/** KYAML: YAML in flow style that is no trap: every text in quotes, every bracket visible. */
export function printKyaml(object: KubeObject): string {
  return `---\n${value(object, '')}\n`;
}

function value(node: unknown, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(node)) {
    if (node.length === 0) return '[]';
    if (node.every((item) => typeof item === 'object' && item !== null)) return `[${node.map((item) => value(item, indent)).join(', ')}]`;
    return `[\n${node.map((item) => `${inner}${value(item, inner)},\n`).join('')}${indent}]`;
  }
  if (typeof node === 'object' && node !== null) {
    const entries = Object.entries(node).filter(([, item]) => item !== undefined);
    if (entries.length === 0) return '{}';
    return `{\n${entries.map(([key, item]) => `${inner}${keyText(key)}: ${value(item, inner)},\n`).join('')}${indent}}`;
  }
  return typeof node === 'string' ? JSON.stringify(node) : String(node);
}

function keyText(key: string): string {
  return PLAIN_KEY.test(key) && !RESERVED.has(key.toLowerCase()) ? key : JSON.stringify(key);
}
