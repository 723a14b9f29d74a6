/* npm run scenario -- [--verbose] FILE.md...: runs scenarios headless and says what differs. */
import fs from 'node:fs';
import { diffOutput } from './match.ts';
import { parseScenario, ScenarioError } from './parse.ts';
import { runScenario, type StepResult } from './run.ts';

const args = process.argv.slice(2);
const verbose = args.includes('--verbose');
const files = args.filter((arg) => !arg.startsWith('--'));
const unknown = args.find((arg) => arg.startsWith('--') && arg !== '--verbose');
if (unknown !== undefined || files.length === 0) {
  console.error(unknown === undefined ? 'no scenario given' : `unknown option ${unknown}`);
  console.error('usage: npm run scenario -- [--verbose] FILE.md...');
  process.exit(2);
}

let passed = 0;
let failed = 0;
for (const file of files) runFile(file);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function runFile(file: string): void {
  const started = performance.now();
  try {
    const scenario = parseScenario(fs.readFileSync(file, 'utf8'));
    console.log(`${file}: ${scenario.title}`);
    runScenario(scenario, tell);
  } catch (error) {
    failed++;
    console.log(`  FAILED ${file}: ${error instanceof ScenarioError || isMissing(error) ? error.message : (error as Error).stack}`);
  }
  console.log(`  ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

function tell(step: StepResult): void {
  if (step.passed) passed++;
  else failed++;
  console.log(`  ${step.passed ? 'ok    ' : 'FAILED'} ${String(step.line).padStart(3)}  ${step.command}`);
  if (verbose) for (const line of step.printed) console.log(`             ${line}`);
  if (step.passed) return;
  if (step.problem !== undefined) console.log(`         ${step.problem}`);
  for (const { mark, text } of diffOutput(step.expected, step.printed, new Map())) console.log(`       ${mark} ${text}`);
}

function isMissing(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
