import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Card, Group, NumberInput, Skeleton, Stack, Text } from '@mantine/core';
import { IconLock, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { ApiProblem } from '~/api/client';
import { fieldErrors } from '~/api/form';
import { useCan } from '~/api/session';
import { ChangedMeanwhile } from '~/ui/ChangedMeanwhile';
import { EmptyState } from '~/ui/EmptyState';
import { useFormat } from '~/ui/format';
import { PageHeader } from '~/ui/PageHeader';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done } from '~/ui/toast';
import { asLimits, isSame, MOST_LIMITS, type TypedLimit, typed, withOneMore } from './limits';
import { type CapLimit, type FrequencyCap, useChangeCap, useFrequencyCap } from './queries';
import { useCapWords } from './words';

/** `/settings/frequency-cap`: how many campaign messages a person gets at most. */
export function CapPage() {
  const { t } = useLingui();
  const can = useCan();
  const may = can('campaigns.read');
  return (
    <>
      <PageHeader
        title={t`Frequency cap`}
        about={may && t`How many campaign messages a person gets at most, whatever campaigns they are in.`}
      />
      {may ? (
        <Read />
      ) : (
        <EmptyState icon={IconLock} title={t`Your role does not see campaigns`}>
          <Trans>Ask an admin if you need to.</Trans>
        </EmptyState>
      )}
    </>
  );
}

function Read() {
  const { t } = useLingui();
  const can = useCan();
  const cap = useFrequencyCap();
  if (cap.isError) return <ProblemAlert problem={cap.error} retry={() => void cap.refetch()} />;
  if (!cap.data) return <Skeleton height={160} maw={640} role="status" aria-label={t`Loading`} />;
  return (
    <Stack maw={640}>
      {can('campaigns.cap') ? <Limits cap={cap.data} /> : <Said cap={cap.data} />}
      <Text size="sm" c="dimmed">
        <Trans>
          What counts: messages of campaigns that wait, were accepted or arrived, also those from before the
          cap was turned on. What does not: messages that failed, answers to people, tests, single messages,
          and campaigns that do not respect the cap.
        </Trans>
      </Text>
      <Text size="sm" c="dimmed">
        <Trans>
          Whoever got as much as they may is left out of a campaign when its turn comes to them; the campaign
          says how many that are. Campaigns that run keep to a change from then on.
        </Trans>
      </Text>
    </Stack>
  );
}

function Said({ cap }: { cap: FrequencyCap }) {
  const words = useCapWords();
  return (
    <Card withBorder>
      <Text>
        {cap.limits.length > 0 ? (
          <Trans>A person gets at most {words(cap.limits)}.</Trans>
        ) : (
          <Trans>It is off: a person gets every campaign that they are in.</Trans>
        )}
      </Text>
      <Text size="sm" c="dimmed" mt="xs">
        <Trans>Owners and admins can change it.</Trans>
      </Text>
    </Card>
  );
}

