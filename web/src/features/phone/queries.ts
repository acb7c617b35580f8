import { useLocalStorage } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { handset } from './handset';

/** Follows the simulator while this tab is looked at: browsers allow few open connections to one server. */
export function useHandsetLive(): void {
  const client = useQueryClient();
  useEffect(() => {
    let source: EventSource | undefined;
    const follow = () => {
      if (document.visibilityState !== 'visible') {
        source?.close();
        source = undefined;
      } else if (!source) {
        source = new EventSource('/api/v1/handset/live');
        source.onmessage = () => void client.invalidateQueries({ queryKey: ['handset'] });
      }
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      source?.close();
    };
  }, [client]);
}

export const useCustomers = (q = '') =>
  useQuery({
    queryKey: ['handset', 'customers', q],
    queryFn: () => handset.customers(q),
    placeholderData: (before) => before,
  });

export const useChat = (customer: string | undefined) =>
  useQuery({
    queryKey: ['handset', 'chat', customer],
    queryFn: () => handset.chat(customer ?? ''),
    enabled: customer !== undefined,
  });

export const useConfig = () => useQuery({ queryKey: ['handset', 'config'], queryFn: handset.config });

/** The time of the demo, and when the window of a person closes. */
export const useDemoTime = (person: string | undefined) =>
  useQuery({ queryKey: ['handset', 'clock', person], queryFn: () => handset.clock(person) });

/** The crowds, and what can be asked for. */
export const useCrowds = () => useQuery({ queryKey: ['handset', 'crowds'], queryFn: handset.crowds });

/** Whose phone is shown: the one chosen last in this browser, else Asha's, else anybody's. */
export function usePerson() {
  const { data } = useCustomers();
  const [kept, keep] = useLocalStorage<string | undefined>({
    key: 'harkara.phone.person',
    getInitialValueInEffect: false,
  });
  const customers = data?.customers ?? [];
  const first = customers.find((one) => one.name?.startsWith('Asha')) ?? customers[0];
  return { person: kept ?? first?.customer, choose: keep, business: data?.number, known: data !== undefined };
}

/** What a person is called: by a profile, or as they said themselves. */
export function useName(person: string | undefined): string | undefined {
  const { data } = useCustomers();
  const chat = useChat(person);
  return data?.customers.find((one) => one.customer === person)?.name || chat.data?.name || undefined;
}

/** Whether the person lets others see what was read. */
export const useReceipts = () =>
  useLocalStorage({ key: 'harkara.phone.receipts', defaultValue: true, getInitialValueInEffect: false });
