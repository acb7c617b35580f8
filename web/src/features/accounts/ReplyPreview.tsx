import { Trans, useLingui } from '@lingui/react/macro';
import { Card, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { ApiProblem } from '~/api/client';
import { serverNow } from '~/api/clock';
import { viewerZone } from '~/ui/format';
import { fromMessage } from '~/wa/message';
import { PhoneFrame } from '~/wa/PhoneFrame';
import { WaBubble } from '~/wa/WaBubble';
import { DAYS, type Day, type Draft, dayIn, replyOf } from './autoReply';
import { type Account, useAutoReplyPreview } from './queries';
import { useDayName } from './useDayName';

/** What somebody would read who writes at some time, as the server would answer it. */
export function ReplyPreview({ account, draft }: { account: Account; draft: Draft }) {
  const { t } = useLingui();
  const nameOf = useDayName();
  const [name, setName] = useState(() => t`Asha`);
  const [day, setDay] = useState<Day>(() => dayIn(serverNow(), draft.timed ? draft.zone : viewerZone()));
  const [time, setTime] = useState('22:10');
  // It is shown as it would be were it switched on.
  const question = { reply: { ...replyOf(draft), enabled: true }, name, day, time };
  const [asked] = useDebouncedValue(question, 300);
  const empty = draft.text.trim() === '';
  const seen = useAutoReplyPreview(account.id, asked, !empty && asked.reply.text !== '' && time !== '');
  const who = name.trim() || t`Somebody without a name`;
  return (
    <Card withBorder component="section" aria-label={t`Preview of the auto-reply`}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          <Trans>What somebody would get</Trans>
        </Title>
        <Group gap="sm" align="flex-start">
          <TextInput
            label={t`They call themselves`}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            flex={1}
            miw={130}
            dir="auto"
          />
          <Select
            label={t`They write on`}
            data={DAYS.map((value) => ({ value, label: nameOf(value) }))}
            value={day}
            onChange={(next) => next && setDay(next as Day)}
            allowDeselect={false}
            w={130}
          />
          <TextInput
            type="time"
            label={t`At`}
            value={time}
            onChange={(e) => setTime(e.currentTarget.value)}
          />
        </Group>
        <Text size="sm" c="dimmed">
          <Trans>
            <bdi>{who}</bdi> writes "hi" on {nameOf(day)} at {time}, and gets:
          </Trans>
        </Text>
        <div aria-live="polite">
          {empty && (
            <Text size="sm" c="dimmed">
              <Trans>Write the text to see it here.</Trans>
            </Text>
          )}
          {!empty && seen.isError && <Wrong problem={seen.error} />}
          {!empty && !seen.isError && seen.data && (
            <Answer seen={seen.data} time={time} business={account.nickname} />
          )}
        </div>
        {!draft.enabled && (
          <Text size="sm" c="dimmed">
            <Trans>The auto-reply is switched off: nobody is answered until it is on.</Trans>
          </Text>
        )}
      </Stack>
    </Card>
  );
}

interface Seen {
  hours: string;
  answer?: string | null;
}

function Answer({ seen, time, business }: { seen: Seen; time: string; business: string }) {
  const { t } = useLingui();
  return (
    <Stack gap={6}>
      <PhoneFrame title={business} label={t`What they see`}>
        <WaBubble content={{ body: t`hi`, buttons: [] }} direction="out" time={time} />
        {seen.answer != null && (
          <WaBubble
            content={fromMessage({ type: 'text', body: seen.answer })}
            direction="in"
            time={time}
            label={t`The answer`}
          />
        )}
      </PhoneFrame>
      {seen.answer == null && (
        <Text size="sm">
          <Trans>Nothing.</Trans>
        </Text>
      )}
      {seen.hours === 'inside' && (
        <Text size="xs" c="dimmed">
          <Trans>This is within the hours.</Trans>
        </Text>
      )}
      {seen.hours === 'outside' && (
        <Text size="xs" c="dimmed">
          <Trans>This is outside of the hours.</Trans>
        </Text>
      )}
    </Stack>
  );
}

/** What stands in the way of an answer, until it is mended. */
function Wrong({ problem }: { problem: Error }) {
  const said = problem instanceof ApiProblem ? [...new Set(problem.errors.map((error) => error.detail))] : [];
  return (
    <Stack gap={4}>
      {(said.length > 0 ? said : [problem.message]).map((detail) => (
        <Text key={detail} size="sm" c="var(--mantine-color-error)">
          {detail}
        </Text>
      ))}
    </Stack>
  );
}
