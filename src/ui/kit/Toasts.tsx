import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { useStore } from 'zustand';
import { dismiss, noticeStore } from '../store/notices.ts';
import type { NoticeAction } from '../store/notices.ts';
import { Button, IconButton } from './Button.tsx';

const ICONS = { info: Info, success: CircleCheck, warning: TriangleAlert, error: CircleAlert };
const TONES = { info: 'var(--busy)', success: 'var(--ok)', warning: 'var(--warn)', error: 'var(--bad)' };

function NoticeButton({ id, action }: { readonly id: number; readonly action: NoticeAction }) {
  const run = () => {
    dismiss(id);
    action.run();
  };
  return (
    <Button className="toast-action" onClick={run}>
      {action.label}
    </Button>
  );
}

/** Notices, newest last, announced to screen readers. */
export function Toasts() {
  const notices = useStore(noticeStore, (state) => state.notices);
  return (
    <div className="toasts" role="region" aria-label="Notices" aria-live="polite">
      {notices.map((notice) => {
        const Icon = ICONS[notice.level];
        return (
          <div
            key={notice.id}
            className="toast"
            role={notice.level === 'error' ? 'alert' : 'status'}
            style={{ '--tone': TONES[notice.level] } as never}
          >
            <Icon size={16} aria-hidden />
            <div>
              <strong>
                {notice.title}
                {notice.count > 1 && ` (${notice.count} times)`}
              </strong>
              {notice.detail && <p>{notice.detail}</p>}
              {notice.action && <NoticeButton id={notice.id} action={notice.action} />}
            </div>
            <IconButton label="Dismiss" onClick={() => dismiss(notice.id)}>
              <X size={14} />
            </IconButton>
          </div>
        );
      })}
    </div>
  );
}
