import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Anchor, Kbd, Modal, Stack, Table, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconHelp } from '@tabler/icons-react';
import { Fragment, type ReactNode, useEffect } from 'react';
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
  const keys: [ReactNode, string][] = [
    [<Together key="k" all={['Ctrl', 'K']} />, t`Go to a page, begin something or find a person`],
    [<Kbd key="/">/</Kbd>, t`Search in the list`],
    [<Either key="jk" all={['j', 'k']} />, t`Lists and inbox: next and previous`],
    [<Either key="arrows" all={['↓', '↑']} />, t`The same, within a list`],
    [<Kbd key="open">Enter</Kbd>, t`List: open the row`],
    [<Kbd key="x">x</Kbd>, t`List: choose the row`],
    [<Kbd key="r">r</Kbd>, t`Conversation: write an answer`],
    [<Kbd key="t">t</Kbd>, t`Conversation: send a template`],
    [<Together key="enter" all={['Ctrl', 'Enter']} />, t`Answer: send it`],
    [<Kbd key="esc">Esc</Kbd>, t`Answer: leave the field`],
    [<Together key="b" all={['Ctrl', 'B']} />, t`Answer or template: bold`],
    [<Together key="i" all={['Ctrl', 'I']} />, t`Answer or template: italic`],
    [<Kbd key="?">?</Kbd>, t`Help and keys`],
  ];
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
              {keys.map(([pressed, what]) => (
                <Table.Tr key={what}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>{pressed}</Table.Td>
                  <Table.Td>{what}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Stack>
      </Modal>
    </>
  );
}

/** Keys that are held together. */
function Together({ all }: { all: string[] }) {
  return all.map((key, n) => (
    <Fragment key={key}>
      {n > 0 && ' + '}
      <Kbd>{key}</Kbd>
    </Fragment>
  ));
}

/** Keys of which each does something of its own. */
function Either({ all }: { all: string[] }) {
  return all.map((key) => (
    <Fragment key={key}>
      <Kbd>{key}</Kbd>{' '}
    </Fragment>
  ));
}
