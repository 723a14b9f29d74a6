import { Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from '../../kit/Button.tsx';
import { useRow } from '../../store/cluster.ts';
import { ask, newId } from '../../store/connection.ts';
import { notify } from '../../store/notices.ts';

/** The whole object as YAML, fetched when it is looked at and again when its row changes. */
export function Yaml({ storeKey }: { readonly storeKey: string | undefined }) {
  const row = useRow(storeKey);
  const [text, setText] = useState('');
  useEffect(() => {
    if (!row) return;
    let stale = false;
    void ask({ type: 'fetch', id: newId(), key: row.key }).then((answer) => {
      if (!stale && answer.type === 'fetched') setText(answer.yaml ?? '');
    });
    return () => {
      stale = true;
    };
  }, [row]);
  if (storeKey === undefined) return <p className="note">No object stands for this machine yet.</p>;
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => notify('success', 'YAML copied'),
      () => notify('error', 'The clipboard cannot be written', 'Select the text and copy it by hand.'),
    );
  return (
    <div className="yaml">
      <IconButton label="Copy the YAML" onClick={() => void copy()}>
        <Copy size={14} />
      </IconButton>
      <pre tabIndex={0} aria-label="YAML of the object">
        {text.split('\n').map((line, index) => (
          <YamlLine key={index} line={line} />
        ))}
      </pre>
    </div>
  );
}

function YamlLine({ line }: { readonly line: string }) {
  const match = /^(\s*(?:- )*)([\w./-]+|"[^"]+")(:)(.*)$/.exec(line);
  if (!match) return <span>{`${line}\n`}</span>;
  return (
    <span>
      {match[1]}
      <b>{match[2]}</b>
      {`${match[3]}${match[4]}\n`}
    </span>
  );
}
