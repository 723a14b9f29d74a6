import { describe, expect, it } from 'vitest';
import { Kernel } from '../sim/kernel.ts';
import { MemoryFiles } from './memory-files.ts';
import { collect, extract, pack, TarError, unpack } from './tar-archive.ts';

describe('tar archives', () => {
  it('bring a tree to another place with modes and long names', () => {
    const kernel = new Kernel(1, 0);
    const files = new MemoryFiles(kernel);
    const deep = `${'d'.repeat(60)}/${'e'.repeat(60)}`;
    files.makeDirectory(`/from/${deep}`, { parents: true });
    files.write('/from/run.sh', 'echo hi\n', 0o755);
    files.write(`/from/${deep}/empty`, '');
    extract(files, '/to', unpack(pack(collect(files, '/from', 'tree'))));
    expect(files.read('/to/tree/run.sh')).toBe('echo hi\n');
    expect(files.stat('/to/tree/run.sh')?.mode).toBe(0o755);
    expect(files.read(`/to/tree/${deep}/empty`)).toBe('');
  });

  it('stay inside the directory they are extracted to', () => {
    const files = new MemoryFiles(new Kernel(1, 0));
    extract(files, '/safe', [{ name: '../../etc/passwd', directory: false, mode: 0o644, text: 'x' }]);
    expect(files.stat('/etc/passwd')).toBeUndefined();
    expect(files.read('/safe/etc/passwd')).toBe('x');
  });

  it('refuse a text that is none and one that is cut off', () => {
    expect(() => unpack('hello '.repeat(200))).toThrow(TarError);
    const archive = pack([{ name: 'a', directory: false, mode: 0o644, text: 'x'.repeat(2000) }]);
    expect(() => unpack(archive.slice(0, 1000))).toThrow('Unexpected EOF in archive');
  });
});
