import { useMutation, useQuery } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { queryClient } from '~/api/query';
import { asQuery } from './queries';
import type { ProfileFilter } from './routes';

export type Receipt = Schemas['Receipt'];
export type Merge = Schemas['Merge'];

/** Profiles that an act on many can name one by one. */
export const MOST_CHOSEN = 10_000;

/** What the pages know of a person who is gone; the page of the person must not stand any more. */
export function forget(id: string): void {
  queryClient.removeQueries({ queryKey: ['profile', 'one', id] });
  queryClient.removeQueries({ queryKey: ['message', 'timeline', id] });
  for (const topic of ['profile', 'conversation', 'message', 'campaign'])
    void queryClient.invalidateQueries({ queryKey: [topic] });
}

export const useErase = (id: string) =>
  useMutation({
    mutationFn: () =>
      body(api.POST('/api/v1/profiles/{id}/erase', { params: { path: { id } }, headers: once() })),
  });

/** The profiles of a number. */
export const useSameNumber = (phone: string | null | undefined) =>
  useQuery({
    queryKey: ['profile', 'phone', phone],
    queryFn: () =>
      body(api.GET('/api/v1/profiles', { params: { query: { phone: phone ?? '', limit: 50 } } })),
    enabled: Boolean(phone),
  });

const merge = (id: string, other_id: string, dry_run: boolean) =>
  body(
    api.POST('/api/v1/profiles/{id}/merge', {
      params: { path: { id } },
      headers: once(),
      body: { other_id, dry_run },
    }),
  );

/** What a merge would come to. */
export const useMergePreview = (id: string, other: string) =>
  useQuery({
    // Not a part of what a merge refreshes: one of the two is gone then.
    queryKey: ['merge', id, other],
    queryFn: () => merge(id, other, true),
    staleTime: 0,
    gcTime: 0,
  });

export const useMerge = (id: string, other: string) =>
  useMutation({
    mutationFn: () => merge(id, other, false),
    onSuccess: () => {
      queryClient.removeQueries({ queryKey: ['profile', 'one', other] });
      return Promise.all([
        queryClient.invalidateQueries({ queryKey: ['profile'] }),
        queryClient.invalidateQueries({ queryKey: ['message', 'timeline', id] }),
      ]);
    },
  });

/** The filters of the page as an act on many takes them. */
export const asBulkFilter = ({ q, consent, list, conditions }: ProfileFilter): Schemas['BulkFilter'] => ({
  search: q,
  consent,
  list,
  ...(conditions && { conditions }),
});

/** How many fit, counted to the end. */
export const countAll = (filter: ProfileFilter) =>
  body(api.GET('/api/v1/profiles/count', { params: { query: { ...asQuery(filter), exact: true } } }));

/** Puts people on a list, or takes them off it; answers who came or went, to take it back. */
export const changeList = async (id: string, change: Schemas['ListPeople']) => {
  const moved = await body(
    api.POST('/api/v1/lists/{id}/people', { params: { path: { id } }, headers: once(), body: change }),
  );
  await queryClient.invalidateQueries({ queryKey: ['profile'] });
  return moved;
};
