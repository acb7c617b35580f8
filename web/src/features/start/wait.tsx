import { Plural } from '@lingui/react/macro';
import { type ReactNode, useEffect, useState } from 'react';

/** Counts seconds down to 0, anew for each `round`. */
export function useSeconds(from: number | undefined, round: unknown): number {
  const [left, setLeft] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another refusal of the same length starts anew
  useEffect(() => {
    if (from === undefined) return setLeft(0);
    const end = Date.now() + from * 1000;
    const look = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    look();
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [from, round]);
  return left;
}

/** A time to wait: seconds up to two minutes, then minutes. */
export function waitWords(seconds: number): ReactNode {
  if (seconds <= 120) return <Plural value={seconds} one="one second." other="# seconds." />;
  return <Plural value={Math.ceil(seconds / 60)} one="one minute." other="# minutes." />;
}
