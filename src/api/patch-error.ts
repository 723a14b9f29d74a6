/**
 * A patch that cannot be read or applied. `kind` is what the server makes of it: `malformed` is 400,
 * `unprocessable` 422, `internal` 500 without a reason.
 */
export class PatchError extends Error {
  override name = 'PatchError';
  readonly kind: 'malformed' | 'unprocessable' | 'internal';

  constructor(kind: PatchError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
