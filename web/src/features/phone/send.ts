import { useQueryClient } from '@tanstack/react-query';
import { failed } from '~/ui/toast';
import { handset, type Written } from './handset';

/** Writes as a person. Says whether the simulator took it. */
export function useSendAs(
  person: string,
  name?: string,
): (written: Omit<Written, 'customer'>) => Promise<boolean> {
  const client = useQueryClient();
  return async (written) => {
    try {
      await handset.write({ customer: person, ...(name ? { name } : {}), ...written });
      void client.invalidateQueries({ queryKey: ['handset'] });
      return true;
    } catch (problem) {
      failed(problem);
      return false;
    }
  };
}
