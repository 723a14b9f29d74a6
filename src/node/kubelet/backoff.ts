/** client-go's flowcontrol.Backoff of one key: 10 s, doubling to five minutes, forgotten after twice that. */
export class Backoff {
  private readonly firstMs: number;
  private readonly longestMs: number;
  private delayMs = 0;
  private updatedMs = 0;

  constructor(firstMs: number, longestMs: number) {
    this.firstMs = firstMs;
    this.longestMs = longestMs;
  }

  /** The present delay. */
  get currentMs(): number {
    return this.delayMs;
  }

  /** Until when one has to wait that failed at `sinceMs`; 0 if there is nothing to wait for. */
  until(sinceMs: number): number {
    return this.delayMs === 0 || this.expired(sinceMs) ? 0 : sinceMs + this.delayMs;
  }

  /** Until when one has to wait since the last failure that was noted. */
  untilSinceUpdate(nowMs: number): number {
    return this.delayMs === 0 || this.expired(nowMs) ? 0 : this.updatedMs + this.delayMs;
  }

  /** Notes another failure that happened at `sinceMs`. */
  next(sinceMs: number, nowMs: number): void {
    this.delayMs = this.delayMs === 0 || this.expired(sinceMs) ? this.firstMs : Math.min(this.delayMs * 2, this.longestMs);
    this.updatedMs = nowMs;
  }

  private expired(atMs: number): boolean {
    return atMs - this.updatedMs > this.longestMs * 2;
  }
}

/** A delay as Go prints it: `10s`, `1m20s`, `5m0s`, `850ms`, `1.234s`. */
export function goDuration(ms: number): string {
  if (ms < 1) return ms <= 0 ? '0s' : `${Math.round(ms * 1000)}µs`;
  if (ms < 1000) return `${Math.floor(ms)}ms`;
  const whole = Math.floor(ms);
  const seconds = Math.floor((whole % 60_000) / 1000);
  const fraction = String(whole % 1000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  const text = `${seconds}${fraction ? `.${fraction}` : ''}s`;
  const minutes = Math.floor(whole / 60_000);
  if (minutes === 0) return text;
  return minutes < 60 ? `${minutes}m${text}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${text}`;
}
