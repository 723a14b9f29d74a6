import { LIMIT_RANGES, RESOURCE_QUOTAS } from '../kinds.ts';
import type { LimitRange, Namespace, ResourceQuota } from '../../api/kinds.ts';
import type { Describer } from './describer.ts';
import { longTime } from './format.ts';
import type { DescriptionWriter } from './writer.ts';

const LIMIT_HEADERS = 'Resource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio';
const LIMIT_RULES = '--------\t---\t---\t---------------\t-------------\t-----------------------';

export const describeNamespace: Describer<Namespace> = function* (w, namespace, { api }) {
  const { metadata = {}, status } = namespace;
  w.field('Name', metadata.name);
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  w.field('Status', status?.phase);
  if (status?.conditions?.length) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage');
    w.line(1, '----\t------\t------------------\t------\t-------');
    for (const condition of status.conditions) {
      w.line(
        1,
        `${condition.type}\t${condition.status}\t${longTime(condition.lastTransitionTime)}\t${condition.reason ?? ''}\t${condition.message ?? ''}`,
      );
    }
  }
  const quotas = (yield* api.list(RESOURCE_QUOTAS, { namespace: metadata.name })).items as unknown as ResourceQuota[];
  w.line(0, '');
  describeNamespaceQuotas(w, quotas);
  const ranges = (yield* api.list(LIMIT_RANGES, { namespace: metadata.name })).items as unknown as LimitRange[];
  w.line(0, '');
  describeNamespaceLimits(w, ranges);
};

function describeNamespaceQuotas(w: DescriptionWriter, quotas: readonly ResourceQuota[]): void {
  if (quotas.length === 0) {
    w.line(0, 'No resource quota.');
    return;
  }
  w.line(0, 'Resource Quotas');
  for (const quota of quotas) {
    w.line(1, `Name:\t${quota.metadata?.name ?? ''}`);
    if (quota.spec?.scopes?.length) w.line(1, `Scopes:\t${[...quota.spec.scopes].sort().join(', ')}`);
    w.line(1, 'Resource\tUsed\tHard');
    w.line(1, '--------\t---\t---');
    describeUse(w, 1, quota);
  }
}

function describeUse(w: DescriptionWriter, level: number, { status }: ResourceQuota): void {
  for (const name of Object.keys(status?.hard ?? {}).sort())
    w.line(level, `${name}\t${status?.used?.[name] ?? '0'}\t${status!.hard![name]}`);
}

function describeNamespaceLimits(w: DescriptionWriter, ranges: readonly LimitRange[]): void {
  if (ranges.length === 0) {
    w.line(0, 'No LimitRange resource.');
    return;
  }
  w.line(0, 'Resource Limits');
  w.line(0, ` Type\t${LIMIT_HEADERS}`);
  w.line(0, ` ----\t${LIMIT_RULES}`);
  for (const range of ranges) describeLimits(w, range, ' ');
}

export const describeResourceQuota: Describer<ResourceQuota> = function* (w, quota) {
  w.field('Name', quota.metadata?.name);
  w.field('Namespace', quota.metadata?.namespace);
  if (quota.spec?.scopes?.length) w.field('Scopes', [...quota.spec.scopes].sort().join(', '));
  w.line(0, 'Resource\tUsed\tHard');
  w.line(0, '--------\t----\t----');
  describeUse(w, 0, quota);
};

export const describeLimitRange: Describer<LimitRange> = function* (w, range) {
  w.field('Name', range.metadata?.name);
  w.field('Namespace', range.metadata?.namespace);
  w.line(0, `Type\t${LIMIT_HEADERS}`);
  w.line(0, `----\t${LIMIT_RULES}`);
  describeLimits(w, range, '');
};

function describeLimits(w: DescriptionWriter, range: LimitRange, indent: string): void {
  for (const { type, max, min, default: limit, defaultRequest, maxLimitRequestRatio } of range.spec?.limits ?? []) {
    const lists = [min, max, defaultRequest, limit, maxLimitRequestRatio];
    const names = new Set(lists.flatMap((list) => Object.keys(list ?? {})));
    for (const name of [...names].sort()) w.line(0, `${indent}${type}\t${name}\t${lists.map((list) => list?.[name] ?? '-').join('\t')}`);
  }
}
