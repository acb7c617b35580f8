import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';

export interface InboxSearch {
  unread?: boolean;
  phone?: string;
}

/** The list stays where it is while conversations beside it change. */
const inbox = createRoute({
  getParentRoute: () => shell,
  path: '/inbox',
  validateSearch: (search: Record<string, unknown>): InboxSearch => ({
    ...(search.unread === true ? { unread: true } : {}),
    ...(search.phone !== undefined && search.phone !== '' ? { phone: String(search.phone) } : {}),
  }),
  component: lazyRouteComponent(() => import('./Inbox'), 'Inbox'),
});
const index = createRoute({
  getParentRoute: () => inbox,
  path: '/',
  component: lazyRouteComponent(() => import('./Nothing'), 'Nothing'),
});
const thread = createRoute({
  getParentRoute: () => inbox,
  path: '$id',
  component: lazyRouteComponent(() => import('./ThreadPage'), 'ThreadPage'),
});

export const inboxRoutes = [inbox.addChildren([index, thread])] as const;
