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

function useKnownAttributes() {
  const can = useCan();
  const known = useQuery({
    queryKey: ['profile', 'attributes'],
    queryFn: () => body(api.GET('/api/v1/profiles/attributes')),
    enabled: can('profiles.read'),
    staleTime: 60_000,
  });
  return known.data?.data ?? [];
}

/** Names of attributes that profiles have, besides the built-in ones. */
export function useAttributeNames(): string[] {
  const names = useKnownAttributes().map((attribute) => attribute.name);
  return names.filter((name) => !(BUILT_IN as readonly string[]).includes(name));
}

/** Whether profiles have dates in an attribute; they are texts such as `2026-12-31`. */
export function useIsDate(name: string): boolean {
  const known = useKnownAttributes().find((attribute) => attribute.name === name);
  return known?.types.includes('date') ?? false;
}

/** Values that profiles have in an attribute, the most frequent first; there may be more. */
export function useAttributeValues(name: string): string[] {
  const known = useKnownAttributes().find((attribute) => attribute.name === name);
  // Any JSON, which the API's document calls an object. The number 5 and the text "5" are the same to a condition.
  return [...new Set((known?.samples ?? []).map((value: unknown) => String(value)))];
}
