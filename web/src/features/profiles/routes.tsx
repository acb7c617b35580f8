import { createRoute } from '@tanstack/react-router';
import { Pending } from '~/app/Pending';
import { shell } from '~/app/routes';

const list = createRoute({ getParentRoute: () => shell, path: '/profiles', component: Pending });
const upload = createRoute({ getParentRoute: () => shell, path: '/profiles/import', component: Pending });
const imports = createRoute({ getParentRoute: () => shell, path: '/profiles/imports', component: Pending });
const imported = createRoute({
  getParentRoute: () => shell,
  path: '/profiles/imports/$id',
  component: Pending,
});
const detail = createRoute({ getParentRoute: () => shell, path: '/profiles/$id', component: Pending });

export const profilesRoutes = [list, upload, imports, imported, detail] as const;
