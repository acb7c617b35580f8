import { useQuery } from '@tanstack/react-query';
import { api, body } from './client';
import { useCan } from './session';

/** How many conversations have something new, up to 100; 0 for who may not see them. */
export function useUnread(): number {
  const can = useCan();
  const { data } = useQuery({
    queryKey: ['conversation', 'unread'],
    queryFn: () => body(api.GET('/api/v1/conversations/unread')),
    enabled: can('inbox.read'),
  });
  return data?.conversations ?? 0;
}

/** The same in writing; empty for none. */
export const unreadText = (unread: number): string =>
  unread === 0 ? '' : unread > 99 ? '99+' : String(unread);
