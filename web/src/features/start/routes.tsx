import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { queryClient } from '~/api/query';
import { sessionQuery, startQuery } from '~/api/session';
import { root, shell } from '~/app/routes';
import { withTexts } from '~/i18n';
import { safePath } from './to';

const signin = createRoute({
  getParentRoute: () => root,
  path: '/signin',
  validateSearch: (search: Record<string, unknown>): { to?: string } => ({ to: safePath(search.to) }),
  beforeLoad: async ({ search }) => {
    const { needs_owner } = await queryClient.fetchQuery(startQuery);
    if (needs_owner) throw redirect({ to: '/setup' });
    const session = await queryClient.fetchQuery(sessionQuery).catch(() => null);
    if (session) throw redirect({ href: search.to ?? '/' });
  },
  component: lazyRouteComponent(
    withTexts('start', () => import('./SignIn')),
    'SignIn',
  ),
});
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search: Record<string, unknown>): { code?: string } => ({
    // A code of digits alone arrives as a number.
    code: search.code === undefined || search.code === '' ? undefined : String(search.code),
  }),
  beforeLoad: async () => {
    const { needs_owner } = await queryClient.fetchQuery(startQuery);
    if (!needs_owner) throw redirect({ to: '/signin' });
  },
  component: lazyRouteComponent(
    withTexts('start', () => import('./Setup')),
    'Setup',
  ),
});
const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite/$token',
  component: lazyRouteComponent(
    withTexts('start', () => import('./Join')),
    'Join',
  ),
});
const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(
    withTexts('start', () => import('./Home')),
    'Home',
  ),
});
const welcome = createRoute({
  getParentRoute: () => shell,
  path: '/welcome',
  component: lazyRouteComponent(
    withTexts('start', () => import('./Welcome')),
    'Welcome',
  ),
});

export const startPublicRoutes = [signin, setup, invite] as const;
export const startRoutes = [home, welcome] as const;
