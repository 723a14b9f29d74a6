import { base64Length } from './base64-length.ts';
import { decodeBase64 } from '../../api/base64.ts';
import type { ConfigMap, Secret, ServiceAccount } from '../../api/kinds.ts';
import { describeHead, describeOwnEvents, type Describer } from './describer.ts';

export const describeConfigMap: Describer<ConfigMap> = function* (w, map, context) {
  describeHead(w, map);
  w.raw('\nData\n====\n');
  for (const key of Object.keys(map.data ?? {}).sort()) w.raw(`${key}:\n----\n${map.data![key]}\n\n`);
  w.raw('\nBinaryData\n====\n');
  for (const key of Object.keys(map.binaryData ?? {}).sort()) w.raw(`${key}: ${base64Length(map.binaryData![key]!)} bytes\n`);
  w.raw('\n');
  yield* describeOwnEvents(w, map, context);
};

export const describeSecret: Describer<Secret> = function* (w, secret) {
  describeHead(w, secret);
  w.raw(`\nType:\t${secret.type ?? ''}\n`);
  w.raw('\nData\n====\n');
  for (const key of Object.keys(secret.data ?? {}).sort()) {
    const value = secret.data![key]!;
    const isToken = key === 'token' && secret.type === 'kubernetes.io/service-account-token';
    w.field(key, isToken ? (decodeBase64(value) ?? '') : `${base64Length(value)} bytes`);
  }
};

export const describeServiceAccount: Describer<ServiceAccount> = function* (w, account, context) {
  describeHead(w, account);
  w.column(
    'Image pull secrets',
    '',
    (account.imagePullSecrets ?? []).map(({ name }) => name ?? ''),
  );
  yield* describeOwnEvents(w, account, context);
};
