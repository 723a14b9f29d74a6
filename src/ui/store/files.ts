import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { AppliedDocument, InputFile } from '../../protocol/messages.ts';
import { notify } from './notices.ts';
import { setView } from './view.ts';

/* The sandbox's files: what the editor shows as tabs and the cluster is given to apply. */

/** Something wrong in a file, at a line (from 1). */
export interface FileProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly severity: 'error' | 'warning';
  /** Who says so. */
  readonly source: 'schema' | 'cluster';
}

export interface FilesState {
  readonly files: readonly InputFile[];
  readonly active: string;
  /** By file, from the editor's own checks. */
  readonly checked: Readonly<Record<string, readonly FileProblem[]>>;
  /** By file, from the last apply. */
  readonly refused: Readonly<Record<string, readonly FileProblem[]>>;
  /** What became of the documents of the last apply; undefined before the first and after a change. */
  readonly outcome: readonly AppliedDocument[] | undefined;
  readonly applying: boolean;
  /** Where the editor should go; `at` tells requests apart. */
  readonly reveal: { readonly file: string; readonly line: number; readonly at: number } | undefined;
}

/** A file larger than this would freeze the page's editor and no cluster would take it. */
export const MAX_FILE_BYTES = 1_000_000;

export const fileStore = createStore<FilesState>(() => ({
  files: [],
  active: '',
  checked: {},
  refused: {},
  outcome: undefined,
  applying: false,
  reveal: undefined,
}));

export function useFiles<T>(selector: (state: FilesState) => T): T {
  return useStore(fileStore, selector);
}

export function resetFiles(files: readonly InputFile[]): void {
  const shown = files.length ? files : [{ name: 'untitled.yaml', text: '' }];
  fileStore.setState({ files: shown, active: shown[0]!.name, checked: {}, refused: {}, outcome: undefined });
}

export function setText(name: string, text: string): void {
  fileStore.setState((state) => ({
    files: state.files.map((file) => (file.name === name ? { name, text } : file)),
    refused: { ...state.refused, [name]: [] },
  }));
}

export function activate(name: string): void {
  fileStore.setState({ active: name });
}

/** Adds a file, under another name if that one is taken, and shows it. */
export function addFile(wanted: string, text: string): void {
  const { files } = fileStore.getState();
  const present = files.find((file) => file.name === wanted);
  if (present?.text === text) return activate(wanted);
  const name = freeName(wanted, new Set(files.map((file) => file.name)));
  const untouched = files.length === 1 && files[0]!.name === 'untitled.yaml' && files[0]!.text.trim() === '';
  fileStore.setState({ files: untouched ? [{ name, text }] : [...files, { name, text }], active: name });
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const dot = wanted.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ''];
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${stem}-${number}${ending}`;
  return name;
}

export function closeFile(name: string): void {
  const { files, active } = fileStore.getState();
  const at = files.findIndex((file) => file.name === name);
  const rest = files.filter((file) => file.name !== name);
  if (!rest.length) rest.push({ name: 'untitled.yaml', text: '' });
  fileStore.setState({ files: rest, active: active === name ? rest[Math.min(at, rest.length - 1)]!.name : active });
}

let reveals = 0;

export function revealLine(file: string, line: number): void {
  fileStore.setState({ active: file, reveal: { file, line, at: ++reveals } });
  setView({ rightOpen: true, rightTab: 'editor', narrowPage: 'editor' });
}

/** Takes dropped or chosen files in, and says clearly which it does not take. */
export async function takeFiles(list: Iterable<File>): Promise<void> {
  for (const file of list) {
    if (!/\.(ya?ml|json)$/i.test(file.name)) {
      notify('warning', `${file.name} was not opened`, 'Only .yaml, .yml and .json files can be opened here.');
    } else if (file.size > MAX_FILE_BYTES) {
      const size = (file.size / 1_000_000).toFixed(1);
      notify('error', `${file.name} is too large`, `It has ${size} MB; the editor takes files of up to ${MAX_FILE_BYTES / 1_000_000} MB.`);
    } else {
      addFile(file.name, await file.text());
      setView({ rightOpen: true, rightTab: 'editor', narrowPage: 'editor' });
    }
  }
}
