import { usePeople } from '~/ui/people';
import type { Editing } from './useEditing';

/** Some people to look at the message with. */
export function useSample(_: Editing) {
  const people = usePeople('', 50);
  return { people: (people.data?.data ?? []).filter((person) => person.reachable) };
}
