import { useQuery } from '@tanstack/react-query';
import { api, body, type Schemas } from '~/api/client';
import { useCan } from '~/api/session';

export type Template = Schemas['Template'];

/** Templates that can be sent from an account, or from any. */
export function useSendable(accountId: string | 'any' | undefined) {
  const can = useCan();
  return useQuery({
    queryKey: ['template', 'sendable', accountId],
    queryFn: async () => {
      const found: Template[] = [];
      let cursor: string | undefined;
      // Accounts have a few hundred templates at most: WhatsApp's own limit is 6,000 for the largest.
      for (let page = 0; page < 12; page += 1) {
        const query = {
          status: 'approved',
          limit: 500,
          ...(accountId && accountId !== 'any' ? { account_id: accountId } : {}),
          ...(cursor ? { cursor } : {}),
        };
        const listing = await body(api.GET('/api/v1/templates', { params: { query } }));
        found.push(...listing.data);
        cursor = listing.next_cursor ?? undefined;
        if (!cursor) break;
      }
      return found;
    },
    enabled: accountId !== undefined && can('templates.read'),
  });
}

/** The person's profile, for the values of a template. */
export const useProfile = (id: string | null | undefined, enabled: boolean) =>
  useQuery({
    queryKey: ['profile', 'one', id],
    queryFn: () => body(api.GET('/api/v1/profiles/{id}', { params: { path: { id: id ?? '' } } })),
    enabled: enabled && Boolean(id),
  });
