import { ChevronsRight, Pause, Play, StepForward } from 'lucide-react';
import type { ClockState, Speed } from '../../../protocol/messages.ts';
import { IconButton } from '../../kit/Button.tsx';
import { clockText, countText, dateText } from '../../kit/format.ts';
import { clock } from '../../store/actions.ts';
import { useCluster } from '../../store/cluster.ts';
import { EventStrip } from './EventStrip.tsx';
import './timebar.css';

const SPEEDS: readonly Speed[] = [0.1, 1, 10, 100, 1000, 'max'];
const label = (speed: Speed) => (speed === 'max' ? 'max' : `${speed}×`);

/** Time: pause, step, speed, and what the clock of the cluster says. Always on screen. */
export function Timebar() {
  const state = useCluster((cluster) => cluster.clock);
  const status = useCluster((cluster) => cluster.status.name);
  const isLive = status === 'live';
  return (
    <div className="timebar" role="region" aria-label="Time">
      <div className="time-buttons">
        <IconButton
          label={state.paused ? 'Let time pass' : 'Pause time'}
          shortcut="Space"
          look={state.paused ? 'primary' : 'quiet'}
          disabled={!isLive}
          onClick={() => clock({ action: state.paused ? 'play' : 'pause' })}
          data-testid="play"
        >
          {state.paused ? <Play size={15} /> : <Pause size={15} />}
        </IconButton>
        <IconButton label="Step to the next change" shortcut="." disabled={!isLive} onClick={() => clock({ action: 'step-event' })}>
          <StepForward size={15} />
        </IconButton>
        <IconButton label="Step one second" shortcut="," disabled={!isLive} onClick={() => clock({ action: 'step-ms', ms: 1000 })}>
          <ChevronsRight size={15} />
        </IconButton>
      </div>
      <div className="speeds" role="radiogroup" aria-label="Speed">
        {SPEEDS.map((speed) => (
          <button
            key={speed}
            type="button"
            role="radio"
            aria-checked={state.speed === speed}
            disabled={!isLive}
            onClick={() => clock({ action: 'speed', speed })}
          >
            {label(speed)}
          </button>
        ))}
      </div>
      <Clock state={state} isLive={isLive} />
      <EventStrip />
    </div>
  );
}

function Clock({ state, isLive }: { readonly state: ClockState; readonly isLive: boolean }) {
  return (
    <div className="clock" title={`${dateText(state.epochMs)} UTC on the cluster's own clock, ${state.events} events so far`}>
      <time data-testid="clock" data-ms={state.nowMs} data-events={state.events}>
        {clockText(state.nowMs)}
      </time>
      <span className="rate">{rateText(state, isLive)}</span>
    </div>
  );
}

/** What the speed really is, where it is not the one asked for. */
function rateText(state: ClockState, isLive: boolean): string {
  if (!isLive) return 'starting';
  if (state.paused) return 'paused';
  const events = `${countText(state.eventsPerSecond)} events/s`;
  const slow = state.speed !== 'max' && state.achieved > 0 && state.achieved < state.speed * 0.9;
  if (state.speed !== 'max' && !slow) return events;
  const achieved = state.achieved >= 10 ? countText(state.achieved) : state.achieved.toFixed(1);
  return `${slow ? 'only ' : ''}${achieved}×, ${events}`;
}
