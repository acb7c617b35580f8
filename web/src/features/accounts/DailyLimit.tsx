import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, NumberInput, Progress, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '~/api/client';
import { useFormat } from '~/ui/format';
import { done, failed } from '~/ui/toast';
import { useChangeNumber } from './queries';

type Sender = Schemas['NumberInUse'];

/** How much of what WhatsApp allows in a day is used. */
export function DailyUse({ number }: { number: Sender }) {
  const { t } = useLingui();
  const format = useFormat();
  const limit = number.daily_limit;
  if (limit == null) return null;
  return (
    <>
      <Progress
        value={Math.min(100, (100 * number.sent_24h) / limit)}
        color={number.sent_24h >= limit ? 'orange' : undefined}
        aria-label={t`Part of the daily limit that is used`}
      />
      <Text size="xs" c="dimmed">
        <Trans>WhatsApp lets it begin to write to {format.number(limit)} people in 24 hours.</Trans>
      </Text>
    </>
  );
}

/** Where a person enters that limit: no provider tells it. */
export function DailyLimit({ number }: { number: Sender }) {
  const { t } = useLingui();
  const change = useChangeNumber();
  const known = number.daily_limit ?? null;
  const [typed, setTyped] = useState<string | number>(known ?? '');
  const wanted = typed === '' ? null : Number(typed);
  const save = () =>
    void change
      .mutateAsync({ id: number.id, change: { daily_limit: wanted } })
      .then(() => done(wanted === null ? t`No limit is kept.` : t`The limit is kept.`), failed);
  return (
    <Stack gap={4}>
      <Group align="flex-end" gap="xs">
        <NumberInput
          label={t`People it may begin to write to in 24 hours`}
          description={t`WhatsApp's messaging limit, as your provider shows it. Empty: not known, or no limit.`}
          placeholder={t`Not known`}
          size="xs"
          maw={420}
          min={1}
          max={10_000_000}
          allowDecimal={false}
          allowNegative={false}
          thousandSeparator=","
          value={typed}
          onChange={setTyped}
        />
        {wanted !== known && (
          <Button
            size="xs"
            variant="default"
            loading={change.isPending}
            disabled={wanted !== null && !(wanted >= 1)}
            onClick={save}
            aria-label={t`Save the limit`}
          >
            <Trans>Save</Trans>
          </Button>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        <Trans>
          A campaign says before its launch when it goes to more people than are left. Sending does not stop
          there: what goes beyond the limit WhatsApp may refuse, and those messages fail.
        </Trans>
      </Text>
    </Stack>
  );
}
