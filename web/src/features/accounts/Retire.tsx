import { useLingui } from '@lingui/react/macro';
import { useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '~/api/client';
import { useSaid } from '~/i18n/said';
import { confirm } from '~/ui/confirm';
import { useFormat } from '~/ui/format';
import { done, failed } from '~/ui/toast';
import { type Account, retire, stopsOf } from './queries';

type What =
  | { kind: 'account'; account: Account; forget: boolean }
  | { kind: 'number'; id: string; phone: string };

/** Asks before an account or a number is taken out of use, with all that stops. */
export function useRetire(): (what: What, then?: () => void) => void {
  const { t } = useLingui();
  const said = useSaid();
  const format = useFormat();
  const client = useQueryClient();
  const names = (campaigns: Schemas['Retired']['campaigns']) => campaigns.map((c) => c.name).join(', ');
  const lines = (what: What, stops: Schemas['Retired']) => {
    // Of a number the server also knows which one takes its place.
    if (what.kind === 'number') return [said(stops.stopped)];
    const found = [
      stops.campaigns.length > 0 && t`Campaigns that end: ${names(stops.campaigns)}`,
      stops.drafts.length > 0 && t`Drafts that need another account: ${names(stops.drafts)}`,
      stops.queued > 0 && t`Queued messages that are not sent: ${format.number(stops.queued)}`,
      stops.in_flight > 0 && t`Messages on their way, which still arrive: ${format.number(stops.in_flight)}`,
      stops.open_chats > 0 &&
        t`Open chats that are answered from there, and go on only with a template from another number: ${format.number(stops.open_chats)}`,
      t`No campaign, answer or automatic reply is sent with it any more.`,
      what.forget
        ? t`Its callback URLs end: reports and messages from customers no longer arrive.`
        : t`Reports, and messages from customers, are still taken.`,
    ];
    return found.filter((line) => line !== false);
  };
  return (what, then) => {
    const asked =
      what.kind === 'account' ? stopsOf.account(what.account.id, what.forget) : stopsOf.number(what.id);
    asked
      .then((stops) => {
        const name = what.kind === 'account' ? what.account.nickname : what.phone;
        const forget = what.kind === 'account' && what.forget;
        confirm({
          title: forget ? t`Delete ${name}?` : t`Archive ${name}?`,
          children: forget
            ? t`Its credentials are removed and cannot be brought back. What was sent and received stays readable.`
            : t`It is taken out of use. What was sent and received stays readable.`,
          stops: lines(what, stops),
          act: forget ? t`Delete it` : t`Archive it`,
          danger: true,
          typed: name,
          run: async () => {
            await (what.kind === 'account'
              ? retire.account(what.account.id, what.forget)
              : retire.number(what.id));
            await client.invalidateQueries({ queryKey: ['account'] });
            done(forget ? t`${name} is deleted.` : t`${name} is archived.`);
            then?.();
          },
        });
      })
      .catch(failed);
  };
}
