import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Menu, Textarea } from '@mantine/core';
import {
  IconClockHour4,
  IconFile,
  IconMapPin,
  IconMicrophone,
  IconPaperclip,
  IconPhoto,
  IconSend,
  IconSticker,
  IconUser,
  IconVideo,
} from '@tabler/icons-react';
import { type FormEvent, useRef, useState } from 'react';
import { serverNow } from '~/api/clock';
import { failed } from '~/ui/toast';
import { handset } from './handset';
import classes from './Phone.module.css';
import { useSendAs } from './send';

const DAY_AND_AN_HOUR = 25 * 3_600_000;

/** What a person writes, and what they attach. */
export function Write({ person, name }: { person: string; name: string | undefined }) {
  const { t } = useLingui();
  const write = useSendAs(person, name);
  const [text, setText] = useState('');
  const file = useRef<HTMLInputElement>(null);
  const [kind, setKind] = useState<'image' | 'document'>('image');
  const send = async (timestamp?: number) => {
    const words = text.trim();
    if (words === '') return;
    if (await write({ text: words, ...(timestamp === undefined ? {} : { timestamp }) })) setText('');
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  const pick = (what: 'image' | 'document') => {
    setKind(what);
    // The field must know what to ask for before it opens.
    requestAnimationFrame(() => file.current?.click());
  };
  const attach = async (chosen: File | undefined) => {
    if (!chosen) return;
    try {
      const { media } = await handset.upload(chosen);
      await write({ type: kind, media });
    } catch (problem) {
      failed(problem);
    }
  };
  return (
    <form className={classes.write} onSubmit={submit}>
      <Menu position="top-start" withinPortal>
        <Menu.Target>
          <ActionIcon type="button" size={36} radius="xl" className={classes.round} aria-label={t`Attach`}>
            <IconPaperclip size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            <Trans>From this computer</Trans>
          </Menu.Label>
          <Menu.Item leftSection={<IconPhoto size={16} aria-hidden />} onClick={() => pick('image')}>
            <Trans>Picture</Trans>
          </Menu.Item>
          <Menu.Item leftSection={<IconFile size={16} aria-hidden />} onClick={() => pick('document')}>
            <Trans>Document</Trans>
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>
            <Trans>Samples</Trans>
          </Menu.Label>
          <Menu.Item
            leftSection={<IconPhoto size={16} aria-hidden />}
            onClick={() => void write({ type: 'image' })}
          >
            <Trans>Sample picture</Trans>
          </Menu.Item>
          <Menu.Item
            leftSection={<IconFile size={16} aria-hidden />}
            onClick={() => void write({ type: 'document' })}
          >
            <Trans>Sample document</Trans>
          </Menu.Item>
          <Menu.Item
            leftSection={<IconVideo size={16} aria-hidden />}
            onClick={() => void write({ type: 'video' })}
          >
            <Trans>Sample video</Trans>
          </Menu.Item>
          <Menu.Item
            leftSection={<IconMicrophone size={16} aria-hidden />}
            onClick={() => void write({ type: 'voice' })}
          >
            <Trans>Sample voice message</Trans>
          </Menu.Item>
          <Menu.Item
            leftSection={<IconSticker size={16} aria-hidden />}
            onClick={() => void write({ type: 'sticker' })}
          >
            <Trans>Sample sticker</Trans>
          </Menu.Item>
          <Menu.Item
            leftSection={<IconUser size={16} aria-hidden />}
            onClick={() => void write({ type: 'contacts' })}
          >
            <Trans>Sample contact</Trans>
          </Menu.Item>
          <Menu.Item
            leftSection={<IconMapPin size={16} aria-hidden />}
            onClick={() =>
              void write({
                type: 'location',
                place: t`Home`,
                address: 'MG Road, Bengaluru',
                latitude: 12.9716,
                longitude: 77.5946,
              })
            }
          >
            <Trans>Sample location</Trans>
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconClockHour4 size={16} aria-hidden />}
            disabled={text.trim() === ''}
            onClick={() => void send(serverNow() - DAY_AND_AN_HOUR)}
          >
            <Trans>Send the text as if 25 hours ago</Trans>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Textarea
        aria-label={t`Message from this person`}
        placeholder={t`Message`}
        dir="auto"
        radius="lg"
        autosize
        minRows={1}
        maxRows={4}
        maxLength={4096}
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' || e.shiftKey || e.nativeEvent.isComposing) return;
          e.preventDefault();
          void send();
        }}
      />
      <ActionIcon
        type="submit"
        size={36}
        radius="xl"
        className={classes.round}
        aria-label={t`Send as this person`}
      >
        <IconSend size={18} aria-hidden />
      </ActionIcon>
      <input
        ref={file}
        type="file"
        hidden
        accept={kind === 'image' ? 'image/*' : undefined}
        aria-label={t`File to send`}
        onChange={(e) => {
          void attach(e.currentTarget.files?.[0]);
          e.currentTarget.value = '';
        }}
      />
    </form>
  );
}
