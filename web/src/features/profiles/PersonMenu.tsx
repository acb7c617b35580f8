import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, List, Menu, Stack } from '@mantine/core';
import { IconDots, IconEraser } from '@tabler/icons-react';
import { useCan } from '~/api/session';
import { confirm } from '~/ui/confirm';
import { type Receipt, useErase } from './acts';
import type { Profile } from './queries';

interface Props {
  person: Profile;
  erased: (receipt: Receipt) => void;
}

/** What is rarely done with a person. */
export function PersonMenu({ person, erased }: Props) {
  const { t } = useLingui();
  const can = useCan();
  const erase = useErase(person.id);
  if (!can('profiles.erase')) return null;
  const name = person.name || person.phone || person.identity;
  const ask = () =>
    confirm({
      title: t`Erase this person?`,
      children: (
        <Stack gap="xs">
          <span>{t`It cannot be taken back. This goes for good:`}</span>
          <List size="sm">
            <List.Item>{t`the profile with its attributes, events and places on lists`}</List.Item>
            <List.Item>{t`the conversation, and what every message to and from the person says`}</List.Item>
            <List.Item>{t`messages that wait to leave: they are cancelled`}</List.Item>
          </List>
          <span>
            {t`The counts of campaigns stay as they are. An opt-out of the number stays, too: nobody becomes reachable by being erased.`}
          </span>
        </Stack>
      ),
      act: t`Erase for good`,
      danger: true,
      typed: name.trim(),
      run: async () => erased(await erase.mutateAsync()),
    });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t`More for this person`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item color="red" leftSection={<IconEraser size={16} aria-hidden />} onClick={ask}>
          <Trans>Erase this person</Trans>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
