import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Anchor, Kbd, Modal, Stack, Table, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconHelp } from '@tabler/icons-react';
import { useEffect } from 'react';
import { PLACES } from './nav';
import { isShortcut, useShortcutsOn } from './shortcuts';

/** The keys, and where to read more. */
export function HelpSheet() {
  const { t, i18n } = useLingui();
  const [opened, { open, close }] = useDisclosure();
  const [on] = useShortcutsOn();
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      if (event.key === '?' && isShortcut(event)) open();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [on, open]);
  return (
    <>
      <Tooltip label={t`Help and keys (?)`}>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t`Help and keys`} onClick={open}>
          <IconHelp size={20} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Modal
        opened={opened}
        onClose={close}
        title={t`Help and keys`}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <Stack>
          <Text size="sm">
            <Trans>
              Single keys act outside of fields. Turn them off in the menu of your account. The API is
              described at <Anchor href="/api/v1/openapi.json">openapi.json</Anchor>.
            </Trans>
          </Text>
          <Table>
            <Table.Tbody>
              {PLACES.filter((p) => p.key).map((place) => (
                <Table.Tr key={place.to}>
                  <Table.Td>
                    <Kbd>g</Kbd> <Kbd>{place.key}</Kbd>
                  </Table.Td>
                  <Table.Td>{i18n._(place.label)}</Table.Td>
                </Table.Tr>
              ))}
              <Table.Tr>
                <Table.Td>
                  <Kbd>Ctrl</Kbd> <Kbd>K</Kbd>
                </Table.Td>
                <Table.Td>
                  <Trans>Go to a page or find a person</Trans>
                </Table.Td>
              </Table.Tr>
              <Table.Tr>
                <Table.Td>
                  <Kbd>j</Kbd> <Kbd>k</Kbd>
                </Table.Td>
                <Table.Td>
                  <Trans>Next and previous conversation</Trans>
                </Table.Td>
              </Table.Tr>
            </Table.Tbody>
          </Table>
        </Stack>
      </Modal>
    </>
  );
}
