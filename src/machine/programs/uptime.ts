import { formatDate } from '../calendar.ts';
import { hardwareOf } from './hardware.ts';
import type { Program } from '../program.ts';

/** `3:25`, `12 min`, `2 days, 3:04`. */
export function uptimeText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const rest = hours > 0 ? `${String(hours).padStart(2)}:${String(minutes % 60).padStart(2, '0')}` : `${minutes % 60} min`;
  return days > 0 ? `${days} day${days === 1 ? '' : 's'}, ${rest}` : rest;
}

/** How long the machine has been on. */
export const uptime: Program = function* ({ system, kernel, stdout }) {
  const upMs = kernel.now - hardwareOf(system).bootedMs;
  yield* stdout.write(` ${formatDate('%H:%M:%S', kernel.epochMs())} up ${uptimeText(upMs)},  1 user,  load average: 0.08, 0.03, 0.01\n`);
  return 0;
};
