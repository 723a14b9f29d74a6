import * as monaco from 'monaco-editor/editor/editor.api.js';
import 'monaco-editor/features/codeEditor/register.js';
import 'monaco-editor/features/codicon/register.js';
import 'monaco-editor/features/bracketMatching/register.js';
import 'monaco-editor/features/caretOperations/register.js';
import 'monaco-editor/features/clipboard/register.js';
import 'monaco-editor/features/comment/register.js';
import 'monaco-editor/features/contextmenu/register.js';
import 'monaco-editor/features/cursorUndo/register.js';
import 'monaco-editor/features/find/register.js';
import 'monaco-editor/features/folding/register.js';
import 'monaco-editor/features/format/register.js';
import 'monaco-editor/features/gotoError/register.js';
import 'monaco-editor/features/hover/register.js';
import 'monaco-editor/features/indentation/register.js';
import 'monaco-editor/features/lineSelection/register.js';
import 'monaco-editor/features/linesOperations/register.js';
import 'monaco-editor/features/multicursor/register.js';
import 'monaco-editor/features/smartSelect/register.js';
import 'monaco-editor/features/snippet/register.js';
import 'monaco-editor/features/suggest/register.js';
import 'monaco-editor/features/wordHighlighter/register.js';
import 'monaco-editor/features/wordOperations/register.js';
// The feature above registers inline suggestions only; the list comes from here.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';
import 'monaco-editor/languages/definitions/yaml/register.js';
import { configureMonacoYaml } from 'monaco-yaml';
import schemaText from 'virtual:kubernetes-schema';
// oxlint-disable-next-line import/default -- made by Vite
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker';
// oxlint-disable-next-line import/default -- made by Vite
import YamlWorker from './yaml.worker.ts?worker';
import { fileStore } from '../../store/files.ts';
import type { FileProblem } from '../../store/files.ts';

/* Everything of Monaco; loaded by itself, long after the graph is alive. */

self.MonacoEnvironment = { getWorker: () => new EditorWorker() };

/** monaco-yaml asks for a worker the old way; Monaco wants a ready one (monaco-yaml issue 272). */
const editorForYaml = {
  ...monaco.editor,
  createWebWorker(options: { createData?: unknown }) {
    const worker = new YamlWorker();
    worker.postMessage('ignore');
    worker.postMessage(options.createData);
    return monaco.editor.createWebWorker({ worker } as never);
  },
};

configureMonacoYaml({ ...monaco, editor: editorForYaml } as never, {
  enableSchemaRequest: false,
  validate: true,
  completion: true,
  hover: true,
  format: { enable: true },
  yamlVersion: '1.1',
  schemas: [{ uri: 'kubarium://schema/kubernetes.json', fileMatch: ['*'], schema: JSON.parse(schemaText) }],
});

function defineThemes(): void {
  const style = getComputedStyle(document.documentElement);
  // Monaco takes no short form, which is what the build makes of #ffffff.
  const colours = (name: string) =>
    style
      .getPropertyValue(name)
      .trim()
      .replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3');
  const dark = document.documentElement.dataset['theme'] === 'dark';
  const rule = (token: string, name: string) => ({ token, foreground: colours(name).slice(1) });
  monaco.editor.defineTheme('kubarium', {
    base: dark ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      rule('type', '--accent'),
      rule('keyword', '--accent'),
      rule('string', '--ok'),
      rule('number', '--warn'),
      rule('number.float', '--warn'),
      { ...rule('comment', '--text-faint'), fontStyle: 'italic' },
      rule('operators', '--text-soft'),
      rule('delimiter', '--text-soft'),
    ],
    colors: {
      'editor.background': colours('--surface'),
      'editor.foreground': colours('--text'),
      'editorLineNumber.foreground': colours('--text-faint'),
      'editorLineNumber.activeForeground': colours('--text'),
      'editor.lineHighlightBackground': colours('--surface-sunk'),
      'editor.lineHighlightBorder': '#00000000',
      'editorIndentGuide.background1': colours('--line'),
      'editorWidget.background': colours('--surface'),
      'editorWidget.border': colours('--line-strong'),
      'editorSuggestWidget.selectedBackground': colours('--accent-soft'),
      'editorSuggestWidget.selectedForeground': colours('--text'),
      'editorHoverWidget.background': colours('--surface'),
      'editorHoverWidget.border': colours('--line-strong'),
      focusBorder: colours('--accent'),
    },
  });
  monaco.editor.setTheme('kubarium');
}

