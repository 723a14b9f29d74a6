import { describe, expect, it } from 'vitest';
import { openTerminal } from './terminal.ts';
import { testSystem } from './testing/system.ts';

function session(prompt = '$ ', echo = false) {
  const system = testSystem();
  const log: string[] = [];
  let output = '';
  const terminal = openTerminal(system, {
    prompt,
    echo,
    onOutput: (text) => (output += text),
    onPrompt: (text) => log.push(text === undefined ? '-' : `<${text}>`),
    onClose: (code) => log.push(`closed ${code}`),
  });
  const { kernel } = system;
  const run = (ms = 1_000) => kernel.run({ untilMs: kernel.now + ms });
  const type = (line: string, ms?: number) => {
    output = '';
    terminal.typeLine(line);
    run(ms);
    return output;
  };
  run();
  return { system, terminal, type, run, log, takeOutput: () => output };
}

describe('a terminal', () => {
  it('keeps one shell: variables, the working directory, functions and aliases last', () => {
    const { type } = session();
    type('x=5; cd /tmp; f() { echo "f $1"; }; alias hi="echo hello"');
    expect(type('echo $x $(pwd); f 1; hi you')).toBe('5 /tmp\nf 1\nhello you\n');
  });

  it('tells prompts apart from output', () => {
    const { type, log, terminal } = session('\\u@\\h:\\w\\$ ');
    expect(terminal.prompt).toBe('root@host:~# ');
    type('cd /etc');
    expect(terminal.prompt).toBe('root@host:/etc# ');
    expect(type('printf partial')).toBe('');
    expect(terminal.prompt).toBe('partialroot@host:/etc# ');
    expect(log.slice(0, 3)).toEqual(['<root@host:~# >', '-', '<root@host:/etc# >']);
  });

  it('prints a line without its end once no prompt follows', () => {
    const { type, terminal } = session();
    expect(type('printf waiting...; sleep 5', 100)).toBe('waiting...');
    expect(terminal.awaitingInput).toBe(false);
    expect(terminal.prompt).toBeUndefined();
  });

  it('reads on while a line is not complete', () => {
    const { type, terminal } = session();
    type('for i in 1 2');
    expect(terminal.prompt).toBe('> ');
    type('do echo $i');
    expect(type('done')).toBe('1\n2\n');
    type('cat <<E');
    type('text $((1+1))');
    expect(type('E')).toBe('text 2\n');
    type('echo "a');
    expect(type('b"')).toBe('a\nb\n');
  });

  it('words errors without line numbers', () => {
    const { type } = session();
    expect(type('nosuch')).toBe('bash: nosuch: command not found\n');
    expect(type('echo | nosuch')).toBe('bash: nosuch: command not found\n');
    expect(type('done')).toBe("bash: syntax error near unexpected token `done'\n");
    expect(type('echo $?')).toBe('2\n');
    expect(type('echo ${x?gone}; echo not reached')).toBe('bash: x: gone\n');
    expect(type('echo still here')).toBe('still here\n');
  });

  it('gives typed lines to programs that read', () => {
    const { type, terminal } = session();
    type('cat');
    expect(terminal.prompt).toBe('');
    expect(type('some text')).toBe('some text\n');
    terminal.endOfInput();
    expect(type('echo back')).toBe('back\n');
  });

  it('interrupts the foreground with 130 and leaves the shell alone', () => {
    const { type, terminal, run } = session();
    type('while true; do :; done', 50);
    terminal.interrupt();
    run();
    expect(type('echo $?')).toBe('130\n');
    type('yes | cat > /dev/null', 50);
    terminal.interrupt();
    run();
    expect(type('echo $?')).toBe('130\n');
    terminal.interrupt();
    run();
    expect(type('echo $?')).toBe('130\n');
  });

  it('runs jobs in the background and tells when they have ended', () => {
    const { type } = session();
    expect(type('sleep 3 &')).toMatch(/^\[1\] \d+\n$/);
    expect(type('jobs')).toBe('[1]+  Running                 sleep 3 &\n');
    expect(type('sleep 5', 6_000)).toBe('[1]+  Done                    sleep 3\n');
    expect(type('(exit 3) &')).toMatch(/^\[1\] \d+\n/);
    type('');
    type('sleep 100 & kill %1');
    expect(type('jobs')).toBe('');
  });

  it('survives the interrupt of a foreground command with its background jobs', () => {
    const { type, terminal, run } = session();
    type('(sleep 5; echo done > /tmp/f) &');
    type('sleep 100', 50);
    terminal.interrupt();
    run(10_000);
    expect(type('cat /tmp/f')).toMatch(/^done\n\[1\]\+  Done /);
  });

  it('can be typed ahead', () => {
    const { terminal, run, takeOutput } = session();
    terminal.typeLine('sleep 1; echo one');
    terminal.typeLine('echo two');
    run(3_000);
    expect(takeOutput()).toBe('one\ntwo\n');
  });

  it('closes with the exit code of the shell', () => {
    const first = session();
    first.type('exit 4');
    expect(first.log.at(-1)).toBe('closed 4');
    expect(first.terminal.closed).toBe(true);
    const second = session();
    second.terminal.endOfInput();
    second.run();
    expect(second.log.at(-1)).toBe('closed 0');
    const third = session();
    third.type('sleep 100', 10);
    third.terminal.close();
    expect(third.log.at(-1)).toBe('closed 129');
  });

  it('puts what is typed into the output if asked', () => {
    const { type } = session('$ ', true);
    expect(type('echo hi')).toBe('$ echo hi\nhi\n');
  });

  it.each([
    ['ech', ['echo']],
    ['cat /et', ['/etc/']],
    ['cat a', ['a\\ b', 'a.txt']],
    ['echo x | gre', ['grep']],
    ['echo $HO', ['$HOME']],
    ['ls d/', ['d/inner']],
    ['myf', ['myfunction']],
  ])('completes %s', (line, words) => {
    const { type, terminal } = session();
    type('touch a.txt "a b"; mkdir d; touch d/inner; myfunction() { :; }');
    expect(terminal.complete(line, line.length)).toEqual(words);
  });
});
