import { describe, expect, it } from 'vitest';
import { generateSchema } from './generate.ts';

const schema = generateSchema('src/api/facts/schema.json', 'src/api/facts/discovery.json') as any;
const branch = (kind: string) => schema.allOf.filter((one: any) => one.if.properties.kind.const === kind);

describe('the editor schema', () => {
  it('has a branch for every kind that can be created, with its versions', () => {
    expect(branch('Deployment')[0].then.allOf[1].properties.apiVersion.enum).toContain('apps/v1');
    expect(branch('Deployment')[0].then.allOf[1].properties.apiVersion.enum).not.toContain('v1');
    expect(
      branch('Event')
        .map((one: any) => one.if.properties.apiVersion.enum[0])
        .sort(),
    ).toEqual(['events.k8s.io/v1', 'v1']);
  });

  it('describes fields and knows which values they take', () => {
    const port = schema.definitions['core.v1.ContainerPort'];
    expect(port.properties.protocol.enum).toEqual(['SCTP', 'TCP', 'UDP']);
    expect(port.properties.containerPort.description).toMatch(/port to expose/i);
    expect(port.required).toEqual(['containerPort']);
  });

  it('refers only to definitions it has', () => {
    const references = [...JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)].map((match) => match[1]!);
    expect(references.filter((name) => !(name in schema.definitions))).toEqual([]);
  });
});
