import { useQuery } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { queryClient } from '~/api/query';

export type SavedView = Schemas['SavedView'];
/** The lists that have saved views. */
export type ViewPage = 'attempts' | 'audit' | 'callbacks' | 'campaigns' | 'inbox' | 'profiles' | 'templates';

const key = (page: ViewPage) => ['saved-view', page];

/** One's own saved views of a list, by name. */
export const useSavedViews = (page: ViewPage) =>
  useQuery({
    queryKey: key(page),
    queryFn: async () => (await body(api.GET('/api/v1/me/views', { params: { query: { page } } }))).data,
  });

/** What can be done with them; the list is read again after each. */
export function useViewActs(page: ViewPage) {
  const then = async <T>(asked: Promise<T>): Promise<T> => {
    const answer = await asked;
    await queryClient.invalidateQueries({ queryKey: key(page) });
    return answer;
  };
  const of = (id: string) => ({ params: { path: { id } } });
  return {
    create: (name: string, query: string) =>
      then(body(api.POST('/api/v1/me/views', { body: { page, name, query }, headers: once() }))),
    change: (id: string, change: Schemas['ViewChange']) =>
      then(body(api.PATCH('/api/v1/me/views/{id}', { ...of(id), body: change }))),
    remove: (id: string) => then(api.DELETE('/api/v1/me/views/{id}', of(id))),
  };
}
