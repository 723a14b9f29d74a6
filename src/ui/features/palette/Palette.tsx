import { useState } from 'react';
import { Dialog } from '../../kit/Dialog.tsx';
import { addFile } from '../../store/files.ts';
import { setView } from '../../store/view.ts';
import { TEMPLATES } from './templates.ts';
import './palette.css';

/** Manifests to begin with: choosing one opens it as a file. */
export function Palette() {
  const [wanted, setWanted] = useState('');
  const close = () => setView({ paletteOpen: false });
  const found = TEMPLATES.filter((template) => `${template.kind} ${template.about}`.toLowerCase().includes(wanted.toLowerCase()));
  const choose = (kind: string, text: string) => {
    close();
    addFile(`${kind.toLowerCase()}.yaml`, text);
    setView({ rightOpen: true, rightTab: 'editor', narrowPage: 'editor' });
  };
  return (
    <Dialog title="New from a template" onClose={close}>
      <input
        className="field"
        placeholder="Search kinds"
        aria-label="Search kinds"
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
        data-autofocus
      />
      <ul className="palette">
        {found.map((template) => (
          <li key={template.kind}>
            <button type="button" onClick={() => choose(template.kind, template.text)}>
              <strong>{template.kind}</strong>
              <span>{template.about}</span>
            </button>
          </li>
        ))}
        {found.length === 0 && (
          <li className="none">No template of that name. Type the manifest in the editor; it completes every kind.</li>
        )}
      </ul>
    </Dialog>
  );
}
