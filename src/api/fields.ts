/** One condition of a field selector. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** A field selector that cannot be read. The message is Kubernetes'. */
export class FieldSelectorError extends Error {
  override name = 'FieldSelectorError';
}

/** A compiled field selector. Matching allocates nothing. */
export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[];
  readonly empty: boolean;
  /** `get` answers the value of a field of the object in question. */
  matches(get: (field: string) => string): boolean;
  /** Like `matches`, over a map of fields; a missing field is the empty text. */
  matchesFields(fields: Readonly<Record<string, string>>): boolean;
  /** `a=b,c!=d` with `\`, `,` and `=` escaped in the values. */
  toString(): string;
  /** The one value that `field` must have, if the selector says so. */
  requiresExact(field: string): string | undefined;
}

class Conditions implements FieldSelector {
  readonly requirements: readonly FieldRequirement[];
  readonly empty: boolean;

  constructor(requirements: readonly FieldRequirement[]) {
    this.requirements = requirements;
    this.empty = requirements.length === 0;
  }

  matches(get: (field: string) => string): boolean {
    for (const { field, operator, value } of this.requirements) if ((get(field) === value) !== (operator === '=')) return false;
    return true;
  }

  matchesFields(fields: Readonly<Record<string, string>>): boolean {
    for (const { field, operator, value } of this.requirements) if (((fields[field] ?? '') === value) !== (operator === '=')) return false;
    return true;
  }

  requiresExact(field: string): string | undefined {
    return this.requirements.find((requirement) => requirement.field === field && requirement.operator === '=')?.value;
  }

  toString(): string {
    return this.requirements.map(({ field, operator, value }) => `${field}${operator}${escapeFieldValue(value)}`).join(',');
  }
}

/** Selects everything. */
export const ALL_FIELDS: FieldSelector = new Conditions([]);

export function fieldSelectorOf(requirements: readonly FieldRequirement[]): FieldSelector {
  return requirements.length === 0 ? ALL_FIELDS : new Conditions(requirements);
}

/** `metadata.name=a`, for watching one object. */
export function fieldEquals(field: string, value: string): FieldSelector {
  return new Conditions([{ field, operator: '=', value }]);
}

export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

/** Splits at commas that no backslash precedes. */
function splitTerms(text: string): string[] {
  return text.match(/(?:\\[^]|[^\\,]|\\$)+/g) ?? [];
}

function unescape(text: string): string {
  let value = '';
  for (let i = 0; i < text.length; i++) {
    const character = String.fromCodePoint(text.codePointAt(i) as number);
    if (character === '\\') {
      const escaped = text[++i] ?? '';
      if (escaped === '' || !'\\,='.includes(escaped)) {
        throw new FieldSelectorError(`invalid field selector: invalid escape sequence: \\${escaped}`);
      }
      value += escaped;
    } else if (character === ',' || character === '=') {
      // Kubernetes prints the number of the character.
      throw new FieldSelectorError(`invalid field selector: unescaped character in value: ${character.charCodeAt(0)}`);
    } else {
      value += character;
      i += character.length - 1;
    }
  }
  return value;
}

/**
 * Parses `a=b,c==d,e!=f` (fields.ParseSelector). Which fields exist is the caller's knowledge.
 *
 * @throws FieldSelectorError with Kubernetes' message
 */
export function parseFieldSelector(text: string): FieldSelector {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text).sort()) {
    const found = /!=|==|=/.exec(term);
    if (!found) throw new FieldSelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
    const value = unescape(term.slice(found.index + found[0].length));
    const field = term.slice(0, found.index);
    // A term of nothing at all (`=`) restricts nothing.
    if (field !== '' || value !== '') requirements.push({ field, operator: found[0] === '!=' ? '!=' : '=', value });
  }
  return fieldSelectorOf(requirements);
}
