import { Plural, Trans } from '@lingui/react/macro';
import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useCan } from '~/api/session';
import { Time, useFormat } from '~/ui/format';
import type { TemplateRow } from './queries';

/** The campaigns that use a template, each kind with a link to them. */
export function UsedByCell({ template: { id, used_by } }: { template: TemplateRow }) {
  const kinds: { tab: 'running' | 'scheduled' | 'drafts' | 'finished'; n: number; words: ReactNode }[] = [
    {
      tab: 'running',
      n: used_by.running,
      words: <Plural value={used_by.running} one="# running" other="# running" />,
    },
    {
      tab: 'scheduled',
      n: used_by.scheduled,
      words: <Plural value={used_by.scheduled} one="# scheduled" other="# scheduled" />,
    },
    {
      tab: 'drafts',
      n: used_by.drafts,
      words: <Plural value={used_by.drafts} one="# draft" other="# drafts" />,
    },
    {
      tab: 'finished',
      n: used_by.ended,
      words: <Plural value={used_by.ended} one="# ended" other="# ended" />,
    },
  ];
  const can = useCan();
  const some = kinds.filter(({ n }) => n > 0);
  if (some.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        <Trans>No campaign</Trans>
      </Text>
    );
  }
  return some.map(({ tab, words }) => (
    <Text key={tab} size="sm">
      {can('campaigns.read') ? (
        <Anchor
          inherit
          // Links that stand under each other are as high as a finger needs.
          display="inline-block"
          lh="24px"
          renderRoot={(props) => <Link {...props} to="/campaigns" search={{ tab, template: id }} />}
        >
          {words}
        </Anchor>
      ) : (
        words
      )}
    </Text>
  ));
}

/** When a campaign began with it last, and how many read the recent ones. */
export function LastSentCell({ template: { last_sent_at, recent } }: { template: TemplateRow }) {
  const format = useFormat();
  if (!last_sent_at) {
    return (
      <Text size="sm" c="dimmed">
        <Trans>Never</Trans>
      </Text>
    );
  }
  const read = format.share(recent.read, recent.sent);
  return (
    <>
      <Time at={last_sent_at} />
      {recent.sent > 0 && (
        <Text size="xs" c="dimmed">
          <Trans>{read} read, last 30 days</Trans>
        </Text>
      )}
    </>
  );
}
