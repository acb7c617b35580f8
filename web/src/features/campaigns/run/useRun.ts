import { useEffect, useState } from 'react';
import { finishAt, heard, pace, type Sample } from '../pace';
import { type Progress, useProgress } from '../queries';

export interface Run {
  progress: Progress;
  /** People whose message is settled or accepted, and so needs nothing more of us. */
  done: number;
  /** People that it will go to, as far as known. */
  whole: number;
  /** Messages a second lately, while it runs. */
  perSecond: number | undefined;
  /** When the last one leaves, if it goes on like this. */
  endsAt: number | undefined;
}

const doneOf = ({ funnel }: Progress) =>
  funnel.sent + funnel.failed + funnel.unknown + funnel.skipped + funnel.cancelled;

/** A campaign that runs: its numbers as they come, with pace and finish time. */
export function useRun(id: string) {
  const query = useProgress(id);
  const [samples, setSamples] = useState<Sample[]>([]);
  const progress = query.data;
  const running = progress?.state === 'running';
  useEffect(() => {
    if (!progress) return;
    setSamples((old) => (running ? heard(old, { at: progress.now, done: doneOf(progress) }) : []));
  }, [progress, running]);
  if (!progress) return { query, run: undefined };
  const done = doneOf(progress);
  const whole = Math.max(progress.expected ?? 0, progress.funnel.recipients);
  const perSecond = running ? pace(samples) : undefined;
  const left = whole - done;
  const known = progress.planned || progress.expected !== null;
  const { open_spans: spans, now } = progress;
  const through =
    perSecond && perSecond > 0.05 && left > 0 && known
      ? finishAt(spans.length > 0 ? spans : [{ from: now }], now, left, perSecond)
      : undefined;
  // Without a cut-off the spans end where nobody looks any further.
  const endsAt = through && (through.left === 0 || progress.ends_at) ? through.at : undefined;
  return { query, run: { progress, done, whole, perSecond, endsAt } satisfies Run };
}
