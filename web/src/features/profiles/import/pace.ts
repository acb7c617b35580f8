import type { Job } from './queries';

/** Share of the file that is done, from 0 to 1. */
export const shareOf = ({ bytes_read, bytes_total }: Job) =>
  bytes_total ? Math.min(1, bytes_read / bytes_total) : 0;

/** Seconds that are left at the pace so far; `undefined` when it cannot be said. */
export function secondsLeft(job: Job): number | undefined {
  const share = shareOf(job);
  if (share <= 0 || job.rows <= 0 || job.rows_per_second <= 0) return undefined;
  return (job.rows / share - job.rows) / job.rows_per_second;
}
