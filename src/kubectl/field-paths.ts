/** `spec.containers[0].image`, `metadata.labels[app]` as steps of a path. */
export function fieldPath(field: string): (string | number)[] {
  const path: (string | number)[] = [];
  for (const match of field.matchAll(/\[(\d+)\]|\[([^\]]*)\]|([^.[\]]+)/g)) {
    if (match[1] !== undefined) path.push(Number(match[1]));
    else path.push(match[2] ?? match[3]!);
  }
  return path;
}

/** The field that an error message speaks of where its Status does not name one. */
export function fieldOfMessage(message: string): string | undefined {
  const unknown = /(?:unknown|duplicate) field "([^"]+)"/.exec(message);
  if (unknown) return unknown[1];
  const type = /Go struct field \w+\.([\w.[\]/-]+) of type/.exec(message);
  return type?.[1];
}
