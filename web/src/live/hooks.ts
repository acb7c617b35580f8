import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { type LiveEvent, liveState, onEvent, onState } from './live';

/** Whether live updates arrive. */
export const useLiveState = () => useSyncExternalStore(onState, liveState);

/** Calls back for each live event. */
export function useLive(handler: (event: LiveEvent) => void): void {
  const latest = useEffectEvent(handler);
  useEffect(() => onEvent((event) => latest(event)), []);
}