export interface CodeEditor {
  /** Shows a file, with its own undo history and place. */
  show(name: string): void;
  reveal(line: number): void;
  focus(): void;
  insert(text: string): void;
  dispose(): void;
}

interface CodeEditorOptions {
  readonly onChange: (name: string, text: string) => void;
  readonly onApply: () => void;
  readonly onProblems: (name: string, problems: readonly FileProblem[]) => void;
}

const uriOf = (name: string) => monaco.Uri.from({ scheme: 'file', path: `/${name}` });

/** Puts an editor into an element. Files live in the store; every file has a model while it exists. */
export function createCodeEditor(element: HTMLElement, options: CodeEditorOptions): CodeEditor {
  defineThemes();
  const themeWatch = new MutationObserver(defineThemes);
  themeWatch.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const editor = monaco.editor.create(element, {
    model: null,
    automaticLayout: true,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-code'),
    fontSize: 12.5,
    lineHeight: 20,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    padding: { top: 10, bottom: 16 },
    tabSize: 2,
    renderLineHighlight: 'line',
    lineNumbersMinChars: 3,
    lineDecorationsWidth: 8,
    overviewRulerLanes: 2,
    overviewRulerBorder: false,
    fixedOverflowWidgets: true,
    quickSuggestions: { other: true, comments: false, strings: true },
    wordBasedSuggestions: 'off',
    stickyScroll: { enabled: false },
    unicodeHighlight: { ambiguousCharacters: false },
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
    ariaLabel: 'Manifest',
  });
  editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, options.onApply);
  const views = new Map<string, monaco.editor.ICodeEditorViewState | null>();
  let shown = '';

  const modelOf = (name: string): monaco.editor.ITextModel => {
    const text = fileStore.getState().files.find((file) => file.name === name)?.text ?? '';
    const present = monaco.editor.getModel(uriOf(name));
    if (present) {
      if (present.getValue() !== text) present.setValue(text);
      return present;
    }
    const model = monaco.editor.createModel(text, 'yaml', uriOf(name));
    model.onDidChangeContent(() => options.onChange(name, model.getValue()));
    return model;
  };

  const markers = monaco.editor.onDidChangeMarkers((uris) => {
    for (const uri of uris) {
      const name = uri.path.slice(1);
      const found = monaco.editor.getModelMarkers({ resource: uri }).filter((marker) => marker.owner !== 'cluster');
      options.onProblems(
        name,
        found.map((marker) => ({
          file: name,
          line: marker.startLineNumber,
          message: marker.message,
          severity: marker.severity === monaco.MarkerSeverity.Error ? 'error' : 'warning',
          source: 'schema',
        })),
      );
    }
  });

  const showRefusals = () => {
    for (const model of monaco.editor.getModels()) {
      const problems = fileStore.getState().refused[model.uri.path.slice(1)] ?? [];
      monaco.editor.setModelMarkers(
        model,
        'cluster',
        problems.map((problem) => marker(model, problem)),
      );
    }
  };
  const stopWatching = fileStore.subscribe((state, before) => {
    if (state.refused !== before.refused) showRefusals();
    if (state.files === before.files) return;
    const names = new Set(state.files.map((file) => file.name));
    for (const model of monaco.editor.getModels()) if (!names.has(model.uri.path.slice(1))) model.dispose();
  });

  return {
    show(name) {
      if (shown) views.set(shown, editor.saveViewState());
      shown = name;
      const model = modelOf(name);
      if (editor.getModel() !== model) editor.setModel(model);
      const view = views.get(name);
      if (view) editor.restoreViewState(view);
      showRefusals();
    },
    reveal(line) {
      editor.revealLineInCenter(line);
      editor.setPosition({ lineNumber: line, column: 1 });
      editor.focus();
    },
    focus: () => editor.focus(),
    insert: (text) => editor.trigger('kubarium', 'type', { text }),
    dispose() {
      themeWatch.disconnect();
      stopWatching();
      markers.dispose();
      editor.dispose();
      for (const model of monaco.editor.getModels()) model.dispose();
    },
  };
}

function marker(model: monaco.editor.ITextModel, problem: FileProblem): monaco.editor.IMarkerData {
  const line = Math.min(Math.max(1, problem.line), model.getLineCount());
  return {
    startLineNumber: line,
    endLineNumber: line,
    startColumn: model.getLineFirstNonWhitespaceColumn(line) || 1,
    endColumn: model.getLineMaxColumn(line),
    message: problem.message,
    source: 'API server',
    severity: problem.severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
  };
}
