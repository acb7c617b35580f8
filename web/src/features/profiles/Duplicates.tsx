import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Alert, Anchor, Button, Card, Group, List, Modal, Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconArrowMerge } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '~/api/session';
import { useFormat } from '~/ui/format';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done } from '~/ui/toast';
import { Shown } from './Attributes';
import { type Merge, useMerge, useMergePreview, useSameNumber } from './acts';
import { useConsentWords } from './consent';
import type { Profile, Value } from './queries';

const nameOf = (person: Profile) => person.name || person.identity;

/** Other profiles of the same number, with a way to make one of two. */
export function Duplicates({ person }: { person: Profile }) {
  const { t } = useLingui();
  const can = useCan();
  const { data } = useSameNumber(person.phone);
  const [other, setOther] = useState<Profile>();
  const others = (data?.data ?? []).filter(({ id }) => id !== person.id);
  if (others.length === 0 && !other) return null;
  return (
    <>
      {others.length > 0 && (
        <Card withBorder padding="md">
          <Group gap="xs" wrap="nowrap">
            <IconArrowMerge size={18} aria-hidden />
            <Text size="sm" fw={600}>
              <Plural
                value={others.length}
                one="1 other profile has this number"
                other="# other profiles have this number"
              />
            </Text>
          </Group>
          {others.map((one) => (
            <Group key={one.id} justify="space-between" mt="xs" gap="xs">
              <Anchor component={Link} to={`/profiles/${one.id}`} size="sm" dir="auto">
                {nameOf(one)}
              </Anchor>
              {can('profiles.write') && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t`Merge ${nameOf(one)} into this profile`}
                  onClick={() => setOther(one)}
                >
                  <Trans>Merge</Trans>
                </Button>
              )}
            </Group>
          ))}
        </Card>
      )}
      <Modal
        opened={other !== undefined}
        onClose={() => setOther(undefined)}
        title={t`Make one profile of two`}
        size="lg"
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        {other && <Preview person={person} other={other} close={() => setOther(undefined)} />}
      </Modal>
    </>
  );
}

function Preview({ person, other, close }: { person: Profile; other: Profile; close: () => void }) {
  const { t } = useLingui();
  const { data, error, refetch } = useMergePreview(person.id, other.id);
  const merge = useMerge(person.id, other.id);
  if (error) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={160} role="status" aria-label={t`Loading`} />;
  const name = nameOf(other);
  const go = () =>
    merge.mutate(undefined, {
      onSuccess: () => {
        done(t`${name} is part of this profile now.`);
        close();
      },
    });
  return (
    <Stack>
      <Text size="sm">
        <Trans>
          The profile that is open stays. <bdi>{name}</bdi> is gone afterwards, and what belongs to it comes
          over.
        </Trans>
      </Text>
      <Fields merge={data} />
      <Comes merge={data} />
      <Alert variant="light" color="red">
        <Text size="sm">
          <Trans>
            It cannot be undone. The identity <bdi>{data.lost_identity}</bdi> is gone: a file or a program
            that names it makes a new profile.
          </Trans>
        </Text>
      </Alert>
      {merge.isError && <ProblemAlert problem={merge.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          <Trans>Cancel</Trans>
        </Button>
        <Button color="red" loading={merge.isPending} onClick={go}>
          <Trans>Merge for good</Trans>
        </Button>
      </Group>
    </Stack>
  );
}

function Fields({ merge }: { merge: Merge }) {
  const { t } = useLingui();
  const sides = [...merge.differ, ...merge.filled];
  if (sides.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        <Trans>Name and attributes of this profile stay as they are.</Trans>
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table aria-label={t`Name and attributes afterwards`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>
              <Trans>Field</Trans>
            </Table.Th>
            <Table.Th>
              <Trans>Afterwards</Trans>
            </Table.Th>
            <Table.Th>
              <Trans>Is lost</Trans>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sides.map(({ field, kept, lost }) => (
            <Table.Tr key={field}>
              <Table.Td>{field === 'name' ? <Trans>Name</Trans> : <bdi>{field}</bdi>}</Table.Td>
              <Table.Td>
                <Shown value={kept as unknown as Value} />
              </Table.Td>
              <Table.Td>
                {lost === null ? (
                  <Text size="sm" c="dimmed">
                    <Trans>Nothing: it is filled in</Trans>
                  </Text>
                ) : (
                  <Shown value={lost as unknown as Value} />
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Comes({ merge }: { merge: Merge }) {
  const { t } = useLingui();
  const format = useFormat();
  const words = useConsentWords();
  const moves: [number, string][] = [
    [merge.events, t`Events`],
    [merge.messages, t`Messages`],
    [merge.list_entries, t`Lists`],
    [merge.consents, t`Decisions about messages`],
  ];
  const consent = words[merge.consent]?.label ?? merge.consent;
  return (
    <div>
      <Text size="sm" fw={600}>
        <Trans>What comes over</Trans>
      </Text>
      <List size="sm">
        {moves.map(([n, what]) => (
          <List.Item key={what}>
            {what}: {format.number(n)}
          </List.Item>
        ))}
        <List.Item>
          {merge.consent_from_other
            ? t`Consent afterwards: ${consent}, as the other profile has it. An opt-out always wins.`
            : t`Consent afterwards: ${consent}, as this profile has it.`}
        </List.Item>
      </List>
    </div>
  );
}
