import { describe, expect, it } from 'vitest';
import { ALL_PROGRAMS } from '../programs/list.ts';
import { runShell, testSystem } from '../testing/system.ts';
import type { System } from '../program.ts';

const set = (names: string) => new Map(names.split(' ').map((name) => [name, ALL_PROGRAMS.get(name)!]));
const busybox = set('sh ash cat ls grep wget date sleep ps head [ echo');
const debian = set('sh bash dash cat ls grep sleep');

describe('time', () => {
  it('passes while programs run, and in a loop that never waits', () => {
    expect(runShell(testSystem(), 'sleep 90').elapsedMs).toBeCloseTo(90_000, -2);
    expect(runShell(testSystem(), 'sleep 1.5m').elapsedMs).toBeCloseTo(90_000, -2);
    const { stdout, elapsedMs } = runShell(testSystem(), 'while [ $(date +%s) -lt $(($(date -d @1769860805 +%s))) ]; do :; done; date +%s');
    expect(stdout).toBe('1769860805\n');
    expect(elapsedMs).toBeGreaterThanOrEqual(5_000);
  });

  it('passes for endless output, which ends with its reader', () => {
    expect(runShell(testSystem(), 'yes | head -1; timeout 2 yes > /dev/null; echo $?').stdout).toBe('y\n124\n');
  });

  it('is shared by the stages of a pipeline', () => {
    expect(runShell(testSystem(), 'sleep 2 | sleep 3').elapsedMs).toBeLessThan(3_100);
    expect(runShell(testSystem(), 'for i in 1 2 3; do sleep 1 & done; wait').elapsedMs).toBeLessThan(1_100);
  });
});

describe('limits', () => {
  it.each([
    ['f() { f; }; f', 'bash: line 1: f: maximum function nesting level exceeded (200)\n'],
    ['x="echo \\$(eval \\"\\$x\\")"; eval "$x" 2>&1 | grep -c nesting', '1\n'],
  ])('end %s', (source, printed) => {
    expect(runShell(testSystem(), source).both).toBe(printed);
  });

  it('end a fork bomb', () => {
    const { both } = runShell(testSystem(), 'n=0; while [ $n -lt 5000 ]; do sleep 1000 & n=$((n+1)); done 2>&1 | head -1');
    expect(both).toBe('bash: line 1: fork: retry: Resource temporarily unavailable\n');
  });
});

describe('a script', () => {
  it('runs by its interpreter, with its name in errors', () => {
    const system = testSystem({ files: { '/root/s.sh': '#!/bin/bash\necho "$0 $1"\nnosuch\nexit 3\n' } });
    expect(runShell(system, './s.sh a; chmod +x s.sh; ./s.sh b; echo $?').both).toBe(
      'bash: line 1: ./s.sh: Permission denied\n./s.sh b\n./s.sh: line 3: nosuch: command not found\n3\n',
    );
    expect(runShell(system, 'bash s.sh c').stdout).toBe('s.sh c\n');
    expect(runShell(system, 'bash nofile; echo $?').both).toBe('bash: nofile: No such file or directory\n127\n');
  });

  it('is read from standard input', () => {
    expect(runShell(testSystem(), 'bash', { stdin: 'echo from input\n' }).stdout).toBe('from input\n');
  });

  it('runs its traps when a signal comes', () => {
    const source = "trap 'echo caught; exit 9' TERM; (sleep 1; kill $$) & while true; do sleep 0.1; done";
    expect(runShell(testSystem(), source)).toMatchObject({ stdout: 'caught\n', status: 9 });
  });
});

describe('other shells', () => {
  it.each([
    ['sh', busybox, 'nosuch', 'sh: nosuch: not found\n'],
    ['sh', busybox, 'cat < nofile', "sh: can't open nofile: no such file\n"],
    ['sh', busybox, 'cd nofile', "sh: cd: can't cd to nofile: No such file or directory\n"],
    [
      'sh',
      busybox,
      'grep -Q x 2>&1 | head -2',
      'grep: unrecognized option: Q\nBusyBox v1.37.0 (2024-09-26 21:31:42 UTC) multi-call binary.\n',
    ],
    ['sh', busybox, 'ls nofile; echo $?', 'ls: nofile: No such file or directory\n1\n'],
    ['sh', debian, 'nosuch', 'sh: 1: nosuch: not found\n'],
    ['sh', debian, 'echo\ncat < nofile', '\nsh: 2: cannot open nofile: No such file\n'],
    ['sh', debian, 'if', 'sh: 1: Syntax error: end of file unexpected (expecting "then")\n'],
    ['sh', debian, 'echo $((1/0))', 'sh: 1: arithmetic expression: division by zero: "1/0"\n'],
    ['sh', debian, '[ a; [ 1 -eq x ]', 'sh: 1: [: missing ]\nsh: 1: [: Illegal number: x\n'],
    ['sh', debian, 'echo "a\\nb"; echo -e x', 'a\nb\n-e x\n'],
    ['sh', debian, 'x=1; readonly x; x=2; echo no', 'sh: 1: x: is read only\n'],
    ['bash', debian, 'nosuch', 'bash: line 1: nosuch: command not found\n'],
  ])('%s speaks as its distribution does: %#', (shell, programs, source, printed) => {
    expect(runShell(testSystem({ programs }), source, { shell }).both).toBe(printed);
  });
});

describe('ssh', () => {
  it('runs a command in the shell of another machine and passes its status on', () => {
    const other = { ...testSystem({ files: { '/root/there': 'yes\n' } }), hostname: 'minion-1' };
    const system: System = testSystem({
      files: { '/etc/hosts': '10.0.0.9 minion-2\n' },
      peers: () => ({ 'minion-1': { ...other, kernel: system.kernel } }),
    });
    expect(runShell(system, 'ssh minion-1 cat there; ssh root@minion-1 "hostname; exit 4"; echo $?').both).toBe('yes\nminion-1\n4\n');
    expect(runShell(system, 'ssh minion-2 true; echo $?').both).toBe('ssh: connect to host minion-2 port 22: No route to host\n255\n');
    expect(runShell(system, 'ssh nowhere true; echo $?').both).toBe(
      'ssh: Could not resolve hostname nowhere: Name or service not known\n255\n',
    );
  });
});
