import { ApiError } from '../api/status.ts';
import { NetError } from '../net/fabric.ts';
import type { AppliedDocument, InputFile } from './applied.ts';
import type { Client } from '../client/client.ts';
import type { Task } from '../sim/wait.ts';
import { Api } from './api.ts';
import { applyObject } from './apply.ts';
import { Discovery, DiscoveryCache } from './discovery.ts';
import { errorText, isExpected } from './errors.ts';
import { fieldPath, fieldOfMessage } from './field-paths.ts';
import { isBroken, readManifests, type Manifest } from './manifests.ts';
import { qualifiedName } from './printers/output.ts';
import { inNamespace, placeOf } from './resource.ts';

/**
 * `kubectl apply` of files handed over from outside: every document in order, going on after failures.
 * Nothing is thrown but bugs; each document says what became of it.
 */
export function* applyFiles(client: Client, files: readonly InputFile[]): Task<AppliedDocument[]> {
  const cache = new DiscoveryCache();
  const applied: AppliedDocument[] = [];
  for (const file of files) {
    for (const manifest of readManifests({ name: file.name, text: file.text })) {
      if (isBroken(manifest)) {
        const error = { message: bare(manifest.error), line: manifest.line };
        applied.push({ file: file.name, line: manifest.line, object: '', outcome: 'failed', error, warnings: [] });
      } else applied.push(yield* applyDocument(client, cache, file.name, manifest));
    }
  }
  return applied;
}

function* applyDocument(client: Client, cache: DiscoveryCache, file: string, manifest: Manifest): Task<AppliedDocument> {
  const warnings: string[] = [];
  const warn = function* (text: string): Task<void> {
    warnings.push(text);
  };
  const api = new Api({ client, warn, headers: {}, timeoutMs: 0 });
  const discovery = new Discovery(api, cache, '');
  const { line } = manifest;
  let object = bareName(manifest);
  try {
    const { kind, namespace, name } = yield* placeOf({ discovery, namespace: 'default', namespaceGiven: false }, manifest);
    object = qualifiedName(kind, name);
    const info = { kind, namespace, name, source: file, object: inNamespace(manifest.object, namespace), manifest };
    const { outcome } = yield* applyObject(api, info, {
      dryRun: 'none',
      fieldManager: 'kubectl-client-side-apply',
      fieldValidation: 'Strict',
      force: false,
      warn,
    });
    return { file, line, object, outcome, warnings };
  } catch (error) {
    if (!isExpected(error) && !(error instanceof NetError)) throw error;
    return { file, line, object, outcome: 'failed', error: placed(manifest, error), warnings };
  }
}

function bareName({ object }: Manifest): string {
  const kind = typeof object.kind === 'string' ? object.kind.toLowerCase() : '';
  const name = object.metadata?.name;
  return kind && name ? `${kind}/${name}` : kind;
}

/** What kubectl would print, without its `error: `. */
function bare(error: unknown): string {
  return errorText(error)
    .trimEnd()
    .replace(/^error: /, '');
}

/** An error at the line of the field that it names, or of its document. */
function placed(manifest: Manifest, error: unknown): NonNullable<AppliedDocument['error']> {
  const message = bare(error);
  const cause = error instanceof ApiError ? error.status.details?.causes?.find(({ field }) => field) : undefined;
  const field = cause?.field ?? fieldOfMessage(message);
  if (!field) return { message, line: /no matches for kind/.test(message) ? manifest.lineOf(['kind']) : manifest.line };
  return { message, line: manifest.lineOf(fieldPath(field)), field };
}
