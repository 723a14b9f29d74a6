import type { RequestInfo } from './request-info.ts';
import type { Resources } from './resource.ts';

/** What metrics call the verbs of requests (endpoints/metrics canonicalVerb, cleanVerb). */
const VERBS: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
};

function scopeOf({ isResource, name, namespace }: RequestInfo): string {
  if (!isResource) return '';
  if (name !== '') return 'resource';
  return namespace === '' ? 'cluster' : 'namespace';
}

/** Counts what a server does, for `/metrics` in the text format of Prometheus. */
export class Metrics {
  private readonly resources: Resources;
  /** By their labels. */
  private readonly requests = new Map<string, number>();

  constructor(resources: Resources) {
    this.resources = resources;
  }

  /** A request has been answered. What is no resource of this server has no labels: there is no end of names for it. */
  count(info: RequestInfo, status: number): void {
    const known = info.isResource && this.isKnown(info);
    const { group, resource, subresource, version } = known ? info : NOTHING;
    const labels = `code="${status}",component="apiserver",dry_run="",group="${group}",resource="${resource}",scope="${known ? scopeOf(info) : ''}",subresource="${subresource}",verb="${VERBS[info.verb] ?? 'other'}",version="${version}"`;
    this.requests.set(labels, (this.requests.get(labels) ?? 0) + 1);
  }

  text(version: string): string {
    const lines = [
      ...family(
        'apiserver_request_total',
        'counter',
        'Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      ),
      ...[...this.requests].sort(([a], [b]) => (a < b ? -1 : 1)).map(([labels, count]) => `apiserver_request_total{${labels}} ${count}`),
      ...family('apiserver_storage_objects', 'gauge', 'Number of stored objects at the time of last check split by kind.'),
      ...this.stored(),
      ...family('kubernetes_build_info', 'gauge', "A metric with a constant '1' value labeled by git version."),
      `kubernetes_build_info{git_version="${version}"} 1`,
    ];
    return `${lines.join('\n')}\n`;
  }

  private isKnown({ group, resource, subresource }: RequestInfo): boolean {
    const found = this.resources.byName(group ? `${resource}.${group}` : resource);
    return found !== undefined && (subresource === '' || Object.hasOwn(found.kind.subresources, subresource));
  }

  private stored(): string[] {
    const sizes = new Map<string, number>();
    for (const { resource } of this.resources.all()) sizes.set(resource.name, resource.cache.size);
    return [...sizes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, size]) => `apiserver_storage_objects{resource="${name}"} ${size}`);
  }
}

const NOTHING = { group: '', resource: '', subresource: '', version: '' };

function family(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}
