import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFilter, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { isComplete, useAudienceWords } from '~/features/campaigns/audience';
import { Conditions } from '~/features/campaigns/edit/Conditions';
import type { Condition } from './routes';

interface Props {
  conditions: Condition[] | undefined;
  set: (conditions: Condition[] | undefined) => void;
}

const BLANK: Condition = { attribute: '', is: 'equal' };

/** People by what is known about them, with the conditions that campaigns have. */
export function ConditionFilter({ conditions, set }: Props) {
  const { t } = useLingui();
  const [opened, { open, close }] = useDisclosure();
  const n = conditions?.length ?? 0;
  return (
    <>
      <Button
        variant={n > 0 ? 'light' : 'default'}
        leftSection={<IconFilter size={16} aria-hidden />}
        onClick={open}
      >
        {n > 0 ? <Plural value={n} one="1 condition" other="# conditions" /> : <Trans>Conditions</Trans>}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t`Show people by what is known about them`}
        size="xl"
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <Editor
          before={conditions}
          apply={(next) => {
            set(next);
            close();
          }}
        />
      </Modal>
    </>
  );
}

function Editor({
  before,
  apply,
}: {
  before: Condition[] | undefined;
  apply: (conditions: Condition[] | undefined) => void;
}) {
  const { t } = useLingui();
  const [all, change] = useState<Condition[]>(before ?? [BLANK]);
  const ready = all.every(isComplete);
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        if (ready) apply(all);
      }}
    >
      <Stack>
        <Conditions
          all={all}
          onChange={change}
          errorAt={() => undefined}
          pointer=""
          legend={t`People for whom all of this holds`}
        />
        <Group justify="flex-end">
          {!ready && (
            <Text size="sm" c="dimmed" role="status" me="auto">
              <Trans>Each condition needs an attribute, and what it is compared with.</Trans>
            </Text>
          )}
          {before && (
            <Button variant="default" onClick={() => apply(undefined)}>
              <Trans>Remove all conditions</Trans>
            </Button>
          )}
          <Button type="submit" disabled={!ready}>
            <Trans>Show these people</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The conditions as sentences; each can be taken away. */
export function ConditionWords({ conditions, set }: { conditions: Condition[]; set: Props['set'] }) {
  const { t } = useLingui();
  const words = useAudienceWords()({ type: 'conditions', all: conditions }, () => undefined);
  const without = (at: number) => {
    const left = conditions.filter((_, i) => i !== at);
    set(left.length > 0 ? left : undefined);
  };
  return (
    <Group gap="xs" w="100%" role="group" aria-label={t`Conditions`}>
      {words.map((sentence, i) => (
        <Button
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition is its place
          key={i}
          size="compact-sm"
          variant="light"
          rightSection={<IconX size={14} aria-hidden />}
          aria-label={t`Remove: ${sentence}`}
          h="auto"
          mih={26}
          styles={{ label: { whiteSpace: 'normal', textAlign: 'start' } }}
          onClick={() => without(i)}
        >
          <bdi>{sentence}</bdi>
        </Button>
      ))}
    </Group>
  );
}
