import type { KubeObject } from '../api/object.ts';

/**
 * Records events about objects as client-go does: fire and forget, repeated ones counted, similar
 * ones combined, noisy sources held back (events_cache.go).
 */
export interface EventRecorder {
  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, options?: { fieldPath?: string }): void;
}
