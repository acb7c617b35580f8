import { useMutation } from '@tanstack/react-query';
import { api, body, once, type Schemas } from '~/api/client';
import { usePages } from '~/api/pages';
import { queryClient } from '~/api/query';
import type { ListsSearch } from '../routes';

export type List = Schemas['List'];

export const useListPages = ({ q, deleted }: ListsSearch) =>
  usePages<List>(['profile', 'lists', 'pages', q, deleted], (cursor) =>
    body(api.GET('/api/v1/lists', { params: { query: { search: q, deleted, limit: 50, cursor } } })),
  );

const then = async <T>(asked: Promise<T>): Promise<T> => {
  const answer = await asked;
  await queryClient.invalidateQueries({ queryKey: ['profile'] });
  return answer;
};
const of = (id: string) => ({ params: { path: { id } } });

export const deleteList = (id: string) => then(body(api.DELETE('/api/v1/lists/{id}', of(id))));
export const restoreList = (id: string) =>
  then(body(api.POST('/api/v1/lists/{id}/restore', { ...of(id), headers: once() })));

/** Gives a list a name: one that is there, or a new one. */
export const useNameList = (id: string | undefined) =>
  useMutation({
    mutationFn: (name: string) =>
      then(
        id === undefined
          ? body(api.POST('/api/v1/lists', { headers: once(), body: { name } }))
          : body(api.PATCH('/api/v1/lists/{id}', { ...of(id), body: { name } })),
      ),
  });
