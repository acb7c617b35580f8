import { useMutation, useQuery } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { usePages } from '~/api/pages';
import { queryClient } from '~/api/query';
import type { ProfileFilter } from './routes';

export type Profile = Schemas['Profile'];
export type Happening = Schemas['Happening'];
export type Value = string | number | boolean;

const of = (id: string) => ({ params: { path: { id } } });
/** The filters of the page as the API takes them in an address. */
export const asQuery = ({ q, consent, list, conditions }: ProfileFilter) => ({
  search: q,
  consent,
  list,
  conditions: conditions && JSON.stringify(conditions),
});

/** Where those whom the filters find are downloaded. */
export function exportPath(filter: ProfileFilter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asQuery(filter))) if (value) query.set(name, value);
  return `/api/v1/profiles/export${query.size > 0 ? `?${query}` : ''}`;
}

/** Whether the server looked at all the people who fit a search. */
export const isPartial = (page: object) => 'partial' in page && page.partial === true;

export const useProfiles = (filter: ProfileFilter) =>
  usePages<Profile>(['profile', 'list', filter], (cursor) =>
    body(api.GET('/api/v1/profiles', { params: { query: { ...asQuery(filter), limit: 100, cursor } } })),
  );

export const useProfileCount = (filter: ProfileFilter) =>
  useQuery({
    queryKey: ['profile', 'count', filter],
    queryFn: () => body(api.GET('/api/v1/profiles/count', { params: { query: asQuery(filter) } })),
  });

export const useProfile = (id: string) =>
  useQuery({
    queryKey: ['profile', 'one', id],
    queryFn: () => body(api.GET('/api/v1/profiles/{id}', of(id))),
  });

/** What happened with a person. It starts with `message`, as messages make most of it. */
export const useTimeline = (id: string) =>
  usePages<Happening>(['message', 'timeline', id], (cursor) =>
    body(
      api.GET('/api/v1/profiles/{id}/timeline', {
        params: { path: { id }, query: { limit: 50, cursor } },
      }),
    ),
  );

/** The conversation of a number, when there is one. */
export const useConversationOf = (phone: string | null | undefined, enabled: boolean) =>
  useQuery({
    queryKey: ['conversation', 'of', phone],
    queryFn: () =>
      body(api.GET('/api/v1/conversations', { params: { query: { phone: phone ?? '', limit: 1 } } })),
    enabled: enabled && Boolean(phone),
  });

const changed = (id: string) =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: ['profile'] }),
    queryClient.invalidateQueries({ queryKey: ['message', 'timeline', id] }),
  ]);

export interface ProfileChange {
  name?: string | null;
  phone?: string | null;
  attributes?: Record<string, Value | null>;
}

export const useChangeProfile = (id: string) =>
  useMutation({
    mutationFn: ({ attributes, ...rest }: ProfileChange) =>
      body(
        api.PATCH('/api/v1/profiles/{id}', {
          ...of(id),
          body: { ...rest, attributes: attributes as Record<string, never> | undefined },
        }),
      ),
    onSuccess: () => changed(id),
  });

export const useRecordConsent = (id: string) =>
  useMutation({
    mutationFn: (input: Schemas['ConsentInput']) =>
      body(api.POST('/api/v1/profiles/{id}/consent', { ...of(id), headers: once(), body: input })),
    onSuccess: () => changed(id),
  });

export const useCreateProfile = () =>
  useMutation({
    mutationFn: (input: Schemas['ProfileInput']) =>
      body(api.POST('/api/v1/profiles', { headers: once(), body: input })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['profile'] }),
  });

/** Names of attributes that people have. */
export const useKnownAttributes = () =>
  useQuery({
    queryKey: ['profile', 'attributes'],
    queryFn: () => body(api.GET('/api/v1/profiles/attributes')),
  });
