import { Plural, Trans, useLingui } from '@lingui/react/macro';
import {
  Anchor,
  Badge,
  Button,
  Card,
  Group,
  NumberInput,
  Skeleton,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, body, type Schemas } from '~/api/client';
import { fieldErrors } from '~/api/form';
import { useCan } from '~/api/session';
import { useSaid } from '~/i18n/said';
import { confirm } from '~/ui/confirm';
import { Phone, useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done, failed } from '~/ui/toast';
import { DailyLimit, DailyUse } from './DailyLimit';
import { useAddNumber, useChangeNumber, useNumbers } from './queries';
import { useRetire } from './Retire';

function Rate({ number }: { number: Schemas['NumberInUse'] }) {
  const { t } = useLingui();
  const change = useChangeNumber();
  const [rate, setRate] = useState<string | number>(number.messages_per_second);
  return (
    <Group align="flex-end" gap="xs">
      <NumberInput
        label={t`Messages a second at most`}
        size="xs"
        w={190}
        min={1}
        max={100_000}
        allowDecimal={false}
        value={rate}
        onChange={setRate}
      />
      {Number(rate) !== number.messages_per_second && (
        <Button
          size="xs"
          variant="default"
          loading={change.isPending}
          disabled={!(Number(rate) >= 1)}
          // The new rate renews this field: what is told of it must not depend on the old one.
          onClick={() =>
            void change
              .mutateAsync({ id: number.id, change: { messages_per_second: Number(rate) } })
              .then(() => done(t`The rate is changed.`), failed)
          }
        >
          <Trans>Save</Trans>
        </Button>
      )}
    </Group>
  );
}

function NumberCard({ number }: { number: Schemas['NumberInUse'] }) {
  const { t } = useLingui();
  const said = useSaid();
  const can = useCan();
  const format = useFormat();
  const change = useChangeNumber();
  const retire = useRetire();
  const makeDefault = () =>
    body(
      api.PATCH('/api/v1/numbers/{id}', {
        params: { path: { id: number.id }, query: { dry_run: true } },
        body: { default: true },
      }),
    )
      .then((would) =>
        confirm({
          title: t`Make ${number.phone} the default number?`,
          children: t`What names no number of its own leaves from it from now on. Answers still leave from the number that the person last wrote to.`,
          stops: (would.consequences ?? []).map(said),
          act: t`Make it the default`,
          run: () => change.mutateAsync({ id: number.id, change: { default: true } }),
        }),
      )
      .catch(failed);
  return (
    <Card withBorder component="section" aria-label={number.phone}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="xs">
            <Text fw={600}>
              <Phone number={number.phone} />
            </Text>
            {number.default && (
              <Badge variant="light">
                <Trans>default</Trans>
              </Badge>
            )}
          </Group>
          {can('accounts.write') && (
            <Group gap="xs">
              {!number.default && (
                <Button size="xs" variant="default" onClick={() => void makeDefault()}>
                  <Trans>Make it the default</Trans>
                </Button>
              )}
              <Button
                size="xs"
                variant="subtle"
                color="red"
                onClick={() => retire({ kind: 'number', id: number.id, phone: number.phone })}
              >
                <Trans>Archive</Trans>
              </Button>
            </Group>
          )}
        </Group>
        <Text size="sm">
          <Trans>
            <Plural value={number.sent_today} one="# message today" other="# messages today" />,{' '}
            {format.number(number.sent_24h)} in the last 24 hours
          </Trans>
        </Text>
        <DailyUse number={number} />
        {can('accounts.write') && (
          <>
            <Rate key={number.messages_per_second} number={number} />
            <DailyLimit key={`limit ${number.daily_limit}`} number={number} />
          </>
        )}
        {number.campaigns.length + number.drafts.length > 0 && (
          <Text size="sm">
            <Trans>Used by</Trans>{' '}
            {[...number.campaigns, ...number.drafts].map((campaign, index) => (
              <span key={campaign.id}>
                {index > 0 && ', '}
                <Anchor component={Link} to={`/campaigns/${campaign.id}`} dir="auto">
                  {campaign.name}
                </Anchor>
              </span>
            ))}
          </Text>
        )}
      </Stack>
    </Card>
  );
}

/** The numbers of an account. */
export function NumbersTab({ account }: { account: string }) {
  const { t } = useLingui();
  const can = useCan();
  const numbers = useNumbers(account);
  const add = useAddNumber(account);
  const [phone, setPhone] = useState('');
  const errors = fieldErrors(add.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ phone, default: false }, { onSuccess: () => setPhone('') });
  };
  return (
    <Stack maw={760}>
      {numbers.isPending && <Skeleton height={120} />}
      {numbers.isError && <ProblemAlert problem={numbers.error} retry={() => void numbers.refetch()} />}
      {(numbers.data ?? [])
        .filter((number) => !number.archived)
        .map((number) => (
          <NumberCard key={number.id} number={number} />
        ))}
      {can('accounts.write') && (
        <form onSubmit={submit}>
          <Group align="flex-end">
            <TextInput
              label={t`Another number of this account`}
              description={t`A phone number in any usual form, or a short code`}
              type="tel"
              dir="ltr"
              value={phone}
              onChange={(e) => setPhone(e.currentTarget.value)}
              error={errors.phone}
            />
            <Button type="submit" variant="default" loading={add.isPending} disabled={phone.trim() === ''}>
              <Trans>Add</Trans>
            </Button>
          </Group>
        </form>
      )}
      {add.isError && <ProblemAlert problem={add.error} shown={['/phone']} />}
    </Stack>
  );
}
