import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, body } from '~/api/client';
import { serverNow } from '~/api/clock';
import { useCan } from '~/api/session';
import { forgetPageJob, usePageJobs } from '~/ui/jobs';
import { putAway, readAway } from './away';
import {
  type Happening,
  happened,
  type Job,
  type Moves,
  moved,
  ofBulk,
  ofImport,
  ofPage,
  shown,
} from './jobs';

/** How often it is looked whether a job stands still or a result is a day old. */
const LOOK = 5_000;

/** Jobs for the tray; `tell` hears what happens to them. */
export function useJobs(tell: (happening: Happening) => void) {
  const can = useCan();
  const { data: imports } = useQuery({
    queryKey: ['import', 'tray'],
    queryFn: () => body(api.GET('/api/v1/imports', { params: { query: { limit: 10 } } })),
    enabled: can('profiles.read'),
  });
  const { data: acts } = useQuery({
    queryKey: ['bulk', 'tray'],
    queryFn: () => body(api.GET('/api/v1/profiles/bulk', { params: { query: { limit: 10 } } })),
    enabled: can('profiles.read'),
  });
  const page = usePageJobs();
  const [away, setAway] = useState(readAway);
  const [now, setNow] = useState(serverNow);
  const jobs = [
    ...(imports?.data ?? []).map(ofImport),
    ...(acts?.data ?? []).map(ofBulk),
    ...page.map(ofPage),
  ];
  const ready = (imports && acts) || !can('profiles.read');
  const there = shown(jobs, now, away);

  const watched = there.length > 0;
  useEffect(() => {
    if (!watched) return;
    setNow(serverNow());
    const timer = setInterval(() => setNow(serverNow()), LOOK);
    return () => clearInterval(timer);
  }, [watched]);

  const before = useRef<Job[]>(undefined);
  const moves = useRef<Moves>(new Map());
  moves.current = moved(moves.current, jobs, now);
  useEffect(() => {
    if (!ready) return;
    for (const happening of happened(before.current, jobs)) tell(happening);
    before.current = jobs;
  });

  return {
    jobs: there,
    moves: moves.current,
    now,
    dismiss: (done: Job[]) => {
      setAway(putAway(done.map(({ id }) => id)));
      for (const { id } of done) forgetPageJob(id);
    },
  };
}
