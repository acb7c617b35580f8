import { useEffect, useState } from 'react';

let skew = 0;

/**
 * Learns the server's clock from the `Date` of an answer: windows close by it and not by the viewer's, and a demo may be days
 * ahead.
 */
export function learnClock(response: Response): void {
  const at = Date.parse(response.headers.get('date') ?? '');
  // The header has whole seconds, and the answer took a moment.
  if (Number.isFinite(at) && Math.abs(at - Date.now()) > 2_000) skew = at - Date.now();
  else if (Number.isFinite(at)) skew = 0;
}

/** Now, by the server's clock. */
export const serverNow = () => Date.now() + skew;

/** The server's time, anew every `every` milliseconds. */
export function useNow(every = 10_000): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
