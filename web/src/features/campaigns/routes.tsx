import { createRoute } from '@tanstack/react-router';
import { Pending } from '~/app/Pending';
import { shell } from '~/app/routes';

const list = createRoute({ getParentRoute: () => shell, path: '/campaigns', component: Pending });
const create = createRoute({ getParentRoute: () => shell, path: '/campaigns/new', component: Pending });
const detail = createRoute({ getParentRoute: () => shell, path: '/campaigns/$id', component: Pending });
const edit = createRoute({ getParentRoute: () => shell, path: '/campaigns/$id/edit', component: Pending });

export const campaignsRoutes = [list, create, detail, edit] as const;
