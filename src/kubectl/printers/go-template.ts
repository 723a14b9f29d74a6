import { goValue } from '../../api/print.ts';
import { CliError } from '../errors.ts';
import { parseTemplate, TemplateError, type Expression, type Node } from './go-template-parser.ts';
import { callFunction, isTrue } from './go-template-functions.ts';
import type { KubeObject } from '../../api/object.ts';

/** Prints `-o go-template=...`: the actions, pipelines and functions of text/template that templates for kubectl use. */
export function templatePrinter(text: string, allowMissing: boolean): (object: KubeObject) => string {
  let nodes: readonly Node[];
  try {
    nodes = parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateError) throw new CliError(`error parsing template ${text}, template: output:${error.message}`);
    throw error;
  }
  return (object) => {
    try {
      const run = new Run(object, allowMissing);
      run.nodes(nodes, object);
      return run.output;
    } catch (error) {
      if (error instanceof TemplateError) throw new CliError(`error executing template "${text}": template: output:${error.message}`);
      throw error;
    }
  };
}

/** How `{{break}}` and `{{continue}}` leave the body of a range. */
class LoopControl {
  readonly kind: 'break' | 'continue';

  constructor(kind: 'break' | 'continue') {
    this.kind = kind;
  }
}

class Run {
  output = '';
  private readonly variables = new Map<string, unknown>();
  private readonly allowMissing: boolean;

  constructor(root: unknown, allowMissing: boolean) {
    this.allowMissing = allowMissing;
    this.variables.set('$', root);
  }

  nodes(nodes: readonly Node[], dot: unknown): void {
    for (const node of nodes) this.node(node, dot);
  }

  private node(node: Node, dot: unknown): void {
    switch (node.kind) {
      case 'text':
        this.output += node.text;
        return;
      case 'action': {
        const value = this.evaluate(node.pipeline, dot);
        if (node.variable) this.variables.set(node.variable, value);
        else this.output += shown(value);
        return;
      }
      case 'if': {
        if (isTrue(this.evaluate(node.pipeline, dot))) this.nodes(node.body, dot);
        else this.nodes(node.otherwise, dot);
        return;
      }
      case 'with': {
        const value = this.evaluate(node.pipeline, dot);
        if (isTrue(value)) this.nodes(node.body, value);
        else this.nodes(node.otherwise, dot);
        return;
      }
      case 'range':
        this.range(node, dot);
        return;
      case 'loop':
        throw new LoopControl(node.control);
    }
  }

  private range(node: Extract<Node, { kind: 'range' }>, dot: unknown): void {
    const entries = entriesOf(this.evaluate(node.pipeline, dot));
    if (entries.length === 0) this.nodes(node.otherwise, dot);
    for (const [key, value] of entries) {
      const [first, second] = node.variables;
      if (second) this.variables.set(first!, key).set(second, value);
      else if (first) this.variables.set(first, value);
      try {
        this.nodes(node.body, value);
      } catch (error) {
        if (!(error instanceof LoopControl)) throw error;
        if (error.kind === 'break') return;
      }
    }
  }

  private evaluate(pipeline: readonly Expression[], dot: unknown): unknown {
    let value: unknown;
    pipeline.forEach((expression, at) => {
      value = this.expression(expression, dot, at === 0 ? [] : [value]);
    });
    return value;
  }

  private expression(expression: Expression, dot: unknown, piped: readonly unknown[]): unknown {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'dot':
        return dot;
      case 'field':
        return this.fields(dot, expression.path);
      case 'variable':
        return this.fields(this.variables.get(expression.name), expression.path);
      case 'group':
        return this.fields(this.evaluate(expression.pipeline, dot), expression.path);
      case 'call':
        return this.call(expression.name, expression.args, dot, piped);
    }
  }

  private call(name: string, args: readonly Expression[], dot: unknown, piped: readonly unknown[]): unknown {
    // These two stop at the first argument that decides.
    if (name === 'and' || name === 'or') {
      let value: unknown;
      for (const argument of args) {
        value = this.expression(argument, dot, []);
        if (isTrue(value) === (name === 'or')) return value;
      }
      return piped.length > 0 ? piped[0] : value;
    }
    return callFunction(name, [...args.map((argument) => this.expression(argument, dot, [])), ...piped]);
  }

  private fields(value: unknown, path: readonly string[]): unknown {
    let current = value;
    for (const name of path) {
      if (current === undefined || current === null) {
        if (this.allowMissing) return undefined;
        throw new TemplateError(`1: nil data; no entry for key "${name}"`);
      }
      if (typeof current !== 'object' || Array.isArray(current))
        throw new TemplateError(`1: can't evaluate field ${name} in type interface {}`);
      current = (current as Record<string, unknown>)[name];
      if (current === undefined && !this.allowMissing) throw new TemplateError(`1: map has no entry for key "${name}"`);
    }
    return current;
  }
}

function entriesOf(value: unknown): [unknown, unknown][] {
  if (Array.isArray(value)) return value.map((item, at) => [at, item]);
  if (typeof value === 'number') return Array.from({ length: value }, (_, at) => [at, at]);
  if (typeof value !== 'object' || value === null) return [];
  const record = value as Record<string, unknown>;
  return Object.keys(record)
    .sort()
    .map((key) => [key, record[key]]);
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '<no value>';
  return goValue(value);
}
