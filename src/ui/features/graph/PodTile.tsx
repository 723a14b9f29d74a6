import { memo } from 'react';
import type { PodRow } from '../../../protocol/rows.ts';
import { CONTAINER_LOOKS, POD_LOOKS } from '../../kit/states.ts';
import { StateIcon } from '../../kit/StateIcon.tsx';
import { inspect, setView } from '../../store/view.ts';
import type { Box } from './layout.ts';
import { podText } from './pod-text.ts';

interface PodTileProps {
  readonly pod: PodRow;
  readonly box: Box;
  readonly small: boolean;
  readonly scale: number;
  readonly selected: boolean;
  readonly dimmed: boolean;
  /** Where its lines arrive. */
  readonly side: 'left' | 'right' | 'top';
  /** Whether a service sends it traffic. */
  readonly served: boolean;
}

const sameBox = (one: Box, other: Box) =>
  one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;

/** A pod on its minion's plate; its containers are the cells at the right. */
export const PodTile = memo(
  function PodTile({ pod, box, small, scale, selected, dimmed, side, served }: PodTileProps) {
    const look = POD_LOOKS[pod.state];
    const { stem, suffix } = podText(pod);
    const classes = [
      'pod',
      look.tone,
      `is-${pod.state}`,
      small ? 'small' : '',
      look.moving ? 'moving' : '',
      selected ? 'selected' : '',
      dimmed ? 'dimmed' : '',
    ];
    return (
      <button
        type="button"
        className={classes.filter(Boolean).join(' ')}
        style={{
          transform: `translate(${box.x}px, ${box.y}px)${scale === 1 ? '' : ` scale(${scale})`}`,
          width: box.width / scale,
          height: box.height / scale,
        }}
        title={podTitle(pod)}
        aria-label={`Pod ${pod.name}, ${pod.status}${pod.node ? `, on ${pod.node}` : ', waits for a minion'}`}
        data-pod={pod.name}
        data-state={pod.state}
        onClick={() => inspect(pod.key)}
        onPointerEnter={() => setView({ hovered: pod.key })}
        onPointerLeave={() => setView({ hovered: undefined })}
        onFocus={() => setView({ hovered: pod.key })}
        onBlur={() => setView({ hovered: undefined })}
      >
        {served && <span className={`port ${side} ${pod.ready ? '' : 'closed'}`} aria-hidden />}
        <StateIcon look={look} />
        {!small && (
          <>
            <span className="stem">{stem}</span>
            <span className="cells" aria-hidden>
              {pod.containers.slice(0, 5).map((container) => (
                <i key={container.name} className={`cell ${CONTAINER_LOOKS[container.state].tone} c-${container.state}`} />
              ))}
            </span>
            <span className="second">
              {look.tone !== 'bad' && suffix && <span className="suffix">{suffix}</span>}
              <span className="word">{shortWord(pod)}</span>
            </span>
          </>
        )}
      </button>
    );
  },
  (one, other) =>
    one.pod === other.pod &&
    one.small === other.small &&
    one.scale === other.scale &&
    one.selected === other.selected &&
    one.dimmed === other.dimmed &&
    one.served === other.served &&
    one.side === other.side &&
    sameBox(one.box, other.box),
);

/** Kubernetes' own word, except where ours says more in less space. */
function shortWord(pod: PodRow): string {
  if (pod.state === 'pulling') return 'Pulling';
  if (pod.state === 'running') return 'Not ready';
  if (pod.state === 'creating' || pod.state === 'scheduled') return pod.status === 'Pending' ? 'Scheduled' : 'Creating';
  return pod.status;
}

export function podTitle(pod: PodRow): string {
  const ready = pod.containers.filter((container) => container.state === 'ready').length;
  const total = pod.containers.filter((container) => !container.init).length;
  const lines = [
    `${pod.namespace}/${pod.name}`,
    `${pod.status}, ${ready}/${total} ready${pod.restarts ? `, ${pod.restarts} restarts` : ''}`,
  ];
  if (pod.ip) lines.push(pod.ip);
  if (pod.message) lines.push(pod.message);
  return lines.join('\n');
}
