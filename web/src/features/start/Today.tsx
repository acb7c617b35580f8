import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { SimpleGrid } from '@mantine/core';
import type { Schemas } from '~/api/client';
import { useCan } from '~/api/session';
import { useFormat } from '~/ui/format';
import { Tile } from './Tile';

/** Today's four numbers. */
export function Today({ today }: { today: Schemas['Today'] }) {
  const { t } = useLingui();
  const can = useCan();
  const format = useFormat();
  const { sent, delivered, read, failed, replies, waiting } = today;
  const campaigns = can('campaigns.read') ? { to: '/campaigns' as const } : undefined;
  const inbox = can('inbox.read') ? { to: '/inbox' as const } : undefined;
  const none = t`Nothing was sent today`;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
      <Tile
        name={t`Delivered`}
        value={format.share(delivered, sent)}
        link={campaigns}
        detail={
          sent === 0 ? (
            none
          ) : (
            <>
              <Trans>
                {format.number(delivered)} of {format.number(sent)} accepted
              </Trans>
              {failed > 0 && (
                <>
                  , <Plural value={failed} one="# failed" other="# failed" />
                </>
              )}
            </>
          )
        }
      />
      <Tile
        name={t`Read`}
        value={format.share(read, delivered)}
        link={campaigns}
        detail={
          delivered === 0 ? (
            t`Nothing was delivered today`
          ) : (
            <Trans>
              {format.number(read)} of {format.number(delivered)} delivered
            </Trans>
          )
        }
      />
      <Tile
        name={t`Replies`}
        value={format.number(replies)}
        link={inbox}
        detail={<Plural value={replies} one="message of customers" other="messages of customers" />}
      />
      <Tile
        name={t`Waiting for an answer`}
        value={format.number(waiting)}
        link={inbox && { ...inbox, search: { waiting: true } }}
        detail={<Plural value={waiting} one="customer" other="customers" />}
      />
    </SimpleGrid>
  );
}
