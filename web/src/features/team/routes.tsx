import { createRoute } from '@tanstack/react-router';
import { Pending } from '~/app/Pending';
import { shell } from '~/app/routes';

const people = createRoute({ getParentRoute: () => shell, path: '/settings/people', component: Pending });
const me = createRoute({ getParentRoute: () => shell, path: '/settings/me', component: Pending });
const audit = createRoute({ getParentRoute: () => shell, path: '/settings/audit', component: Pending });

export const teamRoutes = [people, me, audit] as const;
