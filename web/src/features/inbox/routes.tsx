import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '~/app/routes';
import { withTexts } from '~/i18n';

export interface InboxSearch {
  unread?: boolean;
  /** Only people who spoke last and can still be answered freely. */
  waiting?: boolean;
  phone?: string;
  /** Words that were said. */
  q?: string;
  /** The message that the conversation opens at. */
  at?: string;
}

/** The list stays where it is while conversations beside it change. */
const inbox = createRoute({
  getParentRoute: () => shell,
  path: '/inbox',
  validateSearch: (search: Record<string, unknown>): InboxSearch => ({
    ...(search.unread === true ? { unread: true } : {}),
    ...(search.waiting === true ? { waiting: true } : {}),
    ...(search.phone !== undefined && search.phone !== '' ? { phone: String(search.phone) } : {}),
    ...(search.q !== undefined && search.q !== '' ? { q: String(search.q) } : {}),
    ...(typeof search.at === 'string' ? { at: search.at } : {}),
  }),
  component: lazyRouteComponent(
    withTexts('inbox', () => import('./Inbox')),
    'Inbox',
  ),
});
const index = createRoute({
  getParentRoute: () => inbox,
  path: '/',
  component: lazyRouteComponent(
    withTexts('inbox', () => import('./Nothing')),
    'Nothing',
  ),
});
const thread = createRoute({
  getParentRoute: () => inbox,
  path: '$id',
  component: lazyRouteComponent(
    withTexts('inbox', () => import('./ThreadPage')),
    'ThreadPage',
  ),
});

export const inboxRoutes = [inbox.addChildren([index, thread])] as const;
