import { createRoute } from '@tanstack/react-router';
import { Pending } from '~/app/Pending';
import { shell } from '~/app/routes';

const list = createRoute({ getParentRoute: () => shell, path: '/templates', component: Pending });
const create = createRoute({ getParentRoute: () => shell, path: '/templates/new', component: Pending });
const detail = createRoute({ getParentRoute: () => shell, path: '/templates/$id', component: Pending });

export const templatesRoutes = [list, create, detail] as const;
