import { useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';
import { type LiveEvent, liveState, onEvent, onState } from './live';

/** Whether live updates arrive. */
export const useLiveState = () => useSyncExternalStore(onState, liveState);

/** How long a connection may take before a page says that it has none. */
export const GRACE_MS = 5_000;

/** Whether no live updates have arrived for a while: what is on the screen is read by the clock then. */
export function useNotLive(): boolean {
  const live = useLiveState() === 'live';
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (live) return;
    const timer = setTimeout(() => setLate(true), GRACE_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [live]);
  return late;
}

/** Calls back for each live event. */
export function useLive(handler: (event: LiveEvent) => void): void {
  const latest = useEffectEvent(handler);
  useEffect(() => onEvent((event) => latest(event)), []);
}
