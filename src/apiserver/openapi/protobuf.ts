import { stringify } from 'yaml';
import type { OpenApiSchema } from './definitions.ts';

/*
 * OpenAPI v2 documents in the protobuf form that older kubectls insist on (gnostic openapiv2
 * OpenAPIv2.proto). Only what the documents here hold is written.
 */

/** Writes the wire format of protobuf. */
class Writer {
  private readonly bytes: number[] = [];

  text(field: number, value: string | undefined): this {
    if (value) this.blob(field, new TextEncoder().encode(value));
    return this;
  }

  texts(field: number, values: readonly string[] | undefined): this {
    for (const value of values ?? []) this.blob(field, new TextEncoder().encode(value));
    return this;
  }

  boolean(field: number, value: unknown): this {
    if (value) {
      this.varint(field << 3);
      this.varint(1);
    }
    return this;
  }

  message(field: number, message: Writer | undefined): this {
    if (message) this.blob(field, message.bytes);
    return this;
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }

  private blob(field: number, bytes: Uint8Array | readonly number[]): void {
    this.varint((field << 3) | 2);
    this.varint(bytes.length);
    for (const byte of bytes) this.bytes.push(byte);
  }

  private varint(value: number): void {
    let left = value;
    while (left > 127) {
      this.bytes.push((left & 127) | 128);
      left >>>= 7;
    }
    this.bytes.push(left);
  }
}

function any(value: unknown): Writer {
  return new Writer().text(2, stringify(value));
}

function extensions(writer: Writer, field: number, value: OpenApiSchema): Writer {
  for (const [name, inner] of Object.entries(value)) {
    if (name.startsWith('x-')) writer.message(field, new Writer().text(1, name).message(2, any(inner)));
  }
  return writer;
}

function named(name: string, value: Writer): Writer {
  return new Writer().text(1, name).message(2, value);
}

function schema(value: OpenApiSchema): Writer {
  const writer = new Writer()
    .text(1, value.$ref)
    .text(2, value.format)
    .text(4, value.description)
    .text(13, value.pattern)
    .texts(19, value.required);
  for (const one of value.enum ?? []) writer.message(20, any(one));
  if (typeof value.additionalProperties === 'object') writer.message(21, new Writer().message(1, schema(value.additionalProperties)));
  else if (value.additionalProperties === true) writer.message(21, new Writer().boolean(2, true));
  if (value.type) writer.message(22, new Writer().text(1, value.type));
  if (value.items && !Array.isArray(value.items)) writer.message(23, new Writer().message(1, schema(value.items)));
  if (value.properties) {
    const properties = new Writer();
    for (const [name, inner] of Object.entries(value.properties)) properties.message(1, named(name, schema(inner as OpenApiSchema)));
    writer.message(25, properties);
  }
  return extensions(writer, 31, value);
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly type: string;
}

function parameterItem({ name, in: place, type }: Parameter): Writer {
  const sub =
    place === 'path'
      ? new Writer().boolean(1, true).text(2, 'path').text(4, name).text(5, type)
      : new Writer().text(2, 'query').text(4, name).text(6, type);
  const nonBody = new Writer().message(place === 'path' ? 4 : 3, sub);
  return new Writer().message(1, new Writer().message(2, nonBody));
}

function operation(value: OpenApiSchema): Writer {
  const writer = new Writer().text(5, value.operationId);
  for (const parameter of (value.parameters ?? []) as Parameter[]) writer.message(8, parameterItem(parameter));
  const response = new Writer().message(1, new Writer().text(1, 'OK'));
  writer.message(9, new Writer().message(1, named('200', response)));
  return extensions(writer, 13, value);
}

const METHODS: Readonly<Record<string, number>> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };

function pathItem(value: OpenApiSchema): Writer {
  const writer = new Writer();
  for (const [method, field] of Object.entries(METHODS))
    if (value[method]) writer.message(field, operation(value[method] as OpenApiSchema));
  for (const parameter of (value.parameters ?? []) as Parameter[]) writer.message(9, parameterItem(parameter));
  return writer;
}

/** A document of OpenAPI v2 as protobuf. */
export function encodeOpenApiV2(document: OpenApiSchema): Uint8Array {
  const paths = new Writer();
  for (const [path, item] of Object.entries(document.paths)) paths.message(2, named(path, pathItem(item as OpenApiSchema)));
  const definitions = new Writer();
  for (const [name, value] of Object.entries(document.definitions)) definitions.message(1, named(name, schema(value as OpenApiSchema)));
  const info = new Writer().text(1, document.info.title).text(2, document.info.version);
  return new Writer().text(1, document.swagger).message(2, info).message(8, paths).message(9, definitions).finish();
}
