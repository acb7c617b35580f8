import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Card, Group, List, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useSaid } from '~/i18n/said';
import { copy } from '~/ui/CopyField';
import { useFormat } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { forget, type Receipt } from './acts';

/** What a business can show to whoever asked to be forgotten. It is kept nowhere: it is copied or downloaded from here. */
export function ErasedPage({ receipt }: { receipt: Receipt }) {
  const { t } = useLingui();
  const [copied, setCopied] = useState(false);
  const { facts, gone, kept } = useLines(receipt);
  useEffect(() => forget(receipt.profile_id), [receipt.profile_id]);
  const text = [
    t`Receipt: a person was erased`,
    ...facts,
    '',
    t`Erased`,
    ...gone.map((line) => `- ${line}`),
    '',
    t`Kept, and why`,
    ...kept.map((line) => `- ${line}`),
    '',
  ].join('\n');
  return (
    <>
      <PageHeader
        title={t`The person was erased`}
        about={t`The receipt names nobody. Keep it: it is not kept here.`}
      />
      <Stack maw={760}>
        <Card withBorder padding="md">
          {facts.map((line) => (
            <Text key={line} size="sm">
              {line}
            </Text>
          ))}
          <Title order={2} size="h5" mt="md">
            <Trans>Erased</Trans>
          </Title>
          <List size="sm" mt={4}>
            {gone.map((line) => (
              <List.Item key={line}>{line}</List.Item>
            ))}
          </List>
          <Title order={2} size="h5" mt="md">
            <Trans>Kept, and why</Trans>
          </Title>
          <List size="sm" mt={4}>
            {kept.map((line) => (
              <List.Item key={line}>{line}</List.Item>
            ))}
          </List>
        </Card>
        <Group>
          <Button
            component="a"
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
            download={`${receipt.profile_id}-erased.txt`}
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            <Trans>Download the receipt</Trans>
          </Button>
          <Button
            variant="default"
            leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            onClick={async () => setCopied(await copy(text, null))}
          >
            {copied ? <Trans>Copied</Trans> : <Trans>Copy it</Trans>}
          </Button>
        </Group>
        <Alert variant="light">
          <Text size="sm">
            <Trans>Should a file or a program bring the person again, they are somebody new here.</Trans>
          </Text>
        </Alert>
      </Stack>
    </>
  );
}

function useLines({ profile_id, erased_at, erased_by, erased, kept }: Receipt) {
  const { t } = useLingui();
  const said = useSaid();
  const format = useFormat();
  const when = format.exact(erased_at);
  const counts: [number, string][] = [
    [erased.attributes, t`Attributes`],
    [erased.events, t`Events`],
    [erased.list_entries, t`Places on lists`],
    [erased.consents, t`Decisions about messages, with their proof`],
    [erased.conversations, t`Conversations`],
    [erased.messages, t`Messages: number, text and values`],
    [erased.cancelled, t`Of these, cancelled before they left`],
    [erased.attempts, t`Requests to providers and their answers`],
    [erased.files, t`Uploaded files that nobody else got`],
    [erased.clicks, t`Addresses of links that were tapped`],
    [erased.audit_entries, t`Names and values in the audit log`],
  ];
  return {
    facts: [t`When: ${when}`, t`By: ${erased_by}`, t`Profile: ${profile_id}`],
    gone: [
      t`The profile: identity, number and name`,
      ...counts.filter(([n]) => n > 0).map(([n, what]) => `${what}: ${format.number(n)}`),
    ],
    kept: kept.map(({ why, until }) => {
      const day = until ? format.full(until) : '';
      return day ? `${said(why)} ${t`Until ${day}.`}` : said(why);
    }),
  };
}
