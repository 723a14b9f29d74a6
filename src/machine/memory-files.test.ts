import { describe, expect, it } from 'vitest';
import { Kernel } from '../sim/kernel.ts';
import { FileError } from './files.ts';
import { fileLayer, MemoryFiles, utf8Length } from './memory-files.ts';

const kernel = () => new Kernel(1, 1_000_000);

function codeOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (error instanceof FileError) return error.code;
    throw error;
  }
  return 'none';
}

describe('files in memory', () => {
  it('keeps texts, sizes in UTF-8 and virtual times', () => {
    const clock = kernel();
    const files = new MemoryFiles(clock);
    clock.now = 500;
    files.write('/tmp/a', 'é');
    clock.now = 900;
    files.append('/tmp/a', 'x');
    expect(files.read('/tmp/../tmp/./a')).toBe('éx');
    expect(files.stat('/tmp/a')).toEqual({ type: 'file', size: 3, mode: 0o644, modifiedMs: 1_000_900 });
  });

  it('shares a base layer and keeps changes to itself', () => {
    const layer = fileLayer({ '/etc/motd': 'hello\n', '/usr/bin/tool': '#!/bin/sh\n', '/data/': '' });
    const one = new MemoryFiles(kernel(), { base: layer });
    const two = new MemoryFiles(kernel(), { base: layer });
    one.append('/etc/motd', 'more\n');
    one.remove('/usr/bin/tool');
    one.write('/data/new', '1');
    expect(one.read('/etc/motd')).toBe('hello\nmore\n');
    expect(two.read('/etc/motd')).toBe('hello\n');
    expect(two.list('/data')).toEqual([]);
    expect(two.stat('/usr/bin/tool')?.mode).toBe(0o755);
    expect(one.stat('/usr/bin/tool')).toBeUndefined();
  });

  it.each([
    ['ENOENT', (files: MemoryFiles) => files.read('/nope')],
    ['ENOENT', (files: MemoryFiles) => files.write('/nope/x', '')],
    ['EISDIR', (files: MemoryFiles) => files.read('/etc')],
    ['EISDIR', (files: MemoryFiles) => files.write('/etc', '')],
    ['ENOTDIR', (files: MemoryFiles) => files.list('/tmp/file')],
    ['ENOTDIR', (files: MemoryFiles) => files.read('/tmp/file/x')],
    ['ENOTDIR', (files: MemoryFiles) => files.write('/tmp/file/x', '')],
    ['EEXIST', (files: MemoryFiles) => files.makeDirectory('/tmp')],
    ['ENOENT', (files: MemoryFiles) => files.makeDirectory('/a/b')],
    ['none', (files: MemoryFiles) => files.makeDirectory('/a/b', { parents: true })],
    ['none', (files: MemoryFiles) => files.makeDirectory('/tmp', { parents: true })],
    ['ENOTEMPTY', (files: MemoryFiles) => files.remove('/tmp')],
    ['none', (files: MemoryFiles) => files.remove('/tmp', { recursive: true })],
    ['ENOENT', (files: MemoryFiles) => files.rename('/nope', '/tmp/x')],
    ['EISDIR', (files: MemoryFiles) => files.rename('/tmp/file', '/etc')],
    ['EACCES', (files: MemoryFiles) => files.remove('/dev/null')],
  ])('answers %s', (code, action) => {
    const files = new MemoryFiles(kernel());
    files.write('/tmp/file', 'x');
    expect(codeOf(() => action(files))).toBe(code);
  });

  it('refuses changes when read-only and more than its capacity', () => {
    expect(codeOf(() => new MemoryFiles(kernel(), { readOnly: true }).write('/tmp/x', ''))).toBe('EROFS');
    const small = new MemoryFiles(kernel(), { capacityBytes: 10 });
    small.write('/tmp/x', '12345678');
    expect(codeOf(() => small.append('/tmp/x', 'abc'))).toBe('ENOSPC');
    small.remove('/tmp/x');
    expect(codeOf(() => small.write('/tmp/y', '1234567890'))).toBe('none');
  });

  it('swallows what is written to /dev/null', () => {
    const files = new MemoryFiles(kernel());
    files.write('/dev/null', 'x');
    expect(files.read('/dev/null')).toBe('');
  });

  it.each([
    ['a', 1],
    ['é', 2],
    ['€', 3],
    ['😀', 4],
  ])('counts the bytes of %s', (text, bytes) => expect(utf8Length(text)).toBe(bytes));
});
