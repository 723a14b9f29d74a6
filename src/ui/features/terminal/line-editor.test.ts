import { describe, expect, it } from 'vitest';
import { LineEditor } from './line-editor.ts';

function editor() {
  const calls: string[] = [];
  const line = new LineEditor({
    submit: (text) => calls.push(`submit ${text}`),
    render() {},
    complete: (text, cursor, again) => calls.push(`complete ${text.slice(0, cursor)}|${again}`),
    interrupt: () => calls.push('interrupt'),
    endOfInput: () => calls.push('end'),
    clearScreen: () => calls.push('clear'),
  });
  return { line, calls };
}

describe('the line editor', () => {
  it.each([
    ['types in the middle', 'getpods\x1b[D\x1b[D\x1b[D\x1b[D ', 'get| pods'.replace('|', ''), 4],
    ['goes to both ends', 'b\x01a\x05c', 'abc', 3],
    ['deletes back and forth', 'abcd\x7f\x01\x1b[3~', 'bc', 0],
    ['cuts to the start and pastes', 'one two\x15x\x19', 'xone two', 8],
    ['cuts to the end', 'one two\x1b[1;5D\x0b', 'one ', 4],
    ['cuts a word', 'kubectl get pods\x17', 'kubectl get ', 12],
    ['ignores keys it does not know', 'a\x1b[15~b', 'ab', 2],
  ])('%s', (_, keys, text, cursor) => {
    const { line } = editor();
    line.feed(keys);
    expect([line.text, line.cursor]).toEqual([text, cursor]);
  });

  it('hands over a line and keeps the rest of a paste for the next prompt', () => {
    const { line, calls } = editor();
    expect(line.feed('kubectl get pods\r\nls\r')).toBe('ls\r');
    expect(calls).toEqual(['submit kubectl get pods']);
    expect(line.text).toBe('');
  });

  it('recalls what was typed before and the line that was begun', () => {
    const { line } = editor();
    line.feed('one\r');
    line.feed('two\r');
    line.feed('thr\x1b[A\x1b[A');
    expect(line.text).toBe('one');
    line.feed('\x1b[B\x1b[B');
    expect(line.text).toBe('thr');
  });

  it('tells a second Tab from the first', () => {
    const { line, calls } = editor();
    line.feed('kub\t\t');
    expect(calls).toEqual(['complete kub|false', 'complete kub|true']);
  });

  it('ends the input only on an empty line', () => {
    const { line, calls } = editor();
    line.feed('ab\x1b[D\x04');
    expect(line.text).toBe('a');
    line.feed('\x15\x0b\x04');
    expect(calls).toEqual(['end']);
  });
});
