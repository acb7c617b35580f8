import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { PersonPicker } from '~/ui/PersonPicker';
import { ProblemAlert } from '~/ui/ProblemAlert';
import { done } from '~/ui/toast';
import { changeList } from '../acts';
import type { Profile } from '../queries';

/** Puts one person after the other on a list. */
export function AddToList({ list }: { list: string }) {
  const { t } = useLingui();
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" leftSection={<IconUserPlus size={16} aria-hidden />} onClick={open}>
        <Trans>Add a person</Trans>
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t`Add a person to the list`}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <AddOne list={list} close={close} />
      </Modal>
    </>
  );
}

function AddOne({ list, close }: { list: string; close: () => void }) {
  const { t } = useLingui();
  const [person, choose] = useState<Profile | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const add = async (chosen: Profile) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { moved, list: now } = await changeList(list, { add: [chosen.id] });
      const name = chosen.name || chosen.phone || chosen.identity;
      if (moved.length === 0) done(t`${name} is on the list "${now.name}" already.`);
      else done(t`${name} is on the list "${now.name}".`, () => changeList(list, { remove: moved }));
      close();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        if (person) void add(person);
      }}
    >
      <Stack>
        <PersonPicker label={t`Person`} value={person} onChange={choose} />
        {problem !== undefined && <ProblemAlert problem={problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" disabled={!person} loading={busy}>
            <Trans>Add to the list</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