function Limits({ cap }: { cap: FrequencyCap }) {
  const { t } = useLingui();
  const format = useFormat();
  const words = useCapWords();
  const change = useChangeCap();
  const [base, setBase] = useState(cap);
  const [limits, setLimits] = useState(() => typed(cap.limits));
  const wanted = asLimits(limits);
  const changed = !isSame(wanted, base.limits);
  // Somebody else changed it: theirs is shown, unless something here is not saved.
  if (cap.updated_at !== base.updated_at && !changed) {
    setBase(cap);
    setLimits(typed(cap.limits));
  }
  const apart = change.error instanceof ApiProblem && change.error.code === 'changed_meanwhile';
  const errors = fieldErrors(change.error);
  const set = (next: TypedLimit[]) => {
    change.reset();
    setLimits(next);
  };
  const take = (saved: FrequencyCap) => {
    change.reset();
    setBase(saved);
    setLimits(typed(saved.limits));
  };
  const save = async (all: CapLimit[], version: number) => {
    const saved = await change.mutateAsync({ limits: all, version }).catch(() => undefined);
    if (!saved) return;
    take(saved);
    done(all.length > 0 ? t`The cap holds from now on.` : t`The cap is off.`);
  };
  const say = (all: readonly CapLimit[]) => (all.length > 0 ? words(all) : t`Off`);
  return (
    <Card withBorder>
      <Stack>
        {apart && (
          <ChangedMeanwhile
            by={cap.updated_by ?? undefined}
            at={cap.updated_at}
            rows={[
              { key: 'limits', title: t`Frequency cap`, mine: say(wanted ?? []), theirs: say(cap.limits) },
            ]}
            keeping={t`Keep mine writes yours over theirs. Take theirs gives up what you changed.`}
            busy={change.isPending}
            onKeep={() => wanted && void save(wanted, cap.updated_at)}
            onTake={() => take(cap)}
          />
        )}
        {limits.length === 0 && (
          <Text>
            <Trans>It is off: a person gets every campaign that they are in.</Trans>
          </Text>
        )}
        {limits.map((limit, i) => (
          <Limit
            key={limit.key}
            limit={limit}
            errorOf={(field) => errors[`limits.${i}.${field}`]}
            problem={errors[`limits.${i}`]}
            onChange={(next) => set(limits.map((one) => (one.key === limit.key ? next : one)))}
            onRemove={() => set(limits.filter((one) => one.key !== limit.key))}
          />
        ))}
        {limits.length < MOST_LIMITS && (
          <Button
            variant="light"
            size="xs"
            style={{ alignSelf: 'flex-start' }}
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => set(withOneMore(limits))}
          >
            {limits.length === 0 ? <Trans>Set a cap</Trans> : <Trans>Add a limit</Trans>}
          </Button>
        )}
        {change.error && !apart && Object.keys(errors).length === 0 && (
          <ProblemAlert problem={change.error} />
        )}
        {changed && !apart && (
          <Group>
            <Button
              loading={change.isPending}
              disabled={!wanted}
              onClick={() => wanted && void save(wanted, base.updated_at)}
            >
              <Trans>Save the cap</Trans>
            </Button>
            <Button variant="default" disabled={change.isPending} onClick={() => take(cap)}>
              <Trans>Cancel</Trans>
            </Button>
          </Group>
        )}
        {!changed && base.updated_by && (
          <Text size="sm" c="dimmed">
            <Trans>
              Changed by <bdi>{base.updated_by}</bdi> at {format.full(base.updated_at)}.
            </Trans>
          </Text>
        )}
      </Stack>
    </Card>
  );
}

interface LimitProps {
  limit: TypedLimit;
  errorOf: (field: 'messages' | 'days') => string | undefined;
  problem: string | undefined;
  onChange: (limit: TypedLimit) => void;
  onRemove: () => void;
}

function Limit({ limit, errorOf, problem, onChange, onRemove }: LimitProps) {
  const { t } = useLingui();
  return (
    <div>
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <NumberInput
          label={t`Messages at most`}
          flex="1 1 0"
          maw={150}
          min={1}
          max={100}
          allowDecimal={false}
          allowNegative={false}
          value={limit.messages}
          onChange={(messages) => onChange({ ...limit, messages })}
          error={errorOf('messages') ?? Boolean(problem)}
        />
        <NumberInput
          label={t`In so many days`}
          flex="1 1 0"
          maw={150}
          min={1}
          max={30}
          allowDecimal={false}
          allowNegative={false}
          value={limit.days}
          onChange={(days) => onChange({ ...limit, days })}
          error={errorOf('days') ?? Boolean(problem)}
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          aria-label={t`Take this limit out`}
          onClick={onRemove}
        >
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      </Group>
      {problem && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert" mt={4}>
          {problem}
        </Text>
      )}
    </div>
  );
}
