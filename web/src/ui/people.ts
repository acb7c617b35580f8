import { useQuery } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { useCan } from '~/api/session';

export type Profile = Schemas['Profile'];

/** People whose name, identity or number begins with a text; the newest when it is empty. */
export function usePeople(search: string, limit = 20) {
  const can = useCan();
  return useQuery({
    queryKey: ['profile', 'pick', search, limit],
    queryFn: () =>
      body(api.GET('/api/v1/profiles', { params: { query: { search: search || undefined, limit } } })),
    enabled: can('profiles.read'),
    placeholderData: (before) => before,
  });
}

/** What every profile has. */
export const BUILT_IN = ['name', 'phone', 'identity'] as const;

/** Names of attributes that profiles have, besides the built-in ones. */
export function useAttributeNames(): string[] {
  const can = useCan();
  const known = useQuery({
    queryKey: ['profile', 'attributes'],
    queryFn: () => body(api.GET('/api/v1/profiles/attributes')),
    enabled: can('profiles.read'),
    staleTime: 60_000,
  });
  const names = (known.data?.data ?? []).map((attribute) => attribute.name);
  return names.filter((name) => !(BUILT_IN as readonly string[]).includes(name));
}
