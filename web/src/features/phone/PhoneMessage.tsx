import { Trans, useLingui } from '@lingui/react/macro';
import { Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { regional } from '~/i18n';
import { CopyField, copy } from '~/ui/CopyField';
import { dateFormat } from '~/ui/format';
import { done, failed } from '~/ui/toast';
import type { WaButton, WaRow } from '~/wa/content';
import { WaBubble } from '~/wa/WaBubble';
import { failedOnTheWay, fromHandset, onItsWay, ticksOn } from './chat';
import { type HandsetMessage, handset } from './handset';
import classes from './Phone.module.css';
import { useSendAs } from './send';

interface Props {
  message: HandsetMessage;
  person: string;
}

/** A message on the phone; its buttons do what they do on a phone, but nothing leaves the dashboard. */
export function PhoneMessage({ message, person }: Props) {
  const { t, i18n } = useLingui();
  const write = useSendAs(person);
  const [panel, setPanel] = useState<{ kind: 'link' | 'call'; value: string; told: boolean }>();
  const mine = message.id === undefined;
  const broken = failedOnTheWay(message);
  const { id } = message;
  const answer = id === undefined ? {} : { reply_to: id };

  const tap = async (button: WaButton, index: number) => {
    const value = button.value ?? '';
    switch (button.kind) {
      case 'quick_reply':
        return write({ type: 'button', text: button.text, payload: value, ...answer });
      case 'reply':
        return write({ type: 'button_reply', id: value, title: button.text, ...answer });
      case 'url': {
        const told = id !== undefined && (await handset.click(id, index)).posted;
        return setPanel({ kind: 'link', value, told });
      }
      case 'phone':
        return setPanel({ kind: 'call', value, told: false });
      case 'copy_code':
        if (await copy(value, null)) done(t`The code ${value} was copied.`);
        return;
    }
  };
  const choose = (row: WaRow) =>
    write({
      type: 'list_reply',
      id: row.id,
      title: row.title,
      description: row.description ?? '',
      ...answer,
    });
  const acts = !mine && !broken;
  return (
    <div
      className={classes.message}
      data-waiting={onItsWay(message) || undefined}
      data-from={mine ? 'me' : 'business'}
    >
      {message.quoted && (
        <div className={classes.quoted} dir="auto">
          {message.quoted}
        </div>
      )}
      <WaBubble
        content={fromHandset(message.content, mine)}
        direction={mine ? 'out' : 'in'}
        time={
          <time dateTime={new Date(message.at).toISOString()}>
            {dateFormat(regional(i18n.locale), { hour: '2-digit', minute: '2-digit' }).format(message.at)}
          </time>
        }
        ticks={ticksOn(message)}
        {...(acts
          ? {
              onButton: (button: WaButton, index: number) => void tap(button, index).catch(failed),
              onRow: (row: WaRow) => void choose(row),
            }
          : {})}
      />
      {broken && (
        <div className={classes.note} dir="auto">
          {t`Never arrived. ${message.problem ?? ''}`}
        </div>
      )}
      {onItsWay(message) && (
        <div className={classes.note}>
          <Trans>On its way, not on the phone yet.</Trans>
        </div>
      )}
      <Modal
        opened={panel !== undefined}
        onClose={() => setPanel(undefined)}
        title={panel?.kind === 'call' ? t`The phone would call` : t`The phone would open`}
        closeButtonProps={{ 'aria-label': t`Close` }}
        size="sm"
        centered
      >
        {panel && (
          <Stack gap="sm">
            <CopyField label={panel.kind === 'call' ? t`Number` : t`Link`} value={panel.value} />
            <Text size="sm" c="dimmed">
              {panel.kind === 'call' ? (
                <Trans>This phone is simulated: nobody is called.</Trans>
              ) : panel.told ? (
                <Trans>
                  This phone is simulated: nothing is opened. The tap was reported to you as a click.
                </Trans>
              ) : (
                <Trans>This phone is simulated: nothing is opened.</Trans>
              )}
            </Text>
          </Stack>
        )}
      </Modal>
    </div>
  );
}
