import type { HorizontalPodAutoscaler } from '../shared/kinds.ts';

export interface Recommendation {
  readonly atMs: number;
  readonly replicas: number;
}

export interface ScaleEvent {
  readonly atMs: number;
  readonly change: number;
}

/** What the controller remembers of one autoscaler. */
export interface Memory {
  recommendations: Recommendation[];
  ups: ScaleEvent[];
  downs: ScaleEvent[];
}

export interface ConditionDraft {
  readonly type: 'AbleToScale' | 'ScalingLimited';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

export interface Limited {
  readonly replicas: number;
  readonly conditions: readonly ConditionDraft[];
}

interface Policy {
  readonly type: string;
  readonly value: number;
  readonly periodSeconds: number;
}

interface Rules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: string;
  readonly policies?: readonly Policy[];
}

const DEFAULT_UP: readonly Policy[] = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
];
const DEFAULT_DOWN: readonly Policy[] = [{ type: 'Percent', value: 100, periodSeconds: 15 }];

/**
 * Holds a proposal back: by what was proposed within the stabilization windows, by how fast it may
 * change, and by the limits (horizontal.go normalizeDesiredReplicas and its form with behaviors).
 * Adds the proposal to the memory.
 */
export function limitProposal(
  hpa: HorizontalPodAutoscaler,
  memory: Memory,
  current: number,
  proposed: number,
  defaultDownMs: number,
  nowMs: number,
): Limited {
  const behavior = hpa.spec?.behavior;
  const up = (behavior?.scaleUp ?? {}) as Rules;
  const down = (behavior?.scaleDown ?? {}) as Rules;
  const upMs = (up.stabilizationWindowSeconds ?? 0) * 1000;
  const downMs =
    down.stabilizationWindowSeconds === undefined || down.stabilizationWindowSeconds === null
      ? defaultDownMs
      : down.stabilizationWindowSeconds * 1000;
  const { replicas, condition } = stabilize(memory, current, proposed, upMs, downMs, nowMs);
  const [low, high] = [hpa.spec?.minReplicas ?? 1, hpa.spec!.maxReplicas];
  const limited =
    replicas > current
      ? limitUp(behavior ? up : undefined, memory, current, replicas, high, nowMs)
      : limitDown(behavior ? down : undefined, memory, current, replicas, low, nowMs);
  return { replicas: limited.replicas, conditions: [condition, limited.condition] };
}

function stabilize(
  memory: Memory,
  current: number,
  proposed: number,
  upMs: number,
  downMs: number,
  nowMs: number,
): { replicas: number; condition: ConditionDraft } {
  const recent = (windowMs: number): number[] =>
    memory.recommendations.filter((each) => each.atMs > nowMs - windowMs).map((each) => each.replicas);
  const upLimit = Math.min(proposed, ...recent(upMs));
  const downLimit = Math.max(proposed, ...recent(downMs));
  let replicas = current;
  if (replicas < upLimit) replicas = upLimit;
  if (replicas > downLimit) replicas = downLimit;
  memory.recommendations = memory.recommendations.filter((each) => each.atMs > nowMs - Math.max(upMs, downMs));
  memory.recommendations.push({ atMs: nowMs, replicas: proposed });
  const say = (reason: string, message: string): ConditionDraft => ({ type: 'AbleToScale', status: 'True', reason, message });
  if (replicas > proposed)
    return {
      replicas,
      condition: say(
        'ScaleDownStabilized',
        'recent recommendations were higher than current one, applying the highest recent recommendation',
      ),
    };
  if (replicas < proposed)
    return {
      replicas,
      condition: say('ScaleUpStabilized', 'recent recommendations were lower than current one, applying the lowest recent recommendation'),
    };
  return { replicas, condition: say('ReadyForNewScale', 'recommended size matches current size') };
}

function limitUp(
  rules: Rules | undefined,
  memory: Memory,
  current: number,
  wanted: number,
  high: number,
  nowMs: number,
): { replicas: number; condition: ConditionDraft } {
  const rate = rules ? upRate(rules, memory, current, nowMs) : Math.max(2 * current, 4);
  const most = Math.min(Math.max(rate, current), high);
  if (wanted <= most) return { replicas: wanted, condition: WITHIN };
  return rate < high
    ? { replicas: most, condition: limitedBy('ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate') }
    : { replicas: most, condition: TOO_MANY };
}

function limitDown(
  rules: Rules | undefined,
  memory: Memory,
  current: number,
  wanted: number,
  low: number,
  nowMs: number,
): { replicas: number; condition: ConditionDraft } {
  const rate = rules ? downRate(rules, memory, current, nowMs) : 0;
  const least = Math.max(Math.min(rate, current), low);
  if (wanted >= least) return { replicas: wanted, condition: WITHIN };
  return rate > low
    ? {
        replicas: least,
        condition: limitedBy('ScaleDownLimit', 'the desired replica count is decreasing faster than the maximum scale rate'),
      }
    : { replicas: least, condition: TOO_FEW };
}

const WITHIN: ConditionDraft = {
  type: 'ScalingLimited',
  status: 'False',
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
};
const TOO_MANY = limitedBy('TooManyReplicas', 'the desired replica count is more than the maximum replica count');
const TOO_FEW = limitedBy('TooFewReplicas', 'the desired replica count is less than the minimum replica count');

function limitedBy(reason: string, message: string): ConditionDraft {
  return { type: 'ScalingLimited', status: 'True', reason, message };
}

function changeWithin(events: readonly ScaleEvent[], periodSeconds: number, nowMs: number): number {
  return events.filter((event) => event.atMs > nowMs - periodSeconds * 1000).reduce((sum, event) => sum + event.change, 0);
}

function upRate({ selectPolicy, policies = DEFAULT_UP }: Rules, memory: Memory, current: number, nowMs: number): number {
  if (selectPolicy === 'Disabled') return current;
  const rates = policies.map(({ type, value, periodSeconds }) => {
    const start = current - changeWithin(memory.ups, periodSeconds, nowMs) + changeWithin(memory.downs, periodSeconds, nowMs);
    return type === 'Pods' ? start + value : Math.ceil((start * (100 + value)) / 100);
  });
  return selectPolicy === 'Min' ? Math.min(...rates) : Math.max(...rates);
}

function downRate({ selectPolicy, policies = DEFAULT_DOWN }: Rules, memory: Memory, current: number, nowMs: number): number {
  if (selectPolicy === 'Disabled') return current;
  const rates = policies.map(({ type, value, periodSeconds }) => {
    const start = current - changeWithin(memory.ups, periodSeconds, nowMs) + changeWithin(memory.downs, periodSeconds, nowMs);
    return type === 'Pods' ? start - value : Math.trunc((start * (100 - value)) / 100);
  });
  return selectPolicy === 'Min' ? Math.max(...rates) : Math.min(...rates);
}

/** Notes a change of size, for the rates. */
export function noteScaling(memory: Memory, before: number, after: number, nowMs: number): void {
  const longestMs = 1800 * 1000;
  memory.ups = memory.ups.filter((event) => event.atMs > nowMs - longestMs);
  memory.downs = memory.downs.filter((event) => event.atMs > nowMs - longestMs);
  if (after > before) memory.ups.push({ atMs: nowMs, change: after - before });
  else if (after < before) memory.downs.push({ atMs: nowMs, change: before - after });
}
