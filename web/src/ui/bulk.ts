import { useMutation, useQuery } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { queryClient } from '~/api/query';

export type Bulk = Schemas['Bulk'];

/** Whom an act is for: these, all that filters find, or recipients of a campaign. */
export type Who =
  | { ids: string[] }
  | { filter: Schemas['BulkFilter'] }
  | { recipients: Schemas['BulkRecipients'] };

export const useLists = () =>
  useQuery({
    queryKey: ['profile', 'lists'],
    queryFn: () => body(api.GET('/api/v1/lists', { params: { query: { limit: 500 } } })),
  });

export const useBeginBulk = () =>
  useMutation({
    mutationFn: ({ act, who }: { act: Schemas['BulkAct']; who: Who }) =>
      body(api.POST('/api/v1/profiles/bulk', { headers: once(), body: { act, ...who } })),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ['bulk'] }),
        queryClient.invalidateQueries({ queryKey: ['profile', 'lists'] }),
      ]),
  });

export const useCancelBulk = () =>
  useMutation({
    mutationFn: (id: string) =>
      body(api.POST('/api/v1/profiles/bulk/{id}/cancel', { params: { path: { id } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['bulk'] }),
  });
