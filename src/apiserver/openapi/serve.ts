import { API_GROUPS } from '../../api/kind.ts';
import { builtinDefinitions, customDefinition, definitionOf, reachable, V2, V3, type OpenApiSchema } from './definitions.ts';
import { encodeOpenApiV2 } from './protobuf.ts';
import { fnv1a32 } from '../../base/hash.ts';
import { pathsOf } from './paths.ts';
import { respondText } from '../respond.ts';
import type { Call } from '../call.ts';
import type { HttpResponse } from '../../net/http.ts';
import type { Served } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const INFO = { title: 'Kubernetes', version: 'v1.35.0' };

function versionName(group: string, version: string): string {
  return group ? `${group}/${version}` : version;
}

/** The OpenAPI documents of a server, made when they are first asked for and again when custom resources change. */
export class OpenApi {
  private readonly server: ServerContext;
  private key: string | undefined;
  private v2: { json: string; protobuf: Uint8Array | undefined } | undefined;
  private readonly v3 = new Map<string, string>();

  constructor(server: ServerContext) {
    this.server = server;
  }

  /** Answers `/openapi/...`; undefined for other paths. */
  serve(call: Call): HttpResponse | undefined {
    const { path } = call.info;
    if (path !== '/openapi/v2' && !path.startsWith('/openapi/v3')) return undefined;
    this.refresh();
    if (path === '/openapi/v2') return this.serveV2(call);
    const place = path.slice('/openapi/v3'.length).replace(/^\/|\/$/g, '');
    if (place === '') return json(JSON.stringify({ paths: this.index() }));
    const document = this.documentV3(place);
    return document === undefined ? respondText(404, '404 page not found\n') : json(document);
  }

  private serveV2(call: Call): HttpResponse {
    this.v2 ??= { json: JSON.stringify(this.documentV2()), protobuf: undefined };
    if (!call.header('accept')?.includes('proto-openapi')) return json(this.v2.json);
    this.v2.protobuf ??= encodeOpenApiV2(JSON.parse(this.v2.json) as OpenApiSchema);
    return { status: 200, headers: { 'content-type': PROTOBUF }, body: this.v2.protobuf };
  }

  /** Forgets the documents when what is served has changed. */
  private refresh(): void {
    const key = JSON.stringify(this.custom().map(({ kind, schema }) => [kind.apiVersion, kind.kind, schema]));
    if (key === this.key) return;
    this.key = key;
    this.v2 = undefined;
    this.v3.clear();
  }

  private served(): Served[] {
    return [...this.server.resources.all()].filter((served) => !served.isHidden);
  }

  private custom(): Served[] {
    return this.served().filter(({ type }) => !type);
  }

  private places(): string[] {
    const groups = [...API_GROUPS.map(({ name, versions }) => ({ group: name, versions })), ...this.server.customGroups()];
    return groups.flatMap(({ group, versions }) => versions.map((version) => versionName(group, version)));
  }

  private documentV2(): OpenApiSchema {
    const definitions = builtinDefinitions(V2, this.places());
    for (const served of this.custom()) definitions[definitionOf(served)] = customDefinition(served, V2);
    const paths: Record<string, OpenApiSchema> = {};
    for (const served of this.served()) Object.assign(paths, pathsOf(served, V2.prefix, false));
    return { swagger: '2.0', info: INFO, paths, definitions };
  }

  private index(): Record<string, { serverRelativeURL: string }> {
    const index: Record<string, { serverRelativeURL: string }> = {};
    for (const place of this.places()) {
      const path = place.includes('/') ? `apis/${place}` : `api/${place}`;
      const hash = fnv1a32(`${place} ${this.key}`).toString(16).toUpperCase().padStart(8, '0');
      index[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
    }
    return index;
  }

  private documentV3(place: string): string | undefined {
    let text = this.v3.get(place);
    if (text !== undefined) return text;
    const version = place.replace(/^apis?\//, '');
    const served = this.served().filter(({ kind }) => kind.apiVersion === version);
    if (served.length === 0) return undefined;
    const all = builtinDefinitions(V3, this.places());
    for (const one of served) if (!one.type) all[definitionOf(one)] = customDefinition(one, V3);
    const paths: Record<string, OpenApiSchema> = {};
    for (const one of served) Object.assign(paths, pathsOf(one, V3.prefix, true));
    const roots = [
      ...served.map(definitionOf),
      'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
      'io.k8s.apimachinery.pkg.apis.meta.v1.Status',
    ];
    text = JSON.stringify({ openapi: '3.0.0', info: INFO, paths, components: { schemas: reachable(all, roots, V3) } });
    this.v3.set(place, text);
    return text;
  }
}

function json(body: string): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}
