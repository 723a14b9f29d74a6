import type { ContainerRow, PodState } from '../../protocol/rows.ts';

/** The five tones of state; each has a colour, a soft ground and a line in tokens.css. */
export type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'idle';

/**
 * How a state is drawn, in a box of 16 by 16: the same paths serve the DOM and the canvas. Shape
 * tells states apart without their colour.
 */
export interface StateLook {
  readonly tone: Tone;
  readonly fill?: string;
  readonly stroke?: string;
  /** Drawn last, in the colour of the ground. */
  readonly mark?: string;
  /** Whether work is going on that will end by itself. */
  readonly moving: boolean;
  readonly word: string;
}

const RING = 'M14 8a6 6 0 1 1-12 0 6 6 0 0 1 12 0Z';

const look = (tone: Tone, word: string, moving: boolean, shapes: Pick<StateLook, 'fill' | 'stroke' | 'mark'>): StateLook => ({
  tone,
  word,
  moving,
  ...shapes,
});

export const POD_LOOKS: Readonly<Record<PodState, StateLook>> = {
  pending: look('warn', 'Pending', true, {
    stroke: 'M8 2a6 6 0 0 1 3 .8M13.2 5a6 6 0 0 1 0 6M11 13.2a6 6 0 0 1-6 0M2.8 11a6 6 0 0 1 0-6M5 2.8A6 6 0 0 1 8 2',
  }),
  scheduled: look('busy', 'Scheduled', true, { stroke: `${RING}M8 7.9v.2` }),
  pulling: look('busy', 'Pulling', true, { stroke: 'M8 2v7.5M4.8 6.5 8 9.7l3.2-3.2M2.5 13.5h11' }),
  creating: look('busy', 'Creating', true, { stroke: 'M8 2a6 6 0 1 1-5.7 4.1' }),
  running: look('warn', 'Not ready', false, { stroke: RING, fill: 'M8 3a5 5 0 0 0 0 10Z' }),
  ready: look('ok', 'Running', false, { fill: 'M15 8A7 7 0 1 1 1 8a7 7 0 0 1 14 0Z', mark: 'M4.8 8.2 7.1 10.5 11.3 5.9' }),
  crashing: look('bad', 'Crash loop', false, { stroke: 'M13.8 8a5.8 5.8 0 1 1-1.7-4.1M14 1.6v3.2h-3.2M8 5.1v3.4M8 10.9v.1' }),
  failed: look('bad', 'Failed', false, {
    fill: 'M4 1.5h8A2.5 2.5 0 0 1 14.5 4v8a2.5 2.5 0 0 1-2.5 2.5H4A2.5 2.5 0 0 1 1.5 12V4A2.5 2.5 0 0 1 4 1.5Z',
    mark: 'M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4',
  }),
  succeeded: look('idle', 'Succeeded', false, { stroke: 'M2.8 8.5 6.4 12 13.2 4.5' }),
  terminating: look('idle', 'Terminating', true, { stroke: `${RING}M5 8h6` }),
  unknown: look('warn', 'Unknown', false, { stroke: 'M5.4 5.9a2.6 2.6 0 1 1 3.8 2.3c-.8.4-1.2.9-1.2 1.8M8 12.9v.1' }),
};

export const CONTAINER_LOOKS: Readonly<Record<ContainerRow['state'], StateLook>> = {
  waiting: POD_LOOKS.pending,
  pulling: POD_LOOKS.pulling,
  creating: POD_LOOKS.creating,
  running: POD_LOOKS.running,
  ready: POD_LOOKS.ready,
  crashing: POD_LOOKS.crashing,
  failed: POD_LOOKS.failed,
  succeeded: POD_LOOKS.succeeded,
};
