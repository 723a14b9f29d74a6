import type { HttpRequest, Identity } from '../net/http.ts';
import type { Prepared } from './hooks.ts';
import type { RequestInfo } from './request-info.ts';

/** One request on its way through the server, with what has been learned about it. */
export class Call {
  readonly request: HttpRequest;
  readonly info: RequestInfo;
  user: Identity;
  /** What a hook allocated for the update under way. */
  prepared: Prepared | undefined;
  private warningTexts: string[] | undefined;

  constructor(request: HttpRequest, info: RequestInfo, user: Identity) {
    this.request = request;
    this.info = info;
    this.user = user;
  }

  query(name: string): string | undefined {
    const { query } = this.request;
    if (query.length > 0) for (const [key, value] of query) if (key === name) return value;
    return undefined;
  }

  queries(name: string): string[] {
    return this.request.query.filter(([key]) => key === name).map(([, value]) => value);
  }

  header(name: string): string | undefined {
    return this.request.headers[name];
  }

  /** A sentence for the Warning header; each is sent once. */
  warn(text: string): void {
    const texts = (this.warningTexts ??= []);
    if (!texts.includes(text)) texts.push(text);
  }

  get warnings(): readonly string[] {
    return this.warningTexts ?? NONE;
  }

  /** Who manages the fields that this request writes: `fieldManager`, or the User-Agent up to its first `/`. */
  get fieldManager(): string {
    return this.query('fieldManager') || (this.header('user-agent') ?? 'unknown').split('/', 1)[0]!.slice(0, 128);
  }

  /** What to do about unknown and duplicate fields. */
  get fieldValidation(): 'Strict' | 'Warn' | 'Ignore' {
    return (this.query('fieldValidation') || 'Warn') as 'Strict' | 'Warn' | 'Ignore';
  }

  get dryRun(): boolean {
    return this.query('dryRun') !== undefined;
  }
}

const NONE: readonly string[] = [];
