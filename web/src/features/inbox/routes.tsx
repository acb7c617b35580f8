import { createRoute } from '@tanstack/react-router';
import { Pending } from '~/app/Pending';
import { shell } from '~/app/routes';

const list = createRoute({ getParentRoute: () => shell, path: '/inbox', component: Pending });
const thread = createRoute({ getParentRoute: () => shell, path: '/inbox/$id', component: Pending });

export const inboxRoutes = [list, thread] as const;
