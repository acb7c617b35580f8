import { Plural, Trans, useLingui } from '@lingui/react/macro';
import {
  Button,
  Group,
  List,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { done, failed } from '~/ui/toast';
import { type Config, handset } from './handset';
import { EVERYBODY } from './presets';

/** Failures of the coming messages, or of all to numbers with an ending. */
export function Failures({ config }: { config: Config }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [kind, setKind] = useState<string | null>('503');
  const [cause, setCause] = useState('UNKNOWN_SUBSCRIBER');
  const [whom, setWhom] = useState<'next' | 'suffix'>('next');
  const [next, setNext] = useState<number | string>(1);
  const [suffix, setSuffix] = useState('');
  const kinds = [
    { value: '503', label: t`Not available for a moment (503)` },
    { value: '429', label: t`Too fast (429)` },
    { value: 'blocked_ip', label: t`The address of this server is blocked` },
    { value: '500', label: t`Took it, then answered with an error (500)` },
    { value: 'hang', label: t`Took it and never answers` },
    { value: 'cut', label: t`Took it, and the answer breaks off` },
    { value: 'garbage', label: t`Took it and answers nonsense` },
    { value: 'failed', label: t`Takes it, then reports that it failed` },
  ];
  const words = (raw: string) =>
    raw.startsWith('failed:')
      ? `${kinds.find((k) => k.value === 'failed')?.label} (${raw.slice(7)})`
      : (kinds.find((k) => k.value === raw)?.label ?? raw);
  const full = kind === 'failed' ? `failed:${cause.trim()}` : (kind ?? '');
  const ready =
    (kind !== 'failed' || cause.trim() !== '') &&
    (whom === 'next' ? typeof next === 'number' && next >= 1 : /^\d{1,15}$/.test(suffix.trim()));
  const set = async () => {
    try {
      await handset.fail(
        whom === 'next' ? { next: Number(next), kind: full } : { suffix: suffix.trim(), kind: full },
      );
      void client.invalidateQueries({ queryKey: ['handset', 'config'] });
      done(
        whom === 'next'
          ? t`The next messages will fail so.`
          : t`Messages to numbers ending in ${suffix.trim()} will fail so.`,
      );
    } catch (problem) {
      failed(problem);
    }
  };
  const clear = async () => {
    try {
      await handset.heal();
      void client.invalidateQueries({ queryKey: ['handset', 'config'] });
      done(t`No failures are set any more.`);
    } catch (problem) {
      failed(problem);
    }
  };
  return (
    <section aria-labelledby="sim-failures">
      <Title order={3} size="h6" id="sim-failures" mb={6}>
        <Trans>Failures</Trans>
      </Title>
      <Stack gap="sm">
        <Select
          label={t`What goes wrong`}
          data={kinds}
          value={kind}
          onChange={setKind}
          allowDeselect={false}
        />
        {kind === 'failed' && (
          <TextInput
            label={t`Cause in the report`}
            description={t`As the provider words it.`}
            value={cause}
            onChange={(e) => setCause(e.currentTarget.value)}
            dir="ltr"
          />
        )}
        <SegmentedControl
          aria-label={t`For which messages`}
          value={whom}
          onChange={(value) => setWhom(value as 'next' | 'suffix')}
          data={[
            { value: 'next', label: t`The next messages` },
            { value: 'suffix', label: t`By number` },
          ]}
        />
        {whom === 'next' ? (
          <NumberInput
            label={t`How many`}
            min={1}
            max={100_000}
            allowDecimal={false}
            value={next}
            onChange={setNext}
          />
        ) : (
          <TextInput
            label={t`Numbers that end in`}
            inputMode="numeric"
            value={suffix}
            onChange={(e) => setSuffix(e.currentTarget.value)}
          />
        )}
        <Group gap="xs">
          <Button size="xs" variant="default" disabled={!ready} onClick={() => void set()}>
            {whom === 'next' ? (
              <Plural
                value={Number(next) || 0}
                one="Let the next message fail"
                other="Let the next # messages fail"
              />
            ) : (
              <Trans>Let these numbers fail</Trans>
            )}
          </Button>
          <Button size="xs" variant="default" onClick={() => void clear()}>
            <Trans>Clear failures</Trans>
          </Button>
        </Group>
        {config.fail_suffix.length > 0 && (
          <div>
            <Text size="xs" fw={500}>
              <Trans>Set for numbers</Trans>
            </Text>
            <List size="xs">
              {config.fail_suffix.map(([ending, raw]) => (
                <List.Item key={`${ending} ${raw}`}>
                  {ending === EVERYBODY ? <Trans>Everybody</Trans> : <bdi dir="ltr">…{ending}</bdi>}:{' '}
                  {words(raw)}
                </List.Item>
              ))}
            </List>
          </div>
        )}
      </Stack>
    </section>
  );
}
