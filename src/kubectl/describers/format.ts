import { humanDuration, parseRfc3339 } from '../../base/time.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026-01-31T12:00:00Z` as `Sat, 31 Jan 2026 12:00:00 +0000` (Go's RFC1123Z). */
export function longTime(timestamp: string | null | undefined): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}:\d{2})/.exec(timestamp ?? '');
  if (!match) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const [, year, month, day, time] = match;
  return `${DAYS[weekday(Number(year), Number(month), Number(day))]}, ${day} ${MONTHS[Number(month) - 1]} ${year} ${time} +0000`;
}

/** 0 is Sunday (Sakamoto's method). */
function weekday(year: number, month: number, day: number): number {
  const shifts = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
  const y = month < 3 ? year - 1 : year;
  return (y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + shifts[month - 1]! + day) % 7;
}

/** How long ago: `5m`; `<unknown>` when there is no time. */
export function ago(timestamp: string | null | undefined, nowMs: number): string {
  return timestamp ? humanDuration(nowMs - parseRfc3339(timestamp)) : '<unknown>';
}

export function titled(value: boolean | undefined): string {
  return value ? 'True' : 'False';
}

export function orNone(text: string | undefined): string {
  return text === undefined || text === '' ? '<none>' : text;
}

/** A list as Go prints it: `[get list]`. */
export function goList(list: readonly unknown[] | undefined): string {
  return `[${(list ?? []).join(' ')}]`;
}

/** `ReplicaSet/web-abc` of the owner that controls an object, or ''. */
export function controllerText(object: {
  metadata?: { ownerReferences?: readonly { controller?: boolean; kind: string; name: string }[] };
}): string {
  const owner = object.metadata?.ownerReferences?.find(({ controller }) => controller);
  return owner ? `${owner.kind}/${owner.name}` : '';
}
