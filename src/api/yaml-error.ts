/** A text that is no YAML or JSON, in kubectl's words: `yaml: line 3: could not find expected ':'`. */
export class YamlError extends Error {
  override name = 'YamlError';
  /** From 1, within the whole text. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }

  /** A problem at a line as go-yaml counts them: it names none for the first, and often the one before. */
  static of(problem: string, line: number | undefined): YamlError {
    return new YamlError(line === undefined ? `yaml: ${problem}` : `yaml: line ${line}: ${problem}`, line ?? 1);
  }
}
