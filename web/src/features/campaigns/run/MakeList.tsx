import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconListDetails } from '@tabler/icons-react';
import { useCan } from '~/api/session';
import { useFailureTitles } from '~/features/messages/failures';
import { useMessageStates } from '~/features/messages/states';
import { OntoList } from '~/ui/OntoList';
import { done } from '~/ui/toast';
import type { RunSearch } from '../routes';
import { recipientsOf } from './usePeople';

/** Names of lists hold so many bytes, and a letter may have four. */
const LONGEST = 120;

interface Props {
  id: string;
  name: string;
  search: RunSearch;
}

/** Makes a list of the people who are shown, to write to them again. */
export function MakeList({ id, name, search }: Props) {
  const { t } = useLingui();
  const can = useCan();
  const [opened, { open, close }] = useDisclosure();
  const shown = useShown()(search);
  if (!can('profiles.write')) return null;
  const suggested = [name.slice(0, LONGEST), shown].filter(Boolean).join(': ');
  return (
    <>
      <Button variant="default" leftSection={<IconListDetails size={16} aria-hidden />} onClick={open}>
        <Trans>Make a list of these</Trans>
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t`Make a list of these people`}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <Stack>
          <Text size="sm">
            <Trans>
              Everybody whom the filter finds while the list is made comes onto it, also those further down.
              It stays as it is then, and a campaign can go to it.
            </Trans>
          </Text>
          <OntoList
            who={{ recipients: recipientsOf(id, search) }}
            suggested={suggested}
            close={close}
            begun={() => {
              close();
              done(t`The list is being made, also when you leave this page.`);
            }}
          />
        </Stack>
      </Modal>
    </>
  );
}

/** What is shown, in words. */
function useShown(): (search: RunSearch) => string {
  const { t } = useLingui();
  const states = useMessageStates();
  const titles = useFailureTitles();
  return ({ state, kind, q }) => {
    const named: Record<string, string> = {
      replied: t`Replied`,
      not_read: t`Did not read`,
      not_replied: t`Did not reply`,
      excluded: t`Left out before`,
    };
    const of = state && (named[state] ?? states[state]?.label ?? state);
    return [kind && state !== 'excluded' ? (titles[kind] ?? kind) : of, state !== 'excluded' && q]
      .filter(Boolean)
      .join(', ');
  };
}
