import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { useCluster, useVersion } from '../../store/cluster.ts';
import { revealLine, useFiles } from '../../store/files.ts';
import { inspect } from '../../store/view.ts';
import { collectProblems } from './problems.ts';
import type { ProblemItem } from './problems.ts';
import './problems.css';

function useProblems(): ProblemItem[] {
  useVersion('pod');
  useVersion('node');
  useVersion('workload');
  useFiles((state) => state.checked);
  useFiles((state) => state.refused);
  useCluster((state) => state.status.name);
  return collectProblems();
}

export function useProblemCount(): number {
  return useProblems().length;
}

/** Everything that is wrong right now, in files and in the cluster; each line leads to its place. */
export function Problems() {
  const items = useProblems();
  if (!items.length) {
    return (
      <div className="empty">
        <CircleCheck size={20} aria-hidden />
        <strong>No problems</strong>
        <span>Files are sound and everything in the cluster is as it should be.</span>
      </div>
    );
  }
  return (
    <ul className="problems" aria-label="Problems">
      {items.map((item, index) => (
        <li key={index}>{item.kind === 'file' ? <FileLine item={item} /> : <ClusterLine item={item} />}</li>
      ))}
    </ul>
  );
}

function FileLine({ item }: { readonly item: ProblemItem & { kind: 'file' } }) {
  const { file, line, message, severity } = item.problem;
  return (
    <button type="button" className={severity} onClick={() => revealLine(file, line)}>
      {severity === 'error' ? <CircleAlert size={14} /> : <TriangleAlert size={14} />}
      <span>{message}</span>
      <small>
        {file}:{line}
      </small>
    </button>
  );
}

function ClusterLine({ item }: { readonly item: ProblemItem & { kind: 'cluster' } }) {
  return (
    <button type="button" className={item.severity} onClick={() => inspect(item.key)}>
      {item.severity === 'error' ? <CircleAlert size={14} /> : <TriangleAlert size={14} />}
      <span>
        <strong>{item.title}</strong> {item.detail}
      </span>
    </button>
  );
}
